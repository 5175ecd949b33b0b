/**
 * Removes what other sessions of a workspace have kept and nobody will ask for: those nobody has used for long, and, where all
 * together take too much room, the oldest. Never one that is open, or whose rewind was cut off.
 */
import type { Clock, Log, Storage } from '../ports.ts';

export interface CollectStoresOptions {
  readonly storage: Storage;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** Of the workspace, in the storage. */
  readonly folder: readonly string[];
  /** Bytes that all may take; the disk may set a lower limit. */
  readonly most?: number;
}

const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
const MOST_BYTES = 2 * 1024 * 1024 * 1024;
/** Of what is free on the disk. */
const MOST_OF_FREE = 0.05;

interface Store {
  readonly path: readonly string[];
  readonly size: number;
  readonly usedAt: number;
}

/** Never rejects: what can't be removed now is tried again another time. */
export async function collectStores(options: CollectStoresOptions): Promise<void> {
  const { clock, log } = options;
  try {
    const stores = await listStores(options);
    const limit = await findLimit(options);
    let size = stores.reduce((sum, store) => sum + store.size, 0);
    for (const store of stores.toSorted((left, right) => left.usedAt - right.usedAt)) {
      if (clock.now() - store.usedAt < KEPT_MS && size <= limit) break;
      if (await remove(store, options)) size -= store.size;
    }
  } catch (error) {
    log.warn('old checkpoints could not be looked through', { error: String(error) });
  }
}

async function findLimit({ storage, most = MOST_BYTES }: CollectStoresOptions): Promise<number> {
  const free = await storage.freeBytes?.();
  return free === undefined ? most : Math.min(most, free * MOST_OF_FREE);
}

async function listStores({ storage, folder }: CollectStoresOptions): Promise<readonly Store[]> {
  const unfinished = new Set((await storage.list([...folder, 'unfinished'])).map(({ name }) => name));
  const stores: Store[] = [];
  for (const kind of ['sessions', 'trees']) {
    for (const { name } of await storage.list([...folder, kind])) {
      if (kind === 'sessions' && unfinished.has(name)) continue;
      const path = [...folder, kind, name];
      const files = await storage.list(path);
      const size = files.reduce((sum, file) => sum + file.size, 0);
      stores.push({ path, size, usedAt: Math.max(0, ...files.map(({ mtimeMs }) => mtimeMs)) });
    }
  }
  return stores;
}

/** False: it is open, or can't be removed. */
async function remove({ path }: Store, { storage, log }: CollectStoresOptions): Promise<boolean> {
  const lock = await storage.lock([...path, 'lock']);
  if (lock === undefined) return false;
  try {
    await storage.removeFolder(path);
    log.info('old checkpoints were removed', { store: path.at(-1) });
    return true;
  } catch (error) {
    log.warn('old checkpoints could not be removed', { store: path.at(-1), error: String(error) });
    return false;
  } finally {
    await lock.release().catch(() => undefined);
  }
}
