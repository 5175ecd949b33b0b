/**
 * A process with all that descends from it, and how to end it.
 *
 * Descendants are found by three signs: the process group (a pipeline, a job), the parent chain (also across groups), and
 * an environment variable with a value used for this call only, which a daemon that has left its group and lost its
 * parents still carries. Not found is a daemon that in addition starts with an emptied environment. Windows knows the
 * parent chain only.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Platform } from '../core/ports.ts';
import { listProcesses, type ProcessEntry, type ProcessStart } from './processList.ts';
import { buildTaskkill } from './shellCommand.ts';

export interface ProcessTree {
  readonly platform: Platform;
  /** The first process; it leads its own group. */
  readonly pid: number;
  /** `NAME=value` in the environment of all of them. */
  readonly marker: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** When the first process started, as `findStart` gives it: nothing older is part of the tree. */
  readonly start?: ProcessStart | undefined;
  /** Time to end politely. Milliseconds; default 3 s. */
  readonly politeMs?: number | undefined;
}

const defaultPoliteMs = 3000;
/** Time after which what even SIGKILL doesn't end (a process stuck in the kernel) is given up. Milliseconds. */
const forceMs = 2000;

/** SIGTERM to all, SIGKILL after `politeMs` to those still there; resolves when they are gone. Never rejects. */
export async function endTree(tree: ProcessTree): Promise<void> {
  if (tree.platform === 'win32') return runTaskkill(tree);
  if (await signalUntilGone(tree, 'SIGTERM', tree.politeMs ?? defaultPoliteMs)) return;
  await signalUntilGone(tree, 'SIGKILL', forceMs);
}

/** Enough for what was forked meanwhile; the program that lists processes is itself a new one each time. */
const maxRounds = 5;

/**
 * SIGKILL to all that descends from this process, as far as parents tell: the last resort of one that has to end and can't
 * wait. First each is stopped, so that none forks while the others are looked for. Never rejects. Windows: to nothing.
 */
export async function killDescendants(platform: Platform): Promise<void> {
  if (platform === 'win32') return;
  const stopped = new Set<number>();
  for (let round = 0; round < maxRounds; round += 1) {
    const all = await listProcesses(platform, { marker: `none=${randomUUID()}` }).catch(() => []);
    const found = findDescendants(all, new Set([process.pid])).filter(({ pid }) => !stopped.has(pid));
    if (found.length === 0) break;
    for (const { pid } of found) {
      stopped.add(pid);
      send(pid, 'SIGSTOP');
    }
  }
  for (const pid of stopped) send(pid, 'SIGKILL');
}

/** True when the group still has members: one cheap system call, without looking for daemons. */
export function hasGroup(tree: ProcessTree): boolean {
  if (tree.platform === 'win32') return false;
  try {
    process.kill(-tree.pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** SIGTERM is sent to each process once, SIGKILL again and again: meanwhile more may have been forked. */
async function signalUntilGone(
  tree: ProcessTree,
  signal: 'SIGTERM' | 'SIGKILL',
  withinMs: number,
): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  const told = new Set<number>();
  for (let pause = 5; ; pause = Math.min(pause * 2, 100)) {
    const members = await findMembers(tree);
    if (members.length === 0) return true;
    if (performance.now() >= deadline) return false;
    for (const { pid } of members) {
      if (signal === 'SIGTERM' && told.has(pid)) continue;
      told.add(pid);
      send(pid, signal);
    }
    await sleep(pause);
  }
}

async function findMembers(tree: ProcessTree): Promise<readonly ProcessEntry[]> {
  // Without a list (no `ps`, no /proc) at least the first process is known.
  const { marker, start: since } = tree;
  const all = await listProcesses(tree.platform, { marker, since }).catch(() => undefined);
  if (all === undefined)
    return hasGroup(tree) ? [{ pid: -tree.pid, parent: 0, group: tree.pid, marked: false }] : [];
  const known = all.filter(({ marked, group }) => marked || group === tree.pid).map(({ pid }) => pid);
  return findDescendants(all, new Set([tree.pid, ...known]));
}

/** These, as far as they are in the list, and all that descends from them; never this process itself. */
function findDescendants(all: readonly ProcessEntry[], known: ReadonlySet<number>): readonly ProcessEntry[] {
  const members = new Set(known);
  let found = -1;
  while (found !== members.size) {
    found = members.size;
    for (const entry of all) if (members.has(entry.parent)) members.add(entry.pid);
  }
  members.delete(process.pid);
  return all.filter((entry) => members.has(entry.pid));
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Ended by itself meanwhile.
  }
}

async function runTaskkill(tree: ProcessTree): Promise<void> {
  const { file, args } = buildTaskkill(tree.pid, tree.env);
  await new Promise<void>((resolve) => {
    const child = spawn(file, args, { stdio: 'ignore', windowsHide: true });
    child.on('error', () => {
      send(tree.pid, 'SIGKILL');
      resolve();
    });
    child.on('close', () => resolve());
  });
}
