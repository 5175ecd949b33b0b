/** The processes of this machine, as far as a process tree needs to know them. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Platform } from '../core/ports.ts';

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Its environment holds the marker. */
  readonly marked: boolean;
}

/** Living processes; those that have ended and only wait for their parent to notice are left out. */
export async function listProcesses(platform: Platform, marker: string): Promise<readonly ProcessEntry[]> {
  return platform === 'linux' ? readProc(marker) : parsePs(await runPs(), marker);
}

/** Read in one go without waiting: a few milliseconds, and nothing can fork unseen between the reads of our own making. */
function readProc(marker: string): readonly ProcessEntry[] {
  const entries: ProcessEntry[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const entry = readEntry(name, marker);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

/** /proc/PID/stat is "pid (name) state ppid pgrp …"; the name may hold spaces and parentheses (proc(5)). */
function readEntry(pid: string, marker: string): ProcessEntry | undefined {
  const stat = readText(`/proc/${pid}/stat`)?.toString('latin1');
  if (stat === undefined) return undefined;
  const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z' || state === 'X') return undefined;
  // Another user's environment can't be read; it is no child of ours then, but for a set-uid program.
  const marked = readText(`/proc/${pid}/environ`)?.includes(marker) ?? false;
  return { pid: Number(pid), parent: Number(parent), group: Number(group), marked };
}

function readText(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
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
