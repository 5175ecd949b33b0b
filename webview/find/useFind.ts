/** Finding in the conversation: what is looked for, where it stands, and which of the places is the current one. */
import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { findMatches } from './findMatches.ts';

export interface Find {
  readonly count: number;
  /** From 0; -1: none. */
  readonly current: number;
  readonly step: (by: 1 | -1) => void;
}

const ALL = 'belay-find';
const CURRENT = 'belay-find-current';
/** How long the conversation must rest before it is searched again, in ms. */
const REST = 150;

export function useFind(content: RefObject<Element | null>, wanted: string): Find {
  const [matches, setMatches] = useState<readonly Range[]>([]);
  const [current, setCurrent] = useState(-1);
  useEffect(() => {
    const root = content.current;
    if (root === null) return;
    const search = (): void => setMatches(findMatches(root, wanted));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const observer = new MutationObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(search, REST);
    });
    search();
    observer.observe(root, { childList: true, characterData: true, subtree: true });
    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, [content, wanted]);
  // The last match is the one nearest to what is being talked about.
  useEffect(() => setCurrent(-1), [wanted]);
  const shown =
    matches.length === 0 ? -1 : current === -1 ? matches.length - 1 : Math.min(current, matches.length - 1);
  useEffect(() => showHighlights(matches, shown), [matches, shown]);
  useEffect(() => {
    matches[shown]?.startContainer.parentElement?.scrollIntoView({ block: 'center' });
  }, [shown, wanted, matches.length > 0]);
  const step = (by: 1 | -1): void => {
    if (matches.length > 0) setCurrent((shown + by + matches.length) % matches.length);
  };
  return { count: matches.length, current: shown, step };
}

/** Returns how to take them away. */
function showHighlights(matches: readonly Range[], current: number): () => void {
  const here = matches[current];
  CSS.highlights.set(ALL, new Highlight(...matches));
  CSS.highlights.set(CURRENT, new Highlight(...(here === undefined ? [] : [here])));
  return () => {
    CSS.highlights.delete(ALL);
    CSS.highlights.delete(CURRENT);
  };
}
