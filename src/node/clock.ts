/** Clock of the operating system. */
import type { Clock } from '../core/ports.ts';

export function createNodeClock(): Clock {
  return { now: () => Date.now(), monotonic: () => performance.now(), sleep };
}

/** On the plain timer: most sleeps are limits that are called off, and Node's promised one makes errors for that. */
function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason);
      return;
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', stop, { once: true });
  });
}
