/** Alt+↑ and Alt+↓ go from one of the person's messages to the next. */
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { getThread, MAIN_THREAD } from '../state/panelModel.ts';
import { useModel, usePanel } from './context.ts';

export interface JumpOptions {
  readonly scrollerRef: RefObject<HTMLElement | null>;
  /** Shows the end of the conversation, wherever it is. */
  readonly goToEnd: () => void;
}

/** CSS pixels by which a message may be off the top of the view and still be the one that is looked at. */
const NEAR = 4;

export function useJumps({ scrollerRef, goToEnd }: JumpOptions): void {
  const { store, announce } = usePanel();
  const first = useModel((model) => getThread(model, MAIN_THREAD).items[0]?.key);
  /** A jump up has reached the top of what is held, and goes on when there is more. */
  const isWaiting = useRef(false);

  const jump = (by: 1 | -1): void => {
    isWaiting.current = false;
    const scroller = scrollerRef.current;
    if (scroller === null) return;
    const { top } = scroller.getBoundingClientRect();
    const prompts = [...scroller.querySelectorAll<HTMLElement>('.user-message')];
    const placeOf = (element: HTMLElement): number => element.getBoundingClientRect().top - top;
    const target =
      by === 1
        ? prompts.find((element) => placeOf(element) > NEAR)
        : prompts.findLast((element) => placeOf(element) < -NEAR);
    if (target !== undefined) {
      target.scrollIntoView({ block: 'start' });
      announce(target.querySelector('.user-content')?.textContent?.slice(0, 100) ?? '');
    } else if (by === 1) goToEnd();
    else {
      isWaiting.current = store.get().hasEarlier;
      scroller.scrollTop = 0;
    }
  };
  const latest = useRef(jump);
  latest.current = jump;

  useEffect(() => {
    const handleKey = (event: KeyboardEvent): void => {
      if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
      event.preventDefault();
      latest.current(event.key === 'ArrowUp' ? -1 : 1);
    };
    window.addEventListener('keydown', handleKey);
    return () => window.removeEventListener('keydown', handleKey);
  }, []);
  useEffect(() => {
    if (isWaiting.current) latest.current(-1);
  }, [first]);
}
