/**
 * A lock between processes: a file that names its holder. It is made with its content in one step (a hard link to a file
 * written before), so nobody ever sees half a lock.
 *
 * Taking over a lock whose holder has died: only one process may do it, and not on old knowledge. So whoever wants to
 * takes a second lock first, named after exactly this dead lock (its nonce), looks again, and replaces the dead one by a
 * rename. Should it die in between, that second lock is taken over in the same way.
 *
 * Its few calls are made at once: a command waits for a lock, and each would take longer on its way to the thread pool and back.
 */
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { errorCode } from './fileOperations.ts';
import { isAlive, type ProcessIdentity, readOwnIdentity } from './processIdentity.ts';

export interface ProcessLock {
  release(): Promise<void>;
}

const holderSchema = z.object({ pid: z.number(), started: z.string(), boot: z.string(), nonce: z.string() });
type Holder = z.infer<typeof holderSchema>;

/** As often the lock may change hands while we look. */
const maxAttempts = 5;

/** Takes the lock; undefined when another living process (or this one) holds it. The folder must exist. */
export async function takeLock(path: string): Promise<ProcessLock | undefined> {
  return takeAs(path, await readOwnIdentity());
}

/** Whether a living process (also this one) holds the lock. */
export async function isLocked(path: string): Promise<boolean> {
  const holder = readHolder(path);
  return holder !== undefined && holder !== 'unreadable' && (await isAlive(holder));
}

async function takeAs(path: string, self: ProcessIdentity): Promise<ProcessLock | undefined> {
  const holder: Holder = { ...self, nonce: randomUUID() };
  const draft = `${path}.${holder.nonce.slice(0, 8)}.new`;
  writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      if (create(draft, path)) return toLock(path, holder);
      const current = readHolder(path);
      if (current === undefined) continue;
      if (current !== 'unreadable' && (await isAlive(current))) return undefined;
      const outcome = await replaceDead(path, { draft, self, dead: current });
      if (outcome === 'taken') return toLock(path, holder);
      if (outcome === 'busy') return undefined;
    }
    return undefined;
  } finally {
    remove(draft);
  }
}

function create(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    // A file system without hard links: the content then comes a moment after the name.
    if (['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP'].includes(errorCode(error))) return copyNew(draft, path);
    throw error;
  }
}

function copyNew(draft: string, path: string): boolean {
  try {
    writeFileSync(path, readFileSync(draft), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** undefined: there is no lock (any more). 'unreadable': torn by a power loss. */
function readHolder(path: string): Holder | 'unreadable' | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return 'unreadable';
  }
}

async function replaceDead(
  path: string,
  take: { readonly draft: string; readonly self: ProcessIdentity; readonly dead: Holder | 'unreadable' },
): Promise<'taken' | 'busy' | 'changed'> {
  const deadNonce = take.dead === 'unreadable' ? 'unreadable' : take.dead.nonce;
  const right = await takeAs(`${path}.${deadNonce.slice(0, 10)}`, take.self);
  if (right === undefined) return 'busy';
  try {
    const now = readHolder(path);
    const nowNonce = now === undefined || now === 'unreadable' ? now : now.nonce;
    if (nowNonce !== deadNonce) return 'changed';
    renameSync(take.draft, path);
    return 'taken';
  } finally {
    await right.release();
  }
}

/** What can't be removed is in nobody's way. */
function remove(draft: string): void {
  try {
    unlinkSync(draft);
  } catch {
    // It has become the lock.
  }
}

function toLock(path: string, holder: Holder): ProcessLock {
  return {
    release: async () => {
      const now = readHolder(path);
      // Taken from us as dead (a suspended machine, a wrong clock): then it isn't ours to remove.
      if (now === undefined || now === 'unreadable' || now.nonce !== holder.nonce) return;
      unlinkSync(path);
    },
  };
}
