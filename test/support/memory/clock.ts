import type { Clock } from '../../../src/core/ports.ts';

/** A clock that moves only when somebody sleeps or asks it to; sleeping takes no time. */
export interface MemoryClock extends Clock {
  advance(ms: number): void;
}

export function createMemoryClock(start = 1_700_000_000_000): MemoryClock {
  let now = start;
  return {
    now: () => now,
    monotonic: () => now - start,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      now += ms;
    },
    advance(ms) {
      now += ms;
    },
  };
}
