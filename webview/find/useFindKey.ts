import { useEffect, useState } from 'preact/hooks';

/** Whether the find bar is open: Ctrl+F or Cmd+F opens it. */
export function useFindKey(): readonly [boolean, () => void] {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const handleKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'f' || !(event.ctrlKey || event.metaKey)) return;
      if (event.shiftKey || event.altKey) return;
      event.preventDefault();
      setOpen(true);
    };
    window.addEventListener('keydown', handleKey);
    return () => window.removeEventListener('keydown', handleKey);
  }, []);
  return [isOpen, () => setOpen(false)];
}
