/**
 * Which numbers the processes can have that are younger than a given one. Linux gives numbers in rising order and begins
 * again at the lowest when it has given the highest (pid_max), so as long as it hasn't begun again only those above are
 * to be looked at; to look at one costs as much as to list them all.
 */
import { readFileSync } from 'node:fs';

export interface Numbering {
  /** The number that was given last. */
  readonly last: number;
  /** As `readForks` gives it. */
  readonly forks: number;
  /** No number is above. */
  readonly highest: number;
}

/** How many processes and threads the system has started. undefined: it doesn't say (only Linux does). */
export function readForks(): number | undefined {
  return readNumber('/proc/stat', /^processes (\d+)$/m);
}

/** undefined: the system doesn't say. */
export function readNumbering(): Numbering | undefined {
  const last = readNumber('/proc/loadavg', /(\d+)\s*$/);
  const forks = readForks();
  const highest = readNumber('/proc/sys/kernel/pid_max', /^(\d+)\s*$/);
  return last === undefined || forks === undefined || highest === undefined
    ? undefined
    : { last, forks, highest };
}

/**
 * The lowest number of a process that is younger than `pid`, which started when `forks` had been; 0: it may have any.
 * Without the count a whole round would look like none; what takes a number and is not counted (a fork that fails) is rare.
 */
export function findLowestYounger(
  { pid, forks }: { readonly pid: number; readonly forks: number | undefined },
  now: Numbering | undefined,
): number {
  if (forks === undefined || now === undefined || now.last < pid) return 0;
  return now.forks - forks < now.highest / 4 ? pid : 0;
}

/**
 * Whether the system has started nothing behind a process of its own starting, so that it has left nothing behind. `before`
 * and `now`: as `readForks` gave it before the process was started, and gives it when that has ended. That one was counted
 * shows that the system counts: some give the same number for ever.
 */
export function isNewest(before: number | undefined, now: number | undefined): boolean {
  return before !== undefined && now === before + 1;
}

function readNumber(path: string, pattern: RegExp): number | undefined {
  try {
    const found = pattern.exec(readFileSync(path, 'latin1'))?.[1];
    return found === undefined ? undefined : Number(found);
  } catch {
    return undefined;
  }
}
