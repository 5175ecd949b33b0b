/**
 * Whether a card may be answered: not in the first half second, nor for half a second after it has moved or changed its
 * size, so that a click or a key meant for something else never approves.
 */
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

export interface Armed {
  /** For the look of the buttons; up to a tenth of a second old. */
  readonly isArmed: boolean;
  /** To be asked at the very moment of the answer: looks at the card's place once more. */
  readonly check: () => boolean;
}

/** ms */
const DELAY = 500;
/** How often the place of the card is looked at, in ms. */
const WATCH = 100;

export function useArmed(element: RefObject<HTMLElement | null>): Armed {
  const [isArmed, setArmed] = useState(false);
  const still = useRef({ place: '', since: Number.POSITIVE_INFINITY });
  const check = (): boolean => {
    const place = toPlace(element.current);
    const now = performance.now();
    if (place !== still.current.place) still.current = { place, since: now };
    return document.visibilityState === 'visible' && now - still.current.since >= DELAY;
  };
  useEffect(() => {
    still.current = { place: toPlace(element.current), since: performance.now() };
    const timer = setInterval(() => setArmed(check()), WATCH);
    return () => clearInterval(timer);
  }, [element]);
  return { isArmed, check };
}

function toPlace(element: HTMLElement | null): string {
  if (element === null) return '';
  const { left, top, width, height } = element.getBoundingClientRect();
  return [left, top, width, height].map(Math.round).join(' ');
}
