import { type AppendFile, FileError, type Storage } from '../../../src/core/ports.ts';

interface StoredFile {
  bytes: Uint8Array;
  /** So many of its bytes survive a power loss. */
  flushed: number;
}

/** Storage in memory that knows what has been flushed. For tests. */
export class MemoryStorage implements Storage {
  readonly #place: string;
  readonly #files = new Map<string, StoredFile>();
  readonly #locks = new Set<string>();

  /** `place`: where it says it lies, for whoever puts something of their own there. */
  constructor(place = '/memory') {
    this.#place = place;
  }

  /** Another storage with the same content; nothing is locked in it. */
  copy(): MemoryStorage {
    const copy = new MemoryStorage(this.#place);
    for (const [path, file] of this.#files) copy.#files.set(path, { ...file });
    return copy;
  }

  async openAppend(path: readonly string[]): Promise<AppendFile> {
    return toAppendFile(this.#open(path), toKey(path));
  }

  async list(
    path: readonly string[],
  ): Promise<readonly { readonly name: string; readonly size: number; readonly mtimeMs: number }[]> {
    const prefix = `${toKey(path)}/`;
    const entries = new Map<
      string,
      { readonly name: string; readonly size: number; readonly mtimeMs: number }
    >();
    for (const [key, { bytes }] of this.#files) {
      if (!key.startsWith(prefix)) continue;
      const [name = '', ...inside] = key.slice(prefix.length).split('/');
      entries.set(name, { name, size: inside.length > 0 ? 0 : bytes.length, mtimeMs: 0 });
    }
    for (const key of this.#locks) {
      const [name = '', ...inside] = key.startsWith(prefix) ? key.slice(prefix.length).split('/') : [];
      if (name !== '' && inside.length === 0) entries.set(name, { name, size: 0, mtimeMs: 0 });
    }
    return [...entries.values()];
  }

  async readFile(path: readonly string[]): Promise<Uint8Array | undefined> {
    return this.#files.get(toKey(path))?.bytes.slice();
  }

  async writeFile(path: readonly string[], bytes: Uint8Array): Promise<void> {
    this.#files.set(toKey(path), { bytes: bytes.slice(), flushed: bytes.length });
  }

  async remove(path: readonly string[]): Promise<void> {
    this.#files.delete(toKey(path));
  }

  async removeFolder(path: readonly string[]): Promise<void> {
    for (const key of [...this.#files.keys()]) if (key.startsWith(`${toKey(path)}/`)) this.#files.delete(key);
  }

  locate(path: readonly string[]): string {
    return `${this.#place}/${toKey(path)}`;
  }

  async lock(path: readonly string[]): Promise<{ release(): Promise<void> } | undefined> {
    const key = toKey(path);
    if (this.#locks.has(key)) return undefined;
    this.#locks.add(key);
    return {
      release: async () => {
        this.#locks.delete(key);
      },
    };
  }

  /** What was appended and not flushed is gone. */
  losePower(): void {
    for (const file of this.#files.values()) file.bytes = file.bytes.slice(0, file.flushed);
  }

  /** The bytes of a file, for breaking them. Throws when it isn't there. */
  peek(path: readonly string[]): Uint8Array {
    const file = this.#files.get(toKey(path));
    if (file === undefined) throw new Error(`not stored: ${toKey(path)}`);
    return file.bytes.slice();
  }

  poke(path: readonly string[], bytes: Uint8Array): void {
    Object.assign(this.#open(path), { bytes: bytes.slice(), flushed: bytes.length });
  }

  /** Of all files, in order. */
  paths(): readonly string[][] {
    return [...this.#files.keys()].sort().map((key) => key.split('/'));
  }

  /** As if somebody had removed the whole folder: files that are open stay usable, but nobody finds them. */
  deleteAll(): void {
    this.#files.clear();
  }

  #open(path: readonly string[]): StoredFile {
    const file = this.#files.get(toKey(path)) ?? { bytes: new Uint8Array(), flushed: 0 };
    this.#files.set(toKey(path), file);
    return file;
  }
}

function toKey(path: readonly string[]): string {
  return path.join('/');
}

function toAppendFile(file: StoredFile, key: string): AppendFile {
  let isClosed = false;
  const checkOpen = (): void => {
    if (isClosed) throw new FileError('EBADF', key, `${key} is closed.`);
  };
  return {
    get size() {
      return file.bytes.length;
    },
    async append(bytes) {
      checkOpen();
      const whole = new Uint8Array(file.bytes.length + bytes.length);
      whole.set(file.bytes);
      whole.set(bytes, file.bytes.length);
      file.bytes = whole;
    },
    async flush() {
      checkOpen();
      file.flushed = file.bytes.length;
    },
    async read(offset, length) {
      checkOpen();
      return file.bytes.slice(offset, offset + length);
    },
    async truncate(size) {
      checkOpen();
      file.bytes = file.bytes.slice(0, size);
      file.flushed = Math.min(file.flushed, size);
    },
    async close() {
      isClosed = true;
    },
  };
}
