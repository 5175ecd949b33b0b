/**
 * Finding in the conversation: what is looked for, where it stands, and which of the places is the current one. What is drawn is
 * searched here; what the panel doesn't hold is searched by the host, item by item, and drawn when it is gone to.
 */
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { FoundItem } from '../../src/protocol/panel.ts';
import { getThread, MAIN_THREAD } from '../state/panelModel.ts';
import { useModel, usePanel } from '../view/context.ts';
import { findMatches, type Match } from './findMatches.ts';

export interface Find {
  readonly count: number;
  /** From 0; -1: none. */
  readonly current: number;
  readonly step: (by: 1 | -1) => void;
}

export interface FindOptions {
  /** What is searched here. */
  readonly content: RefObject<Element | null>;
  readonly wanted: string;
  /** Shows an item, wherever in the conversation it is. */
  readonly goTo: (key: string) => void;
}

const ALL = 'belay-find';
const CURRENT = 'belay-find-current';
/** How long the conversation must rest before it is searched again, in ms. */
const REST = 150;

/** Which match is meant, also when matches come or go above it. `from`: the end of the item to be gone to. */
type Aim =
  | { readonly kind: 'last' }
  | { readonly kind: 'match'; readonly key: string; readonly ordinal: number }
  | { readonly kind: 'item'; readonly key: string; readonly from: 'top' | 'bottom' };

export function useFind({ content, wanted, goTo }: FindOptions): Find {
  const matches = useMatches(content, wanted);
  const outside = useOutside(wanted);
  // The last match is the one nearest to what is being talked about.
  const [aim, setAim] = useState<Aim>({ kind: 'last' });
  useEffect(() => setAim({ kind: 'last' }), [wanted]);
  const shown = findShown(matches, aim);
  const here = matches[shown];
  useEffect(() => {
    if (aim.kind === 'item' && here?.key === aim.key)
      setAim({ kind: 'match', key: here.key, ordinal: here.ordinal });
  }, [aim, here]);
  useEffect(() => showHighlights(matches, shown), [matches, shown]);
  useEffect(() => {
    here?.range.startContainer.parentElement?.scrollIntoView({ block: 'center' });
  }, [here?.key, here?.ordinal, wanted]);
  const go = (found: FoundItem | undefined, from: 'top' | 'bottom'): boolean => {
    if (found === undefined) return false;
    setAim({ kind: 'item', key: found.key, from });
    goTo(found.key);
    return true;
  };
  const { earlier, later } = outside;
  useEffect(() => {
    if (matches.length === 0 && aim.kind === 'last')
      void (go(earlier.at(-1), 'bottom') || go(later[0], 'top'));
  }, [outside]);
  const step = (by: 1 | -1): void => {
    const next = matches[shown + by];
    if (next !== undefined && shown !== -1) setAim({ kind: 'match', key: next.key, ordinal: next.ordinal });
    else if (by === 1) void (go(later[0], 'top') || go(earlier[0], 'top') || aimAt(matches[0]));
    else void (go(earlier.at(-1), 'bottom') || go(later.at(-1), 'bottom') || aimAt(matches.at(-1)));
  };
  const aimAt = (match: Match | undefined): void => {
    if (match !== undefined) setAim({ kind: 'match', key: match.key, ordinal: match.ordinal });
  };
  const above = sum(earlier);
  return {
    count: above + matches.length + sum(later),
    current: shown === -1 ? -1 : above + shown,
    step,
  };
}

/** -1: it is not drawn (yet). */
function findShown(matches: readonly Match[], aim: Aim): number {
  switch (aim.kind) {
    case 'last':
      return matches.length - 1;
    case 'match': {
      const found = matches.findLastIndex(({ key, ordinal }) => key === aim.key && ordinal <= aim.ordinal);
      return found === -1 ? matches.length - 1 : found;
    }
    case 'item': {
      const isIn = ({ key }: Match): boolean => key === aim.key;
      return aim.from === 'top' ? matches.findIndex(isIn) : matches.findLastIndex(isIn);
    }
    default:
      return aim satisfies never;
  }
}

function sum(found: readonly FoundItem[]): number {
  return found.reduce((total, { count }) => total + count, 0);
}

/** What stands on the page now, and again when that has changed and rests. */
function useMatches(content: RefObject<Element | null>, wanted: string): readonly Match[] {
  const [matches, setMatches] = useState<readonly Match[]>([]);
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
  return matches;
}

interface Outside {
  readonly earlier: readonly FoundItem[];
  readonly later: readonly FoundItem[];
}

const NOTHING: Outside = { earlier: [], later: [] };

function useOutside(wanted: string): Outside {
  const { peer, store } = usePanel();
  const [outside, setOutside] = useState(NOTHING);
  const bounds = useModel(({ threads, hasEarlier, hasLater }) => {
    const { items } = getThread({ threads }, MAIN_THREAD);
    return [hasEarlier ? items[0]?.key : '', hasLater ? items.at(-1)?.key : ''].join('\n');
  });
  const latest = useRef(0);
  useEffect(() => {
    latest.current += 1;
    const mine = latest.current;
    const { hasEarlier, hasLater } = store.get();
    if (wanted.trim() === '' || !(hasEarlier || hasLater)) return setOutside(NOTHING);
    const { items } = getThread(store.get(), MAIN_THREAD);
    const request = {
      text: wanted,
      first: hasEarlier ? (items[0]?.key ?? null) : null,
      last: hasLater ? (items.at(-1)?.key ?? null) : null,
    };
    peer.request('belay/conversation_find', request).then(
      (found) => {
        if (mine === latest.current) setOutside(found);
      },
      () => undefined,
    );
  }, [wanted, bounds]);
  return outside;
}

/** Returns how to take them away. */
function showHighlights(matches: readonly Match[], current: number): () => void {
  const here = matches[current];
  CSS.highlights.set(ALL, new Highlight(...matches.map(({ range }) => range)));
  CSS.highlights.set(CURRENT, new Highlight(...(here === undefined ? [] : [here.range])));
  return () => {
    CSS.highlights.delete(ALL);
    CSS.highlights.delete(CURRENT);
  };
}
