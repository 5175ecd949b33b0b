/** A clock that stands still until the test moves it. */
import type { Clock } from '../../../../src/core/ports.ts';

export interface ManualClock extends Clock {
  /** Moves time on and lets everything that waited for it go on. */
  advance(ms: number): Promise<void>;
  /** How many are waiting. */
  readonly sleepers: number;
}

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

export function createManualClock(start = Date.parse('2026-11-21T10:00:00Z')): ManualClock {
  let elapsed = 0;
  const sleepers = new Set<Sleeper>();

  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) {
          reject(signal.reason);
          return;
        }
        const sleeper: Sleeper = { until: elapsed + ms, wake: () => resolve() };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        });
      }),
    async advance(ms) {
      elapsed += ms;
      for (const sleeper of sleepers) {
        if (sleeper.until > elapsed) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
      await new Promise((resolve) => setImmediate(resolve));
    },
    get sleepers() {
      return sleepers.size;
    },
  };
}
