/**
 * A lock between processes: a file that names its holder. It is made with its content in one step (a hard link to a file
 * written before), so nobody ever sees half a lock.
 *
 * Taking over a lock whose holder has died: only one process may do it, and not on old knowledge. So whoever wants to
 * takes a second lock first, named after exactly this dead lock (its nonce), looks again, and replaces the dead one by a
 * rename. Should it die in between, that second lock is taken over in the same way.
 */
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
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

async function takeAs(path: string, self: ProcessIdentity): Promise<ProcessLock | undefined> {
  const holder: Holder = { ...self, nonce: randomUUID() };
  const draft = `${path}.${holder.nonce.slice(0, 8)}.new`;
  await writeFile(draft, JSON.stringify(holder), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      if (await create(draft, path)) return toLock(path, holder);
      const current = await readHolder(path);
      if (current === undefined) continue;
      if (current !== 'unreadable' && (await isAlive(current))) return undefined;
      const outcome = await replaceDead(path, { draft, self, dead: current });
      if (outcome === 'taken') return toLock(path, holder);
      if (outcome === 'busy') return undefined;
    }
    return undefined;
  } finally {
    await unlink(draft).catch(() => {});
  }
}

async function create(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    // A file system without hard links: the content then comes a moment after the name.
    if (['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP'].includes(errorCode(error))) return copyNew(draft, path);
    throw error;
  }
}

async function copyNew(draft: string, path: string): Promise<boolean> {
  try {
    await writeFile(path, await readFile(draft), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** undefined: there is no lock (any more). 'unreadable': torn by a power loss. */
async function readHolder(path: string): Promise<Holder | 'unreadable' | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
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
    const now = await readHolder(path);
    const nowNonce = now === undefined || now === 'unreadable' ? now : now.nonce;
    if (nowNonce !== deadNonce) return 'changed';
    await rename(take.draft, path);
    return 'taken';
  } finally {
    await right.release();
  }
}

function toLock(path: string, holder: Holder): ProcessLock {
  return {
    release: async () => {
      const now = await readHolder(path);
      // Taken from us as dead (a suspended machine, a wrong clock): then it isn't ours to remove.
      if (now === undefined || now === 'unreadable' || now.nonce !== holder.nonce) return;
      await unlink(path);
    },
  };
}
