/**
 * Gathers a tool's output so that a command that prints a million lines doesn't become a million messages: at most one
 * message each 100 ms, and a bound on what is shown live. The whole output is the tool's own business.
 */
import type { Clock } from '../ports.ts';

const INTERVAL_MS = 100;
/** Characters of live output for one call. */
const MAX_SHOWN = 256 * 1024;
const OMITTED = '\n… more output is not shown live …\n';

export interface ProgressThrottle {
  push(output: string): void;
  /** Sends what is still waiting. */
  flush(): void;
}

export function createProgressThrottle(clock: Clock, send: (output: string) => void): ProgressThrottle {
  let waiting = '';
  let shown = 0;
  let lastSent = Number.NEGATIVE_INFINITY;

  function flush(): void {
    if (waiting === '') return;
    send(waiting);
    waiting = '';
    lastSent = clock.monotonic();
  }

  return {
    push(output) {
      if (shown >= MAX_SHOWN) return;
      const part = output.slice(0, MAX_SHOWN - shown);
      shown += part.length;
      waiting += shown >= MAX_SHOWN ? part + OMITTED : part;
      if (clock.monotonic() - lastSent >= INTERVAL_MS) flush();
    },
    flush,
  };
}
