/** Counts the messages of a server, to notice one that never stops sending. */
import type { Clock } from '../ports.ts';

export interface FloodGauge {
  /** Counts one message. True: it is too many. */
  count(): boolean;
}

/** Far beyond what a chatty server logs; what a loop without an end sends in a moment. */
const MAX_MESSAGES = 10_000;
/** Milliseconds in which they must come. */
const WINDOW = 10_000;

export function createFloodGauge(clock: Pick<Clock, 'monotonic'>): FloodGauge {
  let counted = 0;
  let since = clock.monotonic();
  return {
    count() {
      const now = clock.monotonic();
      if (now - since > WINDOW) {
        since = now;
        counted = 0;
      }
      counted += 1;
      return counted > MAX_MESSAGES;
    },
  };
}
