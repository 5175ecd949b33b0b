/** Clock of the operating system. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../core/ports.ts';

export function createNodeClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      try {
        await wait(ms, undefined, signal === undefined ? {} : { signal });
      } catch (error) {
        // Node throws its own AbortError; the port promises the signal's reason.
        signal?.throwIfAborted();
        throw error;
      }
    },
  };
}
