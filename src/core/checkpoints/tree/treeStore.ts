/**
 * What is kept of one folder between sessions: the bytes of files as they were found, and how everything looked. Another process
 * that works on the same folder at the same time has a store of its own beside it.
 *
 *     checkpoints/<root>/trees/<n>/  0001.pack, …, index-*.bin, git/…, lock
 */
import type { ByteWork, Log, Storage } from '../../ports.ts';
import { type BlobStore, openBlobStore } from '../blobStore.ts';

export interface TreeStore {
  readonly number: number;
  readonly blobs: BlobStore;
  /** A folder for whoever looks at the tree, absolute. */
  readonly folder: string;
  /** Somebody has deleted it. What is open stays readable until it is closed. */
  isGone(): Promise<boolean>;
  close(): Promise<void>;
}

export interface TreeStoreOptions {
  readonly storage: Storage;
  readonly log: Log;
  /** Of the root, in the storage. */
  readonly folder: readonly string[];
  readonly byteWork?: Partial<ByteWork> | undefined;
  /** The one that is wanted, if it is free. */
  readonly wanted?: number | undefined;
}

/** So many processes may look at one folder. */
const MOST = 16;
const LOCK = 'lock';

/** undefined: too many have it open. Throws FileError. */
export async function openTreeStore({
  storage,
  log,
  folder,
  byteWork,
  wanted,
}: TreeStoreOptions): Promise<TreeStore | undefined> {
  const numbers = Array.from({ length: MOST }, (_, index) => index + 1);
  for (const number of wanted === undefined ? numbers : new Set([wanted, ...numbers])) {
    const own = [...folder, 'trees', String(number)];
    const lock = await storage.lock([...own, LOCK]);
    if (lock === undefined) continue;
    try {
      const blobs = await openBlobStore({ storage, folder: own, writable: true, log, byteWork });
      const close = async (): Promise<void> => {
        await blobs.close();
        await lock.release();
      };
      const isGone = async (): Promise<boolean> =>
        (await storage.list(own)).every(({ name }) => name !== LOCK);
      return { number, blobs, folder: storage.locate(own), isGone, close };
    } catch (error) {
      await lock.release();
      throw error;
    }
  }
  return undefined;
}
