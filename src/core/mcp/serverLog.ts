/** What a server has said and what became of it, as far as it is kept: the newest, in bounds. */
import type { Clock } from '../ports.ts';
import { toWellFormed } from '../tools/wellFormed.ts';

export interface LogEntry {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** As the protocol names them (`info`, `warning`, …); `stderr` is what a process wrote for people, `belay` our own words. */
  readonly level: string;
  readonly text: string;
}

export interface ServerLog {
  add(level: string, text: string): void;
  entries(): readonly LogEntry[];
}

const MAX_ENTRIES = 500;
/** Characters of one entry. */
const MAX_TEXT = 2000;

/** `onAdd`: there is more than before. Must not throw. */
export function createServerLog(clock: Pick<Clock, 'now'>, onAdd: () => void): ServerLog {
  let entries: LogEntry[] = [];
  return {
    add(level, text) {
      const whole = toWellFormed(text).trimEnd();
      if (whole === '') return;
      const kept = whole.length <= MAX_TEXT ? whole : `${toWellFormed(whole.slice(0, MAX_TEXT))} […]`;
      entries.push({ at: clock.now(), level, text: kept });
      onAdd();
      // Cut seldom: a server that floods must not make this dear.
      if (entries.length >= 2 * MAX_ENTRIES) entries = entries.slice(-MAX_ENTRIES);
    },
    entries: () => entries.slice(-MAX_ENTRIES),
  };
}
