import {
  FileError,
  type FileStat,
  type FileSystem,
  type PathTrace,
  type WriteOptions,
  type WriteOutcome,
} from '../../../src/core/ports.ts';
import { type FileNode, InodeTree, type Node, splitPath } from './inodeTree.ts';

/** FileSystem in memory, with the ways of Linux: inodes, permission bits, links. For tests. */
export class MemoryFileSystem implements FileSystem {
  /** What runs on save: gets the bytes that are written and returns those that stand there afterwards. */
  onSave: ((bytes: Uint8Array) => Uint8Array) | undefined;
  #tree: InodeTree;
  /** Texts in editors that were not saved, by real path. */
  readonly #unsaved = new Map<string, Uint8Array>();
  #now = 1_000;

  constructor({ caseInsensitive = false }: { readonly caseInsensitive?: boolean } = {}) {
    this.#tree = new InodeTree({ caseInsensitive });
  }

  /** Another file system with the same content. */
  copy(): MemoryFileSystem {
    const copy = new MemoryFileSystem();
    copy.#tree = this.#tree.copy();
    for (const [path, bytes] of this.#unsaved) copy.#unsaved.set(path, bytes);
    copy.#now = this.#now;
    return copy;
  }

  async stat(path: string): Promise<FileStat | undefined> {
    return toStat(orMissing(() => this.#tree.follow(path).node));
  }

  async lstat(path: string): Promise<FileStat | undefined> {
    return toStat(orMissing(() => this.#tree.locate(path).node));
  }

  async readFile(path: string, options: { readonly maxBytes?: number } = {}): Promise<Uint8Array> {
    const bytes = this.#unsaved.get(this.#tree.follow(path).real) ?? this.#fileAt(path).bytes;
    if (bytes.length > (options.maxBytes ?? Number.POSITIVE_INFINITY)) {
      throw new FileError('EFBIG', path, `${path} is too large.`);
    }
    return bytes.slice();
  }

  async readRange(path: string, offset: number, length: number): Promise<Uint8Array> {
    return this.#fileAt(path).bytes.slice(offset, offset + length);
  }

  async writeFile(path: string, bytes: Uint8Array, options: WriteOptions = {}): Promise<WriteOutcome> {
    const { real, node } = this.#tree.follow(path);
    checkWritable(path, { real, node, options });
    const stands = (this.onSave?.(bytes) ?? bytes).slice();
    const old = node?.kind === 'file' ? node : undefined;
    const mode = options.mode ?? old?.mode ?? 0o644;
    this.#now += 1;
    if (old !== undefined && old.nlink > 1) {
      Object.assign(old, { bytes: stands, mode, mtimeMs: this.#now });
    } else {
      const { folder, name } = this.#tree.writableEntry(real);
      const ino = this.#tree.nextIno();
      folder.entries.set(name, { kind: 'file', ino, bytes: stands, mode, nlink: 1, mtimeMs: this.#now });
    }
    this.#unsaved.delete(real);
    return { bytes: stands.slice(), changedOnSave: !isSame(stands, bytes) };
  }

  async makeDirectory(path: string): Promise<readonly string[]> {
    const made: string[] = [];
    let at = '';
    for (const part of splitPath(path)) {
      at += `/${part}`;
      const { node } = this.#tree.follow(at);
      if (node?.kind === 'directory') continue;
      if (node !== undefined) throw new FileError('ENOTDIR', at, `${at} is no folder.`);
      const { folder, name } = this.#tree.writableEntry(at);
      const ino = this.#tree.nextIno();
      folder.entries.set(name, { kind: 'directory', ino, mode: 0o755, entries: new Map() });
      made.push(at);
    }
    return made;
  }

  async removeFile(path: string): Promise<void> {
    const node = orMissing(() => this.#tree.locate(path).node);
    if (node === undefined) return;
    if (node.kind === 'directory') throw new FileError('EISDIR', path, `${path} is a folder.`);
    const { folder, name } = this.#tree.writableEntry(path);
    folder.entries.delete(name);
    if (node.kind === 'file') node.nlink -= 1;
  }

  async removeEmptyDirectory(path: string): Promise<boolean> {
    const node = orMissing(() => this.#tree.locate(path).node);
    if (node === undefined) return false;
    if (node.kind !== 'directory') throw new FileError('ENOTDIR', path, `${path} is no folder.`);
    if (node.entries.size > 0) return false;
    const { folder, name } = this.#tree.writableEntry(path);
    folder.entries.delete(name);
    return true;
  }

  async readDirectory(
    path: string,
  ): Promise<readonly { readonly name: string; readonly kind: FileStat['kind'] }[]> {
    const { node } = this.#tree.follow(path);
    if (node === undefined) throw new FileError('ENOENT', path, `No such folder: ${path}`);
    if (node.kind !== 'directory') throw new FileError('ENOTDIR', path, `${path} is no folder.`);
    return [...node.entries].map(([name, { kind }]) => ({ name, kind }));
  }

  async readLink(path: string): Promise<string> {
    const { node } = this.#tree.locate(path);
    if (node?.kind !== 'symlink') throw new FileError('EINVAL', path, `${path} is no link.`);
    return node.target;
  }

  async makeLink(path: string, target: string): Promise<void> {
    if (this.#tree.locate(path).node !== undefined) throw new FileError('EEXIST', path, `${path} is there.`);
    const { folder, name } = this.#tree.writableEntry(path);
    folder.entries.set(name, { kind: 'symlink', ino: this.#tree.nextIno(), target });
  }

  async rename(path: string, name: string): Promise<void> {
    const node = this.#tree.locate(path).node;
    if (node === undefined) throw new FileError('ENOENT', path, `No such file: ${path}`);
    const from = this.#tree.writableEntry(path);
    const to = this.#tree.entry(`${path.slice(0, path.lastIndexOf('/'))}/${name}`);
    // As Linux has it, where the two are one.
    if (to.name === from.name) return;
    if (from.folder.entries.has(to.name)) throw new FileError('EEXIST', path, `${name} is there.`);
    from.folder.entries.delete(from.name);
    from.folder.entries.set(name, node);
  }

  async setMode(path: string, mode: number): Promise<void> {
    const { node } = this.#tree.follow(path);
    if (node?.kind !== 'file' && node?.kind !== 'directory') {
      throw new FileError('ENOENT', path, `No such file: ${path}`);
    }
    node.mode = mode;
  }

  async flush(): Promise<void> {}

  async tracePath(path: string): Promise<PathTrace> {
    return { real: await this.realPath(path), hops: [], folding: { case: false, unicode: false } };
  }

  async realPath(path: string): Promise<string> {
    return orMissing(() => this.#tree.follow(path).real) ?? path;
  }

  async hasUnsavedChanges(path: string): Promise<boolean> {
    return this.#unsaved.has(path);
  }

  /** Marks a file as changed in an editor and not saved: this is its text there. undefined: reverted. */
  setUnsaved(path: string, text: string | undefined): void {
    if (text === undefined) this.#unsaved.delete(path);
    else this.#unsaved.set(path, new TextEncoder().encode(text));
  }

  /** Gives a file a second name. */
  makeHardLink(path: string, existing: string): void {
    const node = this.#fileAt(existing);
    const { folder, name } = this.#tree.writableEntry(path);
    node.nlink += 1;
    folder.entries.set(name, node);
  }

  /** A pipe, a socket or a device. */
  makeOther(path: string): void {
    const { folder, name } = this.#tree.writableEntry(path);
    folder.entries.set(name, { kind: 'other', ino: this.#tree.nextIno() });
  }

  #fileAt(path: string): FileNode {
    const { node } = this.#tree.follow(path);
    if (node === undefined) throw new FileError('ENOENT', path, `No such file: ${path}`);
    if (node.kind === 'directory') throw new FileError('EISDIR', path, `${path} is a folder.`);
    if (node.kind !== 'file') throw new FileError('EINVAL', path, `${path} is not a file.`);
    return node;
  }
}

interface WriteTo {
  readonly real: string;
  readonly node: Node | undefined;
  readonly options: WriteOptions;
}

function checkWritable(path: string, { real, node, options: { mode, expectedRealPath } }: WriteTo): void {
  if (expectedRealPath !== undefined && real !== expectedRealPath) {
    throw new FileError('ESTALE', path, `${path} now leads to ${real}.`);
  }
  if (node?.kind === 'directory') throw new FileError('EISDIR', path, `${path} is a folder.`);
  if (node?.kind === 'other') throw new FileError('EINVAL', path, `${path} is not a file.`);
  if (node?.kind === 'file' && mode === undefined && (node.mode & 0o200) === 0) {
    throw new FileError('EACCES', path, `${path} is read-only.`);
  }
}

/** A path through something that is no folder leads nowhere. */
function orMissing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof FileError && error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function toStat(node: Node | undefined): FileStat | undefined {
  if (node === undefined) return undefined;
  const { kind, ino } = node;
  const common = { kind, ino, size: 0, mtimeMs: 0, ctimeMs: 0, nlink: 1, mode: 0o777 };
  if (node.kind === 'directory') return { ...common, mode: node.mode };
  if (node.kind !== 'file') return common;
  const { bytes, mode, nlink, mtimeMs } = node;
  return { ...common, size: bytes.length, mode, nlink, mtimeMs, ctimeMs: mtimeMs };
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
