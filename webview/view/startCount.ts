/** How often the panel has been filled anew: what belongs to one filling (scroll, drawn items) starts over with the next. */
export interface StartCount {
  get(): number;
  subscribe(listener: () => void): () => void;
  increase(): void;
}

export function createStartCount(): StartCount {
  const listeners = new Set<() => void>();
  let count = 0;
  return {
    get: () => count,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    increase() {
      count += 1;
      for (const listener of [...listeners]) listener();
    },
  };
}
