/** The processes of this machine, as far as a process tree needs to know them. */
import { execFile } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Platform } from '../core/ports.ts';
import { findLowestYounger, readNumbering } from './processNumbers.ts';

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Its environment holds the marker. */
  readonly marked: boolean;
}

export interface ListOptions {
  readonly marker: string;
  /** Processes that were there before are left out, where that can be told. */
  readonly since?: ProcessStart | undefined;
}

/** When a process started. */
export interface ProcessStart {
  readonly pid: number;
  /** Clock ticks since the system did. */
  readonly ticks: number;
  /** How many had been started before it, as `readForks` gives it. */
  readonly forks: number | undefined;
}

/** Living processes; those that have ended and only wait for their parent to notice are left out. */
export async function listProcesses(
  platform: Platform,
  options: ListOptions,
): Promise<readonly ProcessEntry[]> {
  return platform === 'linux' ? readProc(options) : parsePs(await runPs(), options.marker);
}

/** undefined: it has gone, or the platform doesn't say. `forks`: as `readForks` gave it before the process was started. */
export function findStart(
  platform: Platform,
  pid: number,
  forks: number | undefined,
): ProcessStart | undefined {
  if (platform !== 'linux') return undefined;
  const ticks = readStat(String(pid), Buffer.alloc(STAT_BYTES))?.start;
  return ticks === undefined ? undefined : { pid, ticks, forks };
}

/** More than a line of /proc/PID/stat ever has; the system gives it in one piece. */
const STAT_BYTES = 4096;

/** Read in one go without waiting: nothing can fork unseen between the reads of our own making. */
function readProc({ marker, since }: ListOptions): readonly ProcessEntry[] {
  const entries: ProcessEntry[] = [];
  const buffer = Buffer.alloc(STAT_BYTES);
  const names = readdirSync('/proc');
  // Behind the list: what comes after that is in neither.
  const lowest = since === undefined ? 0 : findLowestYounger(since, readNumbering());
  for (const name of names) {
    if (!/^\d+$/.test(name) || Number(name) < lowest) continue;
    const stat = readStat(name, buffer);
    if (stat === undefined || (since !== undefined && stat.start < since.ticks)) continue;
    entries.push({
      pid: Number(name),
      parent: stat.parent,
      group: stat.group,
      marked: isMarked(name, marker),
    });
  }
  return entries;
}

interface Stat {
  readonly parent: number;
  readonly group: number;
  readonly start: number;
}

/** "pid (name) state ppid pgrp …", the start being the 22nd field; the name may hold spaces and parentheses (proc(5)). */
function readStat(pid: string, buffer: Buffer): Stat | undefined {
  const text = readPiece(`/proc/${pid}/stat`, buffer);
  if (text === undefined) return undefined;
  const [state, ...numbers] = text.slice(text.lastIndexOf(')') + 2).split(' ', 20);
  if (state === 'Z' || state === 'X') return undefined;
  return { parent: Number(numbers[0]), group: Number(numbers[1]), start: Number(numbers[18]) };
}

function readPiece(path: string, buffer: Buffer): string | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    // It has ended.
    return undefined;
  }
  try {
    return buffer.toString('latin1', 0, readSync(file, buffer));
  } catch {
    // It has ended meanwhile.
    return undefined;
  } finally {
    closeSync(file);
  }
}

/** Another user's environment can't be read; it is no child of ours then, but for a set-uid program. */
function isMarked(pid: string, marker: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`).includes(marker);
  } catch {
    return false;
  }
}

async function runPs(): Promise<string> {
  // -E shows the environment behind the command line (macOS, processes of the same user).
  const args = ['-axww', '-E', '-o', 'pid=,ppid=,pgid=,stat=,command='];
  const answer = await promisify(execFile)('ps', args, { maxBuffer: 1 << 26 });
  return answer.stdout;
}

/** Lines of `ps -o pid=,ppid=,pgid=,stat=,command=`. */
export function parsePs(text: string, marker: string): readonly ProcessEntry[] {
  const entries: ProcessEntry[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)(.*)$/.exec(line);
    if (match === null || match[4]?.startsWith('Z')) continue;
    const [, pid, parent, group, , command = ''] = match;
    entries.push({
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      marked: command.includes(marker),
    });
  }
  return entries;
}
