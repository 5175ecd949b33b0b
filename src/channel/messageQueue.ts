/** An async iterable that others push into. Holds what nobody has read yet; ends once, after what was pushed before. */
export interface MessageQueue<T> extends AsyncIterable<T> {
  /** Dropped when the queue has ended. */
  push(item: T): void;
  end(): void;
}

export function createMessageQueue<T>(): MessageQueue<T> {
  let items: T[] = [];
  let head = 0;
  let ended = false;
  let wake: (() => void) | undefined;

  async function* iterate(): AsyncGenerator<T, void> {
    try {
      for (;;) {
        while (head < items.length) {
          const item = items[head] as T;
          head += 1;
          if (head > 1024) {
            items = items.slice(head);
            head = 0;
          }
          yield item;
        }
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      ended = true;
      items = [];
    }
  }

  const iterator = iterate();
  return {
    push(item) {
      if (ended) return;
      items.push(item);
      wake?.();
    },
    end() {
      ended = true;
      wake?.();
    },
    [Symbol.asyncIterator]: () => iterator,
  };
}
