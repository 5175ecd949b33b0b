/** Keeps the end of a scroller in sight while it is in sight, and remembers the place otherwise. */
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { usePanel } from './context.ts';
import type { ViewMemory } from './viewMemory.ts';

export interface Following {
  readonly isFollowing: boolean;
  readonly jumpToEnd: () => void;
  readonly scrollerRef: RefObject<HTMLDivElement | null>;
  readonly contentRef: RefObject<HTMLDivElement | null>;
}

/** CSS pixels from the end that still count as the end. */
const NEAR = 24;
/** How long scrolling must rest before the place is remembered, in ms. */
const REST = 200;

export function useFollowing(): Following {
  const { memory } = usePanel();
  const scrollerRef = useRef<HTMLDivElement>(null);
  const contentRef = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const [isFollowing, setFollowing] = useState(true);

  const follow = (value: boolean): void => {
    follows.current = value;
    setFollowing(value);
  };

  useLayoutEffect(() => {
    const scroller = scrollerRef.current;
    const content = contentRef.current;
    if (scroller === null || content === null) return;
    follow(!restorePlace(scroller, memory));
    return watch(scroller, content, { memory, follows, follow });
  }, [memory]);

  const jumpToEnd = (): void => {
    const scroller = scrollerRef.current;
    if (scroller === null) return;
    scroller.scrollTop = scroller.scrollHeight;
    follow(true);
    memory.change({ scroll: null });
  };
  return { isFollowing, jumpToEnd, scrollerRef, contentRef };
}

interface Watching {
  readonly memory: ViewMemory;
  readonly follows: { readonly current: boolean };
  readonly follow: (value: boolean) => void;
}

/** Returns how to stop. */
function watch(
  scroller: HTMLElement,
  content: HTMLElement,
  { memory, follows, follow }: Watching,
): () => void {
  let lastTop = scroller.scrollTop;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const toEnd = (): void => {
    if (follows.current) scroller.scrollTop = scroller.scrollHeight;
    lastTop = scroller.scrollTop;
  };
  const handleScroll = (): void => {
    const top = scroller.scrollTop;
    const isAtEnd = scroller.scrollHeight - top - scroller.clientHeight <= NEAR;
    if (isAtEnd && !follows.current) follow(true);
    else if (!isAtEnd && top < lastTop - 1 && follows.current) follow(false);
    lastTop = top;
    clearTimeout(timer);
    timer = setTimeout(() => memory.change({ scroll: follows.current ? null : findPlace(scroller) }), REST);
  };
  // Between layout and paint, so that new lines never show at the wrong place.
  const observer = new ResizeObserver(toEnd);
  observer.observe(content);
  observer.observe(scroller);
  scroller.addEventListener('scroll', handleScroll, { passive: true });
  return () => {
    observer.disconnect();
    scroller.removeEventListener('scroll', handleScroll);
    clearTimeout(timer);
  };
}

/** The message at the top of the view, and how far its top is above or below that of the view. */
function findPlace(scroller: HTMLElement): { anchor: string; offset: number } | null {
  const { left, top, width } = scroller.getBoundingClientRect();
  for (const step of [8, 40, 80, 160]) {
    const found = document.elementFromPoint(left + width / 2, top + step)?.closest<HTMLElement>('[data-key]');
    const anchor = found?.dataset.key;
    if (found && anchor !== undefined) return { anchor, offset: found.getBoundingClientRect().top - top };
  }
  return null;
}

/** Whether there was a place to go back to. */
function restorePlace(scroller: HTMLElement, memory: ViewMemory): boolean {
  const place = memory.get().scroll;
  if (place === null) return false;
  const found = scroller.querySelector<HTMLElement>(`[data-key="${CSS.escape(place.anchor)}"]`);
  if (found === null) return false;
  // Groups out of sight have a guessed height until they come near; the second pass uses the true ones.
  for (let pass = 0; pass < 2; pass += 1) {
    scroller.scrollTop +=
      found.getBoundingClientRect().top - scroller.getBoundingClientRect().top - place.offset;
  }
  return true;
}
