// The folder for what is fetched once per machine, and a lock so that two runs never fetch it at the same time.

import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../run.mjs';

const pollMs = 500;

/** Where downloads are kept: BELAY_CACHE, or .cache in the repository. Absolute. */
export function cacheFolder(): string {
  return resolve(root, process.env.BELAY_CACHE ?? '.cache');
}

/** Runs `work` while no other process holds the lock `name`. A lock whose holder has died is taken over. */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const folder = cacheFolder();
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${name}.lock`);
  await takeLock(file, name);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function takeLock(file: string, name: string): Promise<void> {
  let told = false;
  while (true) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
    }
    if (await isAbandoned(file)) {
      await rm(file, { force: true });
      continue;
    }
    if (!told) process.stdout.write(`Waiting for another process that is preparing ${name} …\n`);
    told = true;
    await sleep(pollMs);
  }
}

async function isAbandoned(file: string): Promise<boolean> {
  const holder = Number(await readFile(file, 'utf8').catch(() => ''));
  if (holder > 0) return !isAlive(holder);
  // Empty: its holder is between creating and writing it, unless that was long ago.
  const written = await stat(file).catch(() => undefined);
  return written !== undefined && Date.now() - written.mtimeMs > 10_000;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
