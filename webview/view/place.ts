/** The place in the conversation that is looked at, told by what stands there, so that it is found again when more comes above. */
import type { PanelView } from '../../src/protocol/panel.ts';

/** The key of an item, and how far its top is below that of the view in CSS pixels. */
export type Place = NonNullable<PanelView['scroll']>;

/** null: nothing stands at the top of the view. */
export function findPlace(scroller: HTMLElement): Place | null {
  const { left, top, width } = scroller.getBoundingClientRect();
  for (const step of [8, 40, 80, 160]) {
    const found = document.elementFromPoint(left + width / 2, top + step)?.closest<HTMLElement>('[data-key]');
    const anchor = found?.dataset.key;
    if (found && anchor !== undefined) return { anchor, offset: found.getBoundingClientRect().top - top };
  }
  return null;
}

/** Scrolls so that it is where it was. False: what stood there is not there any more. */
export function bringBack(scroller: HTMLElement, { anchor, offset }: Place): boolean {
  const found = findItem(scroller, anchor);
  if (found === null) return false;
  // Groups out of sight have a guessed height until they come near; the second pass uses the true ones.
  for (let pass = 0; pass < 2; pass += 1) {
    scroller.scrollTop += found.getBoundingClientRect().top - scroller.getBoundingClientRect().top - offset;
  }
  return true;
}

/** null: the item is not drawn. */
export function findItem(root: ParentNode, key: string): HTMLElement | null {
  return root.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
}
