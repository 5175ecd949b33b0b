/**
 * The time limits of the calls on one connection. While the server asks the person something they stand still: nobody is slow
 * then but the person, who may take as long as they like. What was asked during calls is withdrawn with the last of them.
 */
import type { Clock } from '../ports.ts';

export interface CallLimits {
  /** Aborts `late` when `ms` milliseconds have passed in which nobody was asked; an abort of `done` ends the watch. */
  watch(ms: number, late: AbortController, done: AbortSignal): void;
  /** Whatever is asked in the meantime, the limits stand still until it is answered. `signal`: the calls it was for are over. */
  whileAsking<Answer>(ask: (signal: AbortSignal) => Promise<Answer>): Promise<Answer>;
}

export function createCallLimits(clock: Clock): CallLimits {
  let asking = 0;
  /** Aborted when the first question is asked, or the last one answered. */
  let change = new AbortController();
  let calls = 0;
  /** Aborted when no call is under way any more. */
  let over = new AbortController();

  function changeTo(count: number): void {
    const isTurn = asking === 0 || count === 0;
    asking = count;
    if (!isTurn) return;
    const former = change;
    change = new AbortController();
    former.abort();
  }

  async function follow(ms: number, late: AbortController, done: AbortSignal): Promise<void> {
    let left = ms;
    while (!done.aborted) {
      const turned = change.signal;
      if (asking > 0) {
        await aborted(AbortSignal.any([turned, done]));
        continue;
      }
      const since = clock.monotonic();
      if (await slept(left, AbortSignal.any([turned, done]))) return late.abort();
      left -= clock.monotonic() - since;
    }
  }

  /** False: it was cut short. */
  function slept(ms: number, signal: AbortSignal): Promise<boolean> {
    return clock.sleep(Math.max(0, ms), signal).then(
      () => true,
      () => false,
    );
  }

  return {
    watch(ms, late, done) {
      calls += 1;
      void follow(ms, late, done);
      void aborted(done).then(() => {
        calls -= 1;
        if (calls > 0) return;
        over.abort();
        over = new AbortController();
      });
    },
    async whileAsking(ask) {
      changeTo(asking + 1);
      const signal = calls > 0 ? over.signal : NEVER;
      try {
        return await ask(signal);
      } finally {
        changeTo(asking - 1);
      }
    },
  };
}

const NEVER = new AbortController().signal;

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
