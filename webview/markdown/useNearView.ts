/** Whether an element is in sight or close to it: what costs time to draw can wait until then. Stays true. */
import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** CSS pixels around the view that count as near. */
const MARGIN = '400px';

export function useNearView(element: RefObject<Element | null>): boolean {
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    if (isNear || element.current === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setNear(true);
      },
      { rootMargin: MARGIN },
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [isNear, element]);
  return isNear;
}
