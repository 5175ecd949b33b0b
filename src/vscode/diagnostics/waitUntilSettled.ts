/** Waiting for something that comes in pieces: until nothing has come for a while, or for as long as one is ready to wait. */
import type { Clock } from '../../core/ports.ts';

export interface Settling {
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>;
  /** When the last piece came, by the clock; undefined: none has yet. */
  readonly lastChange: () => number | undefined;
  /** Calls back whenever `lastChange` may have changed; returns how to stop. */
  readonly onChange: (listener: () => void) => () => void;
  /** Milliseconds without a piece after which no more are expected. */
  readonly quietMs: number;
  readonly maxMs: number;
  readonly signal: AbortSignal;
}

/** True: something came. Never rejects; an abort ends it at once. */
export async function waitUntilSettled(settling: Settling): Promise<boolean> {
  const { clock, lastChange, onChange, quietMs, maxMs, signal } = settling;
  const deadline = clock.monotonic() + maxMs;
  let wake = new AbortController();
  const stop = onChange(() => wake.abort());
  try {
    for (;;) {
      const last = lastChange();
      const end = last === undefined ? deadline : Math.min(deadline, last + quietMs);
      const rest = end - clock.monotonic();
      if (rest <= 0 || signal.aborted) return last !== undefined;
      wake = new AbortController();
      await clock.sleep(rest, AbortSignal.any([signal, wake.signal])).catch(() => undefined);
    }
  } finally {
    stop();
  }
}
