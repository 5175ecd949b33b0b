/** A card that goes away while it has the focus gives it to the composer, not to nothing. */
import type { RefObject } from 'preact';
import { usePanel } from '../view/context.ts';

export function useReturnFocus(element: RefObject<HTMLElement | null>): () => void {
  const { store } = usePanel();
  return () => {
    if (element.current?.contains(document.activeElement) !== true) return;
    store.update((model) => ({
      ...model,
      focusAsked: { text: null, count: (model.focusAsked?.count ?? 0) + 1 },
    }));
  };
}
