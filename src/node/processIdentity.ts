/**
 * Which process a pid means. Pids are used again, so a process is named by pid, the time it started, and the boot of the
 * machine; a lock that holds all three can be told to be stale after a crash or a restart.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { errorCode } from './fileOperations.ts';

export interface ProcessIdentity {
  readonly pid: number;
  /** In a unit of the platform; compared with `isSameStart`. Empty: unknown. */
  readonly started: string;
  /** Changes with each boot of the machine. Empty: unknown. */
  readonly boot: string;
}

/** Clocks are adjusted and `ps` counts whole seconds. Milliseconds. */
const startTolerance = 5000;

/** This process. */
export async function readOwnIdentity(): Promise<ProcessIdentity> {
  return { pid: process.pid, started: await readStart(process.pid), boot: readBoot() };
}

/** Whether the process still lives. When in doubt it does: taking over a lock that is held would do harm. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  if (!isRunning(identity.pid)) return false;
  const boot = readBoot();
  if (identity.boot !== '' && boot !== '' && identity.boot !== boot) return false;
  return isSameStart(identity.started, await readStart(identity.pid));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return errorCode(error) === 'EPERM';
  }
}

function isSameStart(recorded: string, found: string): boolean {
  if (recorded === '' || found === '' || recorded === found) return true;
  const [before, now] = [Number(recorded), Number(found)];
  // Linux counts ticks since boot, exactly; the others tell a time of day.
  if (process.platform === 'linux' || Number.isNaN(before) || Number.isNaN(now)) return false;
  return Math.abs(before - now) <= startTolerance;
}

function readBoot(): string {
  if (process.platform !== 'linux') return '';
  return readNow('/proc/sys/kernel/random/boot_id').trim();
}

/** The kernel has it in memory. Empty: it can't be read. */
function readNow(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** When the process started: ticks since boot on Linux, milliseconds since 1970 elsewhere; empty when it can't be told. */
async function readStart(pid: number): Promise<string> {
  if (process.platform === 'linux') return startOf(readNow(`/proc/${pid}/stat`));
  if (pid === process.pid) return String(Math.round(performance.timeOrigin));
  const [file, args] = startQuery(pid);
  const answer = await promisify(execFile)(file, args, {
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
  }).catch(() => undefined);
  const time = answer === undefined ? Number.NaN : Date.parse(`${answer.stdout.trim()} UTC`);
  return Number.isNaN(time) ? '' : String(time);
}

function startQuery(pid: number): readonly [string, readonly string[]] {
  if (process.platform !== 'win32') return ['/bin/ps', ['-o', 'lstart=', '-p', String(pid)]];
  const script = `(Get-Process -Id ${pid}).StartTime.ToUniversalTime().ToString('yyyy-MM-dd HH:mm:ss')`;
  return ['powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script]];
}

/** Field 22 of /proc/PID/stat (proc(5)). The name in field 2 may hold spaces and parentheses, so count from its end. */
function startOf(stat: string): string {
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return afterName[19] ?? '';
}
