/**
 * Contents by their SHA-256, in packs of one folder that only one process writes. A content is stored once. What is damaged
 * on the disk is noticed when it is read, and only that content is lost.
 */
import type { ByteWork } from '../ports.ts';
import { webByteWork } from './byteWork.ts';
import { decodeBlob, type Encoded, encodeBlob } from './codec.ts';
import { type Pack, PackFiles, type PackFilesOptions, type PackRecord } from './packFiles.ts';
import { toPackRecord } from './packFormat.ts';
import type { PackEntry } from './scanPack.ts';
import type { EncodedContent } from './tree/treeScanner.ts';

/** A content that was stored can't be had any more. */
export class BlobError extends Error {
  override readonly name = 'BlobError';
  readonly problem: 'missing' | 'corrupt';
  readonly sha256: string;

  constructor(problem: 'missing' | 'corrupt', sha256: string, options?: ErrorOptions) {
    super(`The stored content ${sha256.slice(0, 12)} is ${problem}.`, options);
    this.problem = problem;
    this.sha256 = sha256;
  }
}

export interface BlobStore {
  /**
   * Its SHA-256, which may be given where it is known. On the disk after the next `flush`. Throws FileError (ENOSPC, …); the
   * store stays usable.
   */
  put(bytes: Uint8Array, knownSha256?: string): Promise<string>;
  /** Many at once. Else like `put`. */
  putAll(contents: readonly Uint8Array[]): Promise<void>;
  /** Many at once that are encoded already. Else like `put`. */
  putEncoded(contents: readonly EncodedContent[]): Promise<void>;
  /** What a content is called here: its SHA-256. */
  nameOf(bytes: Uint8Array): Promise<string>;
  /** It was stored; whether it can be read is seen by `get`. */
  has(sha256: string): boolean;
  /** The SHA-256 of all that was stored. */
  names(): Iterable<string>;
  /** Throws BlobError. */
  get(sha256: string): Promise<Uint8Array>;
  /**
   * Copies the contents that are `live` out of packs that hold little else, and says which packs those are. On the disk when it
   * resolves; the packs stay until `dropPacks`. Throws FileError.
   */
  gather(live: ReadonlySet<string>): Promise<readonly string[]>;
  dropPacks(names: readonly string[]): Promise<void>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface BlobStoreOptions extends Omit<PackFilesOptions, 'byteWork'> {
  readonly byteWork?: Partial<ByteWork> | undefined;
}

export async function openBlobStore(options: BlobStoreOptions): Promise<BlobStore> {
  const store = new PackedBlobs(options);
  try {
    await store.open();
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

interface Entry extends PackEntry {
  readonly pack: Pack;
  /** `unread`: found by a scan, which saw the header only. `suspect`: not known to be on the disk, so not to be relied on. */
  trust: 'unread' | 'good' | 'suspect';
}

/** A pack of which less is needed is rewritten. */
const MOST_SPARSE = 0.5;

class PackedBlobs implements BlobStore {
  readonly #byteWork: ByteWork;
  readonly #entries = new Map<string, Entry>();
  readonly #packs: PackFiles;
  #unflushed: Entry[] = [];
  #queue: Promise<unknown> = Promise.resolve();
  #flushing: Promise<void> = Promise.resolve();

  constructor(options: BlobStoreOptions) {
    this.#byteWork = { ...webByteWork, ...options.byteWork };
    this.#packs = new PackFiles({ ...options, byteWork: this.#byteWork });
  }

  open(): Promise<void> {
    return this.#packs.open((entries, pack) => {
      // The same object that the pack holds: there may be very many.
      for (const entry of entries)
        this.#entries.set(entry.sha256, Object.assign(entry, { pack, trust: 'unread' as const }));
    });
  }

  async put(bytes: Uint8Array, knownSha256?: string): Promise<string> {
    const sha256 = knownSha256 ?? (await this.#byteWork.sha256(bytes));
    const stored = this.#queue.then(() => this.#store(sha256, bytes));
    this.#queue = stored.catch(() => undefined);
    await stored;
    return sha256;
  }

  async #store(sha256: string, bytes: Uint8Array): Promise<void> {
    if (await this.#isStored(sha256)) return;
    const encoded = await encodeBlob(bytes, this.#byteWork);
    await this.#append([this.#toRecord(encoded, { sha256, length: bytes.length })]);
  }

  async putAll(contents: readonly Uint8Array[]): Promise<void> {
    const encoded = await Promise.all(
      contents.map(async (bytes) => {
        const [sha256, { codec, stored }] = await Promise.all([
          this.#byteWork.sha256(bytes),
          encodeBlob(bytes, this.#byteWork),
        ]);
        return { sha256, length: bytes.length, codec, stored };
      }),
    );
    await this.putEncoded([...new Map(encoded.map((content) => [content.sha256, content])).values()]);
  }

  async putEncoded(contents: readonly EncodedContent[]): Promise<void> {
    const stored = this.#queue.then(async () => {
      const missing: PackRecord[] = [];
      for (const content of contents)
        if (!(await this.#isStored(content.sha256))) missing.push(this.#toRecord(content, content));
      await this.#append(missing);
    });
    this.#queue = stored.catch(() => undefined);
    await stored;
  }

  async #isStored(sha256: string): Promise<boolean> {
    const known = this.#entries.get(sha256);
    return known !== undefined && this.#isGood(known);
  }

  nameOf(bytes: Uint8Array): Promise<string> {
    return this.#byteWork.sha256(bytes);
  }

  has(sha256: string): boolean {
    return this.#entries.get(sha256)?.codec !== undefined;
  }

  names(): Iterable<string> {
    return this.#entries.keys();
  }

  #append(records: readonly PackRecord[]): Promise<void> {
    return this.#packs.append(records, (entries, pack) => {
      for (const one of entries) {
        const entry: Entry = Object.assign(one, { pack, trust: 'good' as const });
        this.#entries.set(entry.sha256, entry);
        this.#unflushed.push(entry);
      }
    });
  }

  /** A content that was only seen by its header is read once before it stands for a new one. */
  async #isGood(entry: Entry): Promise<boolean> {
    if (entry.trust === 'unread') {
      entry.trust = await this.#read(entry).then(
        () => 'good' as const,
        () => 'suspect' as const,
      );
    }
    return entry.trust === 'good';
  }

  async get(sha256: string): Promise<Uint8Array> {
    const entry = this.#entries.get(sha256);
    if (entry === undefined) throw new BlobError('missing', sha256);
    const bytes = await this.#read(entry);
    if (entry.trust === 'unread') entry.trust = 'good';
    return bytes;
  }

  async #read({ pack, offset, codec, storedLength, storedCrc, sha256 }: Entry): Promise<Uint8Array> {
    if (codec === undefined) throw new BlobError('missing', sha256);
    try {
      const stored = await pack.read(offset, storedLength);
      if (stored.length === storedLength && this.#byteWork.crc32(stored) === storedCrc) {
        const bytes = await decodeBlob({ codec, stored }, this.#byteWork);
        if ((await this.#byteWork.sha256(bytes)) === sha256) return bytes;
      }
    } catch (cause) {
      throw new BlobError('corrupt', sha256, { cause });
    }
    throw new BlobError('corrupt', sha256);
  }

  async gather(live: ReadonlySet<string>): Promise<readonly string[]> {
    const sparse = new Set(this.#packs.list.filter((pack) => this.#liveShare(pack, live) < MOST_SPARSE));
    for (const pack of sparse) this.#packs.leave(pack);
    const moved = [...this.#entries.values()].filter(
      ({ pack, sha256 }) => sparse.has(pack) && live.has(sha256),
    );
    const records: PackRecord[] = [];
    for (const entry of moved) {
      const bytes = await this.#read(entry).catch(() => undefined);
      // What is damaged is lost already.
      if (bytes === undefined) continue;
      const encoded = await encodeBlob(bytes, this.#byteWork);
      records.push(this.#toRecord(encoded, { sha256: entry.sha256, length: bytes.length }));
    }
    await this.#append(records);
    await this.flush();
    return [...sparse].map(({ name }) => name);
  }

  #liveShare(pack: Pack, live: ReadonlySet<string>): number {
    let size = 0;
    for (const entry of this.#entries.values())
      if (entry.pack === pack && live.has(entry.sha256)) size += entry.storedLength;
    return size / Math.max(pack.size, 1);
  }

  async dropPacks(names: readonly string[]): Promise<void> {
    const dropped = this.#packs.list.filter(({ name }) => names.includes(name));
    for (const pack of dropped) {
      for (const [sha256, entry] of this.#entries) if (entry.pack === pack) this.#entries.delete(sha256);
      await this.#packs.drop(pack);
    }
  }

  /** One after the other: who relies on a content that another flush is carrying out waits for that one, and fails with it. */
  async flush(): Promise<void> {
    const flushed = this.#flushAfter(this.#flushing);
    this.#flushing = flushed;
    try {
      await flushed;
    } finally {
      if (this.#flushing === flushed) this.#flushing = Promise.resolve();
    }
  }

  async #flushAfter(previous: Promise<void>): Promise<void> {
    await previous;
    await this.#queue;
    const unflushed = this.#unflushed;
    this.#unflushed = [];
    try {
      await this.#packs.flush(unflushed.map(({ pack }) => pack));
    } catch (error) {
      // After a failed flush the system may have dropped the pages and will not say so again.
      for (const entry of unflushed) entry.trust = 'suspect';
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#queue;
    await this.#packs.close();
    this.#entries.clear();
  }

  #toRecord(
    encoded: Encoded,
    { sha256, length }: { readonly sha256: string; readonly length: number },
  ): PackRecord {
    const { codec, stored } = encoded;
    const content = { sha256, length, storedCrc: this.#byteWork.crc32(stored) };
    return { ...content, codec, storedLength: stored.length, bytes: toPackRecord(encoded, content) };
  }
}
