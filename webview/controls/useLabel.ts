/** The control library writes a name of its own ("Text field") over ours when it is connected; this writes ours again. */
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

export function useLabel(label: string): RefObject<HTMLElement | null> {
  const element = useRef<HTMLElement>(null);
  useLayoutEffect(() => element.current?.setAttribute('aria-label', label), [label]);
  return element;
}
