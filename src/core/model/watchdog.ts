/**
 * Ends a request on which nothing happens any more (SECURITY F14). One wait at a time, however many pieces arrive: a piece
 * only notes its time.
 */
import type { Clock } from '../ports.ts';

export interface Watchdog {
  /** Aborted when the wait was too long, and with the signal it was given. */
  readonly signal: AbortSignal;
  /** Which wait it was; undefined as long as all is well. */
  readonly barked: 'answer' | 'silence' | undefined;
  /** The answer has begun, or another piece of it came. */
  feed(): void;
  stop(): void;
}

export interface WatchdogOptions {
  readonly clock: Clock;
  /** Aborted when nobody wants the answer any more. */
  readonly unwanted: AbortSignal;
  /** Until the answer begins. */
  readonly answerMs: number;
  /** Between two pieces of it. */
  readonly silenceMs: number;
}

/** Given as a reason, since the error that would be made without one is seen by nobody. */
const STOPPED = 'stopped';

export function startWatchdog({ clock, unwanted, answerMs, silenceMs }: WatchdogOptions): Watchdog {
  const stopped = new AbortController();
  const ended = new AbortController();
  const pass = (): void => ended.abort(unwanted.reason);
  if (unwanted.aborted) pass();
  else unwanted.addEventListener('abort', pass, { once: true });
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
    ended.abort();
  };
  watch().catch(() => undefined);

  return {
    signal: ended.signal,
    get barked() {
      return barked;
    },
    feed() {
      begun = true;
      last = clock.monotonic();
    },
    stop() {
      unwanted.removeEventListener('abort', pass);
      stopped.abort(STOPPED);
    },
  };
}
