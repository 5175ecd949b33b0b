/** Finding in the conversation. Enter goes to the next place, Shift+Enter to the one before, Escape closes. */
import type { RefObject, VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { IconButton } from '../controls/IconButton.tsx';
import { TextField } from '../controls/TextField.tsx';
import { MATCH_LIMIT } from './findMatches.ts';
import { useFind } from './useFind.ts';
import './find.css';

export interface FindBarProps {
  /** What is searched. */
  readonly content: RefObject<Element | null>;
  /** Shows an item, wherever in the conversation it is. */
  readonly goTo: (key: string) => void;
  readonly onClose: () => void;
}

export function FindBar({ content, goTo, onClose }: FindBarProps): VNode {
  const bar = useRef<HTMLElement>(null);
  const [wanted, setWanted] = useState('');
  const { count, current, step } = useFind({ content, wanted, goTo });
  useEffect(() => bar.current?.querySelector<HTMLElement>('.text-field')?.focus(), []);
  const handleKey = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <search class="find-bar" ref={bar} onKeyDownCapture={handleKey}>
      <TextField label="Find in conversation" placeholder="Find" value={wanted} onInput={setWanted} />
      <span class="find-count" role="status">
        {wanted === '' ? '' : toCount(current, count)}
      </span>
      <IconButton icon="arrow-up" label="Previous match" disabled={count === 0} onClick={() => step(-1)} />
      <IconButton icon="arrow-down" label="Next match" disabled={count === 0} onClick={() => step(1)} />
      <IconButton icon="close" label="Close find" onClick={onClose} />
    </search>
  );
}

function toCount(current: number, count: number): string {
  if (count === 0) return 'No results';
  return `${current + 1} of ${count}${count >= MATCH_LIMIT ? '+' : ''}`;
}
