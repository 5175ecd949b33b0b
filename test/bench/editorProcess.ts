// The extension host of an editor as the system sees it. Reads /proc, so it works on Linux only.

import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** The unit in which the kernel counts processor time towards programs (USER_HZ). */
const ticksPerSecond = 100;

interface Process {
  readonly id: number;
  readonly parent: number;
  readonly command: string;
  /** Ticks after the start of the system. */
  readonly started: number;
  /** Ticks on a processor, in user code and in the kernel. */
  readonly ticks: number;
}

/** The newest extension host of the server whose profile this is. Waits until there is one that is not `last`: a reload
 * starts another. */
export async function findExtensionHost(profile: string, last?: number): Promise<number> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const newest = await findNewestHost(profile);
    if (newest !== undefined && newest !== last) return newest;
    await sleep(100);
  }
  throw new Error('The editor has no extension host.');
}

async function findNewestHost(profile: string): Promise<number | undefined> {
  const processes = await listProcesses();
  const isServer = (id: number): boolean => processes.get(id)?.command.includes(profile) === true;
  const hosts = [...processes.values()].filter(
    ({ command, parent }) => command.includes('--type=extensionHost') && isServer(parent),
  );
  return hosts.sort((a, b) => b.started - a.started || b.id - a.id)[0]?.id;
}

/** Milliseconds that the process has spent on a processor. */
export async function readProcessorTime(id: number): Promise<number> {
  const process = await readProcess(id);
  if (process === undefined) throw new Error(`The process ${id} has ended.`);
  return (process.ticks * 1000) / ticksPerSecond;
}

/** Resolves when everything that this bench has started (server, extension host, browser) has all but rested for a second,
 * or after `limitMs`. Who waits for a processor doesn't rest. */
export async function untilAtRest(limitMs = 30_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  let rests = 0;
  while (rests < 2 && Date.now() < deadline) {
    const before = await readDemand();
    await sleep(500);
    const after = await readDemand();
    const isAtRest = after.run - before.run <= 60 && after.wait - before.wait <= 300;
    rests = isAtRest ? rests + 1 : 0;
  }
}

/** Milliseconds of processor time, and of waiting for a processor. */
export interface Demand {
  readonly run: number;
  readonly wait: number;
}

/** What all threads that this bench has started have had so far, and how long they waited for it. */
export async function readDemand(): Promise<Demand> {
  const processes = [...(await listProcesses()).values()];
  const started = new Set([process.pid]);
  // A child may stand before its parent in the list: look again until nobody is added.
  for (let size = 0; size !== started.size; ) {
    size = started.size;
    for (const { id, parent } of processes) if (started.has(parent)) started.add(id);
  }
  started.delete(process.pid);
  const demands = await Promise.all([...started].map(readDemandOf));
  return demands.reduce((sum, { run, wait }) => ({ run: sum.run + run, wait: sum.wait + wait }), nothing);
}

const nothing: Demand = { run: 0, wait: 0 };

/** Of all threads of a process. `schedstat` has nanoseconds on a processor, then nanoseconds of waiting for one. */
async function readDemandOf(id: number): Promise<Demand> {
  try {
    const threads = await readdir(`/proc/${id}/task`);
    const stats = await Promise.all(
      threads.map((each) => readFile(`/proc/${id}/task/${each}/schedstat`, 'utf8')),
    );
    const demands = stats.map((stat) => stat.split(' ').map((value) => Number(value) / 1e6));
    return demands.reduce(
      ({ run, wait }, [more = 0, longer = 0]) => ({ run: run + more, wait: wait + longer }),
      nothing,
    );
  } catch {
    // A thread that ended meanwhile: the next look has the rest.
    return nothing;
  }
}

/** How busy the machine is besides, for whoever reads the figures. */
export async function describeLoad(): Promise<string> {
  const load = (await readFile('/proc/loadavg', 'utf8')).split(' ').slice(0, 1).join(' ');
  const pressure = await readFile('/proc/pressure/cpu', 'utf8').catch(() => '');
  const waiting = /some avg10=([\d.]+)/.exec(pressure)?.[1];
  return `load ${load}${waiting === undefined ? '' : `, ${waiting} % of the time something waits for a processor`}`;
}

async function listProcesses(): Promise<ReadonlyMap<number, Process>> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(ids.map(readProcess));
  return new Map(found.flatMap((process) => (process === undefined ? [] : [[process.id, process]])));
}

/** undefined: it has ended. Fields of `stat` are in proc_pid_stat(5); the name in brackets may hold blanks. */
async function readProcess(id: number): Promise<Process | undefined> {
  try {
    const stat = await readFile(`/proc/${id}/stat`, 'utf8');
    const command = await readFile(`/proc/${id}/cmdline`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [, parent = 0] = fields;
    return {
      id,
      parent,
      command: command.replaceAll('\0', ' '),
      started: fields[19] ?? 0,
      ticks: (fields[11] ?? 0) + (fields[12] ?? 0),
    };
  } catch {
    return undefined;
  }
}
