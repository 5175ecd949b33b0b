/**
 * Where one session keeps its checkpoints: a folder of its own with a journal and packs, written by the one process that
 * holds the session's lock. Sessions share no file, so that recording needs no lock between windows.
 *
 *     checkpoints/<root>/sessions/<session>/  journal.bin, 0001.pack, 0002.pack, …, lock
 *     checkpoints/<root>/unfinished/<session> there while a rewind of that session is under way
 *     checkpoints/<root>/rewind.lock          held during a rewind
 */
import type { ByteWork, Clock, Log, Storage } from '../ports.ts';
import { type BlobStore, openBlobStore } from './blobStore.ts';
import { type CollectDeps, collectSession } from './collectSession.ts';
import { journalName, openJournal } from './journal.ts';
import { Ledger } from './ledger.ts';
import type { PathKey } from './paths.ts';
import { toSha256 } from './sha256.ts';

export interface SessionStoreOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
  readonly toKey: PathKey;
  /** Folder of the workspace in the storage. */
  readonly folder: readonly string[];
  readonly roots: readonly string[];
  readonly session: string;
  readonly byteWork?: Partial<ByteWork> | undefined;
}

export async function openSessionStore(options: SessionStoreOptions): Promise<SessionStore> {
  const place: Place = { ...options, name: await toFolderName(options.session) };
  const lock = await options.storage.lock([...sessionFolder(place), 'lock']);
  try {
    return new SessionStore(place, lock, await openParts(place, { writable: lock !== undefined }));
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

/** Sessions of this workspace in which a rewind was cut off. */
export async function listUnfinished({
  storage,
  folder,
}: Pick<SessionStoreOptions, 'storage' | 'folder'>): Promise<readonly string[]> {
  return (await storage.list([...folder, 'unfinished'])).map(({ name }) => name);
}

interface Place extends SessionStoreOptions {
  /** Of its folder. */
  readonly name: string;
}

interface Parts {
  readonly ledger: Ledger;
  readonly blobs: BlobStore;
}

type Lock = Awaited<ReturnType<Storage['lock']>>;

export class SessionStore {
  readonly #place: Place;
  readonly #lock: Lock;
  #parts: Parts;
  #renewal: Promise<void> = Promise.resolve();
  #behind: Promise<void> = Promise.resolve();

  constructor(place: Place, lock: Lock, parts: Parts) {
    this.#place = place;
    this.#lock = lock;
    this.#parts = parts;
  }

  /** False: another process has this session open. */
  get writable(): boolean {
    return this.#lock !== undefined;
  }

  /** The name of its folder. */
  get name(): string {
    return this.#place.name;
  }

  get ledger(): Ledger {
    return this.#parts.ledger;
  }

  get blobs(): BlobStore {
    return this.#parts.blobs;
  }

  /** Both at once: nothing is done to a file before both are on the disk, so that their order doesn't matter. */
  async flush(): Promise<void> {
    await Promise.all([this.blobs.flush(), this.ledger.flush()]);
  }

  /** After something has happened: a failure is no reason to say that it hasn't. */
  async settle(): Promise<void> {
    await this.flush().catch((error: unknown) => {
      this.#place.log.warn('checkpoints could not be flushed', { error: String(error) });
    });
  }

  /** What is not waited for: that what has happened gets to the disk. One after the other; none may reject. */
  goOn(task: () => Promise<void>): void {
    this.#behind = this.#behind.then(task);
  }

  /** When nothing of that goes on any more. */
  async settled(): Promise<void> {
    await this.#behind;
  }

  markUnfinished(): Promise<void> {
    return this.#place.storage.writeFile(this.#markPath(), new Uint8Array());
  }

  async clearUnfinished(): Promise<void> {
    await this.#place.storage.remove(this.#markPath()).catch((error: unknown) => {
      this.#place.log.warn('the mark of a rewind could not be removed', { error: String(error) });
    });
  }

  /** When somebody has deleted the store, what it held is gone: start a new one, with an empty history. */
  renewWhenGone(): Promise<void> {
    this.#renewal = this.#renewal.catch(() => undefined).then(() => this.#renew());
    return this.#renewal;
  }

  async #renew(): Promise<void> {
    if (!this.writable || !this.ledger.hasWritten) return;
    const names = await this.#place.storage.list(sessionFolder(this.#place));
    if (names.some(({ name }) => name === journalName)) return;
    this.#place.log.warn('the checkpoint store was deleted; a new one is started');
    await this.#closeParts();
    this.#parts = await openParts(this.#place, { writable: true });
  }

  async close(): Promise<void> {
    try {
      await this.#closeParts();
    } finally {
      await this.#lock?.release();
    }
  }

  async #closeParts(): Promise<void> {
    await this.settled();
    await this.settle();
    await this.ledger.close();
    await this.blobs.close();
  }

  #markPath(): readonly string[] {
    return [...this.#place.folder, 'unfinished', this.#place.name];
  }
}

async function openParts(place: Place, { writable }: { readonly writable: boolean }): Promise<Parts> {
  const { storage, log, toKey, clock, session, roots, byteWork } = place;
  const within = { storage, folder: sessionFolder(place), writable, log, byteWork };
  const journal = await openJournal(within);
  const blobs = await openBlobStore(within).catch(async (error: unknown) => {
    await journal.close();
    throw error;
  });
  if (writable) await collect({ journal, blobs, toKey, log });
  const openedAt = clock.now();
  const ledger = new Ledger(journal, {
    toKey,
    log,
    opening: { kind: 'session', version: 1, sessionId: session, roots, openedAt },
  });
  return { ledger, blobs };
}

/** A full disk, say: there is room to be made another time. */
async function collect(deps: CollectDeps): Promise<void> {
  await collectSession(deps).catch((error: unknown) => {
    deps.log.warn('old checkpoints could not be dropped', { error: String(error) });
  });
}

function sessionFolder({ folder, name }: Place): readonly string[] {
  return [...folder, 'sessions', name];
}

/** A session id that isn't a plain word would be a path. */
export async function toFolderName(session: string): Promise<string> {
  if (/^[\w-]{1,128}$/.test(session)) return session;
  return `id-${await toSha256(new TextEncoder().encode(session))}`;
}
