/**
 * Ends a request on which nothing happens any more (SECURITY F14). One wait at a time, however many pieces arrive: a piece
 * only notes its time.
 */
import type { Clock } from '../ports.ts';

export interface Watchdog {
  /** Aborted when the wait was too long. */
  readonly signal: AbortSignal;
  /** Which wait it was; undefined as long as all is well. */
  readonly barked: 'answer' | 'silence' | undefined;
  /** The answer has begun, or another piece of it came. */
  feed(): void;
  stop(): void;
}

export interface WatchdogOptions {
  readonly clock: Clock;
  /** Until the answer begins. */
  readonly answerMs: number;
  /** Between two pieces of it. */
  readonly silenceMs: number;
}

export function startWatchdog({ clock, answerMs, silenceMs }: WatchdogOptions): Watchdog {
  const stopped = new AbortController();
  const tooLong = new AbortController();
  let begun = false;
  let last = clock.monotonic();
  let barked: Watchdog['barked'];

  const watch = async (): Promise<void> => {
    for (;;) {
      const left = last + (begun ? silenceMs : answerMs) - clock.monotonic();
      if (left <= 0) break;
      // The first piece shortens the patience, so the wait must never be longer than that.
      await clock.sleep(begun ? left : Math.min(left, silenceMs), stopped.signal);
    }
    barked = begun ? 'silence' : 'answer';
    tooLong.abort();
  };
  watch().catch(() => undefined);

  return {
    signal: tooLong.signal,
    get barked() {
      return barked;
    },
    feed() {
      begun = true;
      last = clock.monotonic();
    },
    stop: () => stopped.abort(),
  };
}
