/** Suggestions while somebody writes: which there are, which is meant, and the keys that choose. */
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { usePanel } from '../../view/context.ts';
import { findTrigger, type Trigger } from './findTrigger.ts';
import { type Suggestion, suggest } from './suggest.ts';

export interface Completion {
  readonly suggestions: readonly Suggestion[];
  /** Index of the one that Enter takes. */
  readonly active: number;
  readonly setActive: (index: number) => void;
  readonly choose: (index: number) => void;
  /** True: the key was for the suggestions. */
  readonly handleKey: (event: KeyboardEvent) => boolean;
  /** The caret may be elsewhere. */
  readonly look: () => void;
  /** Shows nothing more for what is being written. */
  readonly close: () => void;
}

export interface CompletionOptions {
  readonly area: RefObject<HTMLTextAreaElement | null>;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

const NONE: readonly Suggestion[] = [];

export function useCompletion({ area, text, onChange }: CompletionOptions): Completion {
  const [trigger, setTrigger] = useState<Trigger | null>(null);
  /** The trigger at this place was sent away. */
  const dismissed = useRef<number | null>(null);
  const { suggestions, setSuggestions, isUpToDate } = useSuggestions(trigger);
  const [active, setActive] = useState(0);
  // What comes later for the same trigger comes behind: what is chosen stays so.
  const first = suggestions[0]?.key;
  useEffect(() => setActive(0), [trigger, first]);
  const caret = useCaret(area, text);

  const look = (): void => {
    const element = area.current;
    const isChosen = element !== null && element.selectionStart !== element.selectionEnd;
    const found = element === null || isChosen ? null : findTrigger(element.value, element.selectionStart);
    if (found === null) dismissed.current = null;
    const next = found?.start === dismissed.current ? null : found;
    setTrigger((before) => (isSame(before, next) ? before : next));
    if (next === null) setSuggestions(NONE);
  };
  // What is put in from elsewhere (a mention that was dropped, a message that came back) asks for nothing.
  useEffect(() => {
    if (text === '') look();
  }, [text]);

  const close = (): void => {
    dismissed.current = trigger?.start ?? null;
    setTrigger(null);
    setSuggestions(NONE);
  };

  const choose = (index: number): void => {
    const chosen = suggestions[index];
    if (chosen === undefined || trigger === null) return;
    const rest = text.slice(trigger.end);
    const insert = chosen.insert.endsWith(' ') && /^\s/.test(rest) ? chosen.insert.trimEnd() : chosen.insert;
    caret.current = trigger.start + insert.length;
    onChange(text.slice(0, trigger.start) + insert + rest);
    setTrigger(null);
    setSuggestions(NONE);
    area.current?.focus();
    if (chosen.goesOn) requestAnimationFrame(look);
  };

  const handleKey = (event: KeyboardEvent): boolean => {
    if (suggestions.length === 0 || event.ctrlKey || event.metaKey || event.altKey) return false;
    const { length } = suggestions;
    if (event.key === 'ArrowDown') setActive((active + 1) % length);
    else if (event.key === 'ArrowUp') setActive((active + length - 1) % length);
    else if (event.key === 'Escape') close();
    else if ((event.key === 'Enter' && !event.shiftKey) || event.key === 'Tab') {
      // Enter sends what is written whole, or further than what is suggested: nothing is put in that nobody has seen.
      if (isUpToDate && !isWritten(suggestions[active], trigger)) choose(active);
      else if (event.key === 'Enter') {
        close();
        return false;
      }
    } else return false;
    return true;
  };

  return {
    suggestions,
    active: Math.min(active, Math.max(0, suggestions.length - 1)),
    setActive,
    choose,
    handleKey,
    look,
    close,
  };
}

function isWritten(suggestion: Suggestion | undefined, trigger: Trigger | null): boolean {
  return suggestion?.key === (trigger?.kind === 'command' ? `/${trigger.query}` : trigger?.query);
}

function isSame(left: Trigger | null, right: Trigger | null): boolean {
  return left?.kind === right?.kind && left?.start === right?.start && left?.query === right?.query;
}

/** Those for the newest trigger; the ones before stay while they are asked for. */
function useSuggestions(trigger: Trigger | null) {
  const { peer } = usePanel();
  const [suggestions, setSuggestions] = useState(NONE);
  const [answered, setAnswered] = useState<Trigger | null>(null);
  useEffect(() => {
    if (trigger === null) return;
    const asking = new AbortController();
    const take = (found: readonly Suggestion[]): void => {
      if (asking.signal.aborted) return;
      setSuggestions(found);
      setAnswered(trigger);
    };
    takeAll(suggest(trigger, peer, asking.signal), take).catch(() => take(NONE));
    return () => asking.abort();
  }, [trigger, peer]);
  return { suggestions, setSuggestions, isUpToDate: answered === trigger };
}

async function takeAll(
  lists: AsyncIterable<readonly Suggestion[]>,
  take: (list: readonly Suggestion[]) => void,
): Promise<void> {
  for await (const list of lists) take(list);
}

/** Where the caret goes with the next text. */
function useCaret(area: RefObject<HTMLTextAreaElement | null>, text: string) {
  const caret = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (caret.current === null) return;
    area.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [text]);
  return caret;
}
