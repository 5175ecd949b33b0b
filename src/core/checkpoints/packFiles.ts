/** The packs of one folder: opened, added to one after the other up to a size, flushed, dropped. What a content is they don't know. */
import type { AppendFile, ByteWork, Log, Storage } from '../ports.ts';
import { packSignature, recordHeaderSize } from './packFormat.ts';
import { type IndexedPack, readPackIndex, toPackIndex } from './packIndex.ts';
import { type PackEntry, scanPack } from './scanPack.ts';

export interface PackFilesOptions {
  readonly storage: Storage;
  readonly folder: readonly string[];
  /** False: another process writes here; nothing is appended and no torn tail cut. */
  readonly writable: boolean;
  readonly log: Log;
  /** A pack that has reached this many bytes is followed by the next. */
  readonly packSize?: number | undefined;
  readonly byteWork: Pick<ByteWork, 'crc32'>;
}

/** An open pack. */
export interface Pack {
  readonly name: string;
  /** Bytes that are known to be whole. */
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A content as it is written. */
export interface PackRecord extends Omit<PackEntry, 'offset'> {
  /** With its header. */
  readonly bytes: Uint8Array;
}

/** Told what lies in a pack. */
export type TakeEntries = (entries: readonly PackEntry[], pack: Pack) => void;

const PACK_SIZE = 64 * 1024 * 1024;
/** So much of a pack may be read through when it is opened. Bytes. */
const MOST_UNINDEXED = 4 * 1024 * 1024;

export class PackFiles {
  readonly #options: PackFilesOptions;
  readonly #packs: OpenPack[] = [];
  /** The pack that is written; undefined: the next record starts a new one. */
  #current: OpenPack | undefined;

  constructor(options: PackFilesOptions) {
    this.#options = options;
  }

  get list(): readonly Pack[] {
    return this.#packs;
  }

  /** Opens those that are there; `take` is told what lies in them. Throws FileError. */
  async open(take: TakeEntries): Promise<void> {
    const { storage, folder } = this.#options;
    const names = (await storage.list(folder)).map(({ name }) => name).filter((name) => PACK_NAME.test(name));
    for (const name of names.sort()) take(...(await this.#openPack(name)));
    const last = this.#packs.at(-1);
    if (last !== undefined && last.size < this.#packSize) this.#current = last;
  }

  async #openPack(name: string): Promise<[readonly PackEntry[], Pack]> {
    const { storage, folder, writable, log } = this.#options;
    const file = await storage.openAppend([...folder, name]);
    const pack = new OpenPack(name, file);
    this.#packs.push(pack);
    const known = await this.#readIndex(pack);
    const { entries: found, end, gaps } = await scanPack(file, known?.end);
    const entries = [...(known?.entries ?? []), ...found];
    pack.entries = gaps > 0 ? undefined : [...entries];
    pack.indexed = known?.end ?? 0;
    if (gaps > 0) log.warn('a checkpoint pack has unreadable places', { pack: name, gaps });
    if (end < file.size) {
      log.warn('a checkpoint pack ends in the middle of a record', { pack: name, bytes: file.size - end });
      if (writable) await file.truncate(end);
      pack.size = end;
    }
    return [entries, pack];
  }

  async #readIndex({ name, file }: OpenPack): Promise<IndexedPack | undefined> {
    const { storage, folder, byteWork } = this.#options;
    if (file.size < this.#mostUnindexed) return undefined;
    const bytes = await storage.readFile([...folder, toIndexName(name)]);
    return bytes === undefined ? undefined : readPackIndex(bytes, file, byteWork);
  }

  /** Pack by pack, each part of them in one piece; `take` is told where each part lies. Throws FileError. */
  async append(records: readonly PackRecord[], take: TakeEntries): Promise<void> {
    for (let first = 0; first < records.length; ) {
      const pack = await this.#packFor(records[first]?.bytes.length ?? 0);
      const room = Math.max(this.#packSize - pack.size, 1);
      let [end, length] = [first, 0];
      do {
        length += records[end]?.bytes.length ?? 0;
        end += 1;
      } while (end < records.length && length + (records[end]?.bytes.length ?? 0) <= room);
      const part = records.slice(first, end);
      const start = await this.#appendTo(pack, concatenate(part, length));
      const entries = toEntries(part, start);
      pack.entries?.push(...entries);
      take(entries, pack);
      first = end;
    }
  }

  async #packFor(length: number): Promise<OpenPack> {
    const current = this.#current;
    if (current !== undefined) {
      const isEmpty = current.size <= packSignature.length;
      if (isEmpty || current.size + length <= this.#packSize) return current;
    }
    const { storage, folder } = this.#options;
    const last = this.#packs.at(-1)?.name ?? '0000.pack';
    const name = `${String(Number.parseInt(last, 10) + 1).padStart(4, '0')}.pack`;
    const pack = new OpenPack(name, await storage.openAppend([...folder, name]));
    pack.entries = [];
    pack.size = 0;
    this.#packs.push(pack);
    this.#current = pack;
    return pack;
  }

  /** Where the first record starts. */
  async #appendTo(pack: OpenPack, records: Uint8Array): Promise<number> {
    const signature = pack.size === 0 ? packSignature : new Uint8Array();
    try {
      if (signature.length > 0) await pack.file.append(signature);
      await pack.file.append(records);
    } catch (error) {
      // Half a record may lie there. When it can't be cut off, a scan will step over it, but nothing is added behind it.
      await pack.file.truncate(pack.size).catch(() => this.leave(pack));
      throw error;
    }
    const start = pack.size + signature.length;
    pack.size = start + records.length;
    return start;
  }

  /** Nothing more is added to this pack. */
  leave(pack: Pack): void {
    if (this.#current === pack) this.#current = undefined;
  }

  /** Throws FileError; then nothing more is added to what was written so far. */
  async flush(packs: Iterable<Pack>): Promise<void> {
    const wanted = new Set(packs);
    try {
      for (const pack of this.#packs) if (wanted.has(pack)) await pack.file.flush();
    } catch (error) {
      this.#current = undefined;
      throw error;
    }
  }

  /** Throws FileError. */
  async drop({ name }: Pack): Promise<void> {
    const { storage, folder } = this.#options;
    const index = this.#packs.findIndex((pack) => pack.name === name);
    const [pack] = index < 0 ? [] : this.#packs.splice(index, 1);
    if (pack !== undefined) this.leave(pack);
    await pack?.file.close();
    await storage.remove([...folder, toIndexName(name)]);
    await storage.remove([...folder, name]);
  }

  async close(): Promise<void> {
    await this.#writeIndexes();
    for (const { file } of this.#packs) await file.close();
    this.#packs.length = 0;
  }

  /** For the next time. What it tells of is on the disk before it says so. Never rejects: it only spares work. */
  async #writeIndexes(): Promise<void> {
    const { storage, folder, writable, log, byteWork } = this.#options;
    const grown = this.#packs.filter(({ size, indexed }) => size - indexed >= this.#mostUnindexed);
    for (const { name, file, entries } of writable ? grown : []) {
      const bytes = entries === undefined ? undefined : toPackIndex(entries, byteWork);
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

  get #mostUnindexed(): number {
    return Math.min(MOST_UNINDEXED, this.#packSize / 2);
  }

  get #packSize(): number {
    return this.#options.packSize ?? PACK_SIZE;
  }
}

class OpenPack implements Pack {
  readonly name: string;
  readonly file: AppendFile;
  size: number;
  /** What lies in it, in its order; undefined: not all of it could be read. */
  entries: PackEntry[] | undefined;
  /** Bytes that its index tells of. */
  indexed = 0;

  constructor(name: string, file: AppendFile) {
    this.name = name;
    this.file = file;
    this.size = file.size;
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    return this.file.read(offset, length);
  }
}

function toEntries(records: readonly PackRecord[], start: number): readonly PackEntry[] {
  let end = start;
  return records.map(({ bytes, ...content }) => {
    const offset = end + recordHeaderSize;
    end += bytes.length;
    return { ...content, offset };
  });
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
