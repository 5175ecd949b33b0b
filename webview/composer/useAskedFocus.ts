import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import { useModel, usePanel } from '../view/context.ts';

/** Puts the cursor into the composer when the host, or another part of the panel, asks for it. */
export function useAskedFocus(area: RefObject<HTMLTextAreaElement | null>): void {
  const { memory } = usePanel();
  const asked = useModel((model) => model.focusAsked);
  useEffect(() => {
    if (asked === null) return;
    if (asked.text !== null && memory.get().draft.trim() === '') memory.change({ draft: asked.text });
    if (asked.insert !== undefined) memory.change({ draft: join(memory.get().draft, asked.insert) });
    area.current?.focus();
  }, [asked, memory, area]);
}

/** Behind what is written, as a word of its own. */
function join(draft: string, insert: string): string {
  return draft === '' || /\s$/.test(draft) ? draft + insert : `${draft} ${insert}`;
}
