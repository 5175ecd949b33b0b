/** Keeps the end of a scroller in sight while it is in sight, and remembers the place otherwise. */
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { usePanel } from './context.ts';
import { bringBack, findPlace } from './place.ts';
import type { ViewMemory } from './viewMemory.ts';

export interface Following {
  readonly isFollowing: boolean;
  /** As far as the conversation is held. */
  readonly jumpToEnd: () => void;
  readonly scrollerRef: RefObject<HTMLDivElement | null>;
  readonly contentRef: RefObject<HTMLDivElement | null>;
}

/** CSS pixels from the end that still count as the end. */
const NEAR = 24;
/** How long scrolling must rest before the place is remembered, in ms. */
const REST = 200;

export function useFollowing(): Following {
  const { memory, store } = usePanel();
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
    const place = memory.get().scroll;
    follow(!(place !== null && bringBack(scroller, place)) && !store.get().hasLater);
    return watch(scroller, content, { memory, follows, follow, isEnd: () => !store.get().hasLater });
  }, [memory, store]);

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
  /** Below what is held there is nothing more. */
  readonly isEnd: () => boolean;
}

/** Returns how to stop. */
function watch(
  scroller: HTMLElement,
  content: HTMLElement,
  { memory, follows, follow, isEnd }: Watching,
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
    if (isAtEnd && !follows.current && isEnd()) follow(true);
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
