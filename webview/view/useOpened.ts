/** Whether a card is open: as the person left it, else as its kind begins. */
import { usePanel, useSource } from './context.ts';

export function useOpened(id: string, byDefault: boolean): readonly [boolean, () => void] {
  const { memory } = usePanel();
  const isOpen = useSource(memory, ({ open }) => (Object.hasOwn(open, id) ? open[id] === true : byDefault));
  const toggle = (): void => memory.change({ open: { ...memory.get().open, [id]: !isOpen } });
  return [isOpen, toggle];
}
