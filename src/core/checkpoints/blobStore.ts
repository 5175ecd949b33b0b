/**
 * Contents by their SHA-256, in packs of one folder that only one process writes. A content is stored once. What is damaged
 * on the disk is noticed when it is read, and only that content is lost.
 */
import type { AppendFile, ByteWork, Log, Storage } from '../ports.ts';
import { webByteWork } from './byteWork.ts';
import { decodeBlob, type Encoded, encodeBlob } from './codec.ts';
import { packSignature, recordHeaderSize, toPackRecord } from './packFormat.ts';
import { type IndexedPack, readPackIndex, toPackIndex } from './packIndex.ts';
import { type PackEntry, scanPack } from './scanPack.ts';
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

export interface BlobStoreOptions {
  readonly storage: Storage;
  readonly folder: readonly string[];
  /** False: another process writes here; nothing is appended and no torn tail cut. */
  readonly writable: boolean;
  readonly log: Log;
  /** A pack that has reached this many bytes is followed by the next. */
  readonly packSize?: number;
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

interface Pack {
  readonly name: string;
  readonly file: AppendFile;
  /** Bytes that are known to be whole. */
  size: number;
  /** What lies in it, in its order; undefined: not all of it could be read. */
  entries: PackEntry[] | undefined;
  /** Bytes that its index tells of. */
  indexed: number;
}

/** A pack of which less is needed is rewritten. */
const MOST_SPARSE = 0.5;
const PACK_SIZE = 64 * 1024 * 1024;
/** So much of a pack may be read through when it is opened. Bytes. */
const MOST_UNINDEXED = 4 * 1024 * 1024;

class PackedBlobs implements BlobStore {
  readonly #options: BlobStoreOptions;
  readonly #byteWork: ByteWork;
  readonly #entries = new Map<string, Entry>();
  readonly #packs: Pack[] = [];
  /** The pack that is written; undefined: the next content starts a new one. */
  #current: Pack | undefined;
  #unflushed: Entry[] = [];
  #queue: Promise<unknown> = Promise.resolve();
  #flushing: Promise<void> = Promise.resolve();

  constructor(options: BlobStoreOptions) {
    this.#options = options;
    this.#byteWork = { ...webByteWork, ...options.byteWork };
  }

  async open(): Promise<void> {
    const { storage, folder } = this.#options;
    const names = (await storage.list(folder)).map(({ name }) => name).filter((name) => PACK_NAME.test(name));
    for (const name of names.sort()) await this.#openPack(name);
    const last = this.#packs.at(-1);
    if (last !== undefined && last.size < this.#packSize()) this.#current = last;
  }

  async #openPack(name: string): Promise<void> {
    const { storage, folder, writable, log } = this.#options;
    const file = await storage.openAppend([...folder, name]);
    const pack: Pack = { name, file, size: file.size, entries: undefined, indexed: 0 };
    this.#packs.push(pack);
    const known = await this.#readIndex(pack);
    const { entries: found, end, gaps } = await scanPack(file, known?.end);
    const entries = [...(known?.entries ?? []), ...found].map(
      (entry): Entry => ({ ...entry, pack, trust: 'unread' }),
    );
    pack.entries = gaps > 0 ? undefined : entries;
    pack.indexed = known?.end ?? 0;
    for (const entry of entries) this.#entries.set(entry.sha256, entry);
    if (gaps > 0) log.warn('a checkpoint pack has unreadable places', { pack: name, gaps });
    if (end === file.size) return;
    log.warn('a checkpoint pack ends in the middle of a record', { pack: name, bytes: file.size - end });
    if (writable) await file.truncate(end);
    pack.size = end;
  }

  async #readIndex({ name, file }: Pack): Promise<IndexedPack | undefined> {
    const { storage, folder } = this.#options;
    if (file.size < this.#mostUnindexed()) return undefined;
    const bytes = await storage.readFile([...folder, toIndexName(name)]);
    return bytes === undefined ? undefined : readPackIndex(bytes, file, this.#byteWork);
  }

  /** For the next time. What it tells of is on the disk before it says so. Never rejects: it only spares work. */
  async #writeIndexes(): Promise<void> {
    const { storage, folder, writable, log } = this.#options;
    const grown = this.#packs.filter(({ size, indexed }) => size - indexed >= this.#mostUnindexed());
    for (const { name, file, entries } of writable ? grown : []) {
      const bytes = entries === undefined ? undefined : toPackIndex(entries, this.#byteWork);
      if (bytes === undefined) continue;
      try {
        await file.flush();
        await storage.writeFile([...folder, toIndexName(name)], bytes);
      } catch (error) {
        log.debug('the index of a checkpoint pack could not be written', {
          pack: name,
          error: String(error),
        });
      }
    }
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

  /** Pack by pack, each part of them in one piece. */
  async #append(records: readonly PackRecord[]): Promise<void> {
    for (let first = 0; first < records.length; ) {
      const pack = await this.#packFor(records[first]?.bytes.length ?? 0);
      const room = Math.max(this.#packSize() - pack.size, 1);
      let [end, length] = [first, 0];
      do {
        length += records[end]?.bytes.length ?? 0;
        end += 1;
      } while (end < records.length && length + (records[end]?.bytes.length ?? 0) <= room);
      const part = records.slice(first, end);
      this.#enter(part, { pack, start: await this.#appendTo(pack, concatenate(part, length)) });
      first = end;
    }
  }

  #enter(
    records: readonly PackRecord[],
    { pack, start }: { readonly pack: Pack; readonly start: number },
  ): void {
    let offset = start;
    for (const { bytes, ...content } of records) {
      const entry: Entry = { ...content, offset: offset + recordHeaderSize, pack, trust: 'good' };
      this.#entries.set(entry.sha256, entry);
      pack.entries?.push(entry);
      this.#unflushed.push(entry);
      offset += bytes.length;
    }
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

  async #packFor(length: number): Promise<Pack> {
    const current = this.#current;
    if (current !== undefined) {
      const isEmpty = current.size <= packSignature.length;
      if (isEmpty || current.size + length <= this.#packSize()) return current;
    }
    const { storage, folder } = this.#options;
    const last = this.#packs.at(-1)?.name ?? '0000.pack';
    const name = `${String(Number.parseInt(last, 10) + 1).padStart(4, '0')}.pack`;
    const file = await storage.openAppend([...folder, name]);
    const pack: Pack = { name, file, size: 0, entries: [], indexed: 0 };
    this.#packs.push(pack);
    this.#current = pack;
    return pack;
  }

  /** Where the first record starts. */
  async #appendTo(pack: Pack, records: Uint8Array): Promise<number> {
    const signature = pack.size === 0 ? packSignature : new Uint8Array();
    try {
      if (signature.length > 0) await pack.file.append(signature);
      await pack.file.append(records);
    } catch (error) {
      // Half a record may lie there. When it can't be cut off, a scan will step over it, but nothing is added behind it.
      await pack.file.truncate(pack.size).catch(() => {
        this.#current = undefined;
      });
      throw error;
    }
    const start = pack.size + signature.length;
    pack.size = start + records.length;
    return start;
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
      const stored = await pack.file.read(offset, storedLength);
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
    const sparse = this.#packs.filter((pack) => this.#liveShare(pack, live) < MOST_SPARSE);
    const names = new Set(sparse.map(({ name }) => name));
    if (this.#current !== undefined && names.has(this.#current.name)) this.#current = undefined;
    const moved = [...this.#entries.values()].filter(
      ({ pack, sha256 }) => names.has(pack.name) && live.has(sha256),
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
    return [...names];
  }

  #liveShare(pack: Pack, live: ReadonlySet<string>): number {
    let size = 0;
    for (const entry of this.#entries.values())
      if (entry.pack === pack && live.has(entry.sha256)) size += entry.storedLength;
    return size / Math.max(pack.size, 1);
  }

  async dropPacks(names: readonly string[]): Promise<void> {
    const { storage, folder } = this.#options;
    for (const name of names) {
      const index = this.#packs.findIndex((pack) => pack.name === name);
      const [pack] = index < 0 ? [] : this.#packs.splice(index, 1);
      await pack?.file.close();
      for (const [sha256, entry] of this.#entries) if (entry.pack === pack) this.#entries.delete(sha256);
      await storage.remove([...folder, toIndexName(name)]);
      await storage.remove([...folder, name]);
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
      for (const pack of new Set(unflushed.map((entry) => entry.pack))) await pack.file.flush();
    } catch (error) {
      // After a failed flush the system may have dropped the pages and will not say so again.
      for (const entry of unflushed) entry.trust = 'suspect';
      this.#current = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#queue;
    await this.#writeIndexes();
    for (const { file } of this.#packs) await file.close();
    this.#packs.length = 0;
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

  #mostUnindexed(): number {
    return Math.min(MOST_UNINDEXED, this.#packSize() / 2);
  }

  #packSize(): number {
    return this.#options.packSize ?? PACK_SIZE;
  }
}

/** A content as it is written. */
interface PackRecord extends Omit<PackEntry, 'offset'> {
  /** With its header. */
  readonly bytes: Uint8Array;
}

function concatenate(records: readonly PackRecord[], length: number): Uint8Array {
  const [only] = records;
  if (only !== undefined && records.length === 1) return only.bytes;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const { bytes } of records) {
    whole.set(bytes, offset);
    offset += bytes.length;
  }
  return whole;
}

const PACK_NAME = /^\d{4,}\.pack$/;

function toIndexName(pack: string): string {
  return pack.replace(/pack$/, 'index');
}
