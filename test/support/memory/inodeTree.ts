/** The inodes below MemoryFileSystem: names, folders, and how a path is followed. */
import { FileError } from '../../../src/core/ports.ts';

export interface FileNode {
  readonly kind: 'file';
  readonly ino: number;
  bytes: Uint8Array;
  mode: number;
  nlink: number;
  mtimeMs: number;
}

export interface FolderNode {
  readonly kind: 'directory';
  readonly ino: number;
  mode: number;
  readonly entries: Map<string, Node>;
}

export interface LinkNode {
  readonly kind: 'symlink';
  readonly ino: number;
  readonly target: string;
}

/** A pipe, a socket or a device. */
export interface OtherNode {
  readonly kind: 'other';
  readonly ino: number;
}

export type Node = FileNode | FolderNode | LinkNode | OtherNode;

export interface Found {
  /** The path without links; where nothing is, the rest of it as it was given. */
  readonly real: string;
  readonly node: Node | undefined;
}

export interface Entry {
  readonly folder: FolderNode;
  readonly name: string;
}

const MAX_HOPS = 40;

export class InodeTree {
  readonly #caseInsensitive: boolean;
  readonly #root: FolderNode;
  #lastIno = 0;

  constructor({ caseInsensitive }: { readonly caseInsensitive: boolean }) {
    this.#caseInsensitive = caseInsensitive;
    this.#root = { kind: 'directory', ino: this.nextIno(), mode: 0o755, entries: new Map() };
  }

  /** Another tree with the same content. */
  copy(): InodeTree {
    const copy = new InodeTree({ caseInsensitive: this.#caseInsensitive });
    copy.#root.entries.clear();
    for (const [name, node] of structuredClone(this.#root).entries) copy.#root.entries.set(name, node);
    copy.#lastIno = this.#lastIno;
    return copy;
  }

  nextIno(): number {
    this.#lastIno += 1;
    return this.#lastIno;
  }

  /** Follows every link on the way, and the one at the end too. */
  follow(path: string): Found {
    return this.#resolve(path, { followLast: true, hops: 0 });
  }

  /** Follows every link on the way, but not the one at the end. */
  locate(path: string): Found {
    return this.#resolve(path, { followLast: false, hops: 0 });
  }

  /** The folder and the name a path stands for. Throws FileError when the folder isn't there. */
  entry(path: string): Entry {
    const { real } = this.locate(path);
    const at = real.lastIndexOf('/');
    const { node } = this.follow(real.slice(0, at) || '/');
    if (node === undefined) throw new FileError('ENOENT', path, `No such folder for ${path}`);
    if (node.kind !== 'directory') throw new FileError('ENOTDIR', path, `No folder above ${path}`);
    return { folder: node, name: real.slice(at + 1) };
  }

  /** An entry that may be made, replaced or removed. */
  writableEntry(path: string): Entry {
    const entry = this.entry(path);
    if ((entry.folder.mode & 0o200) === 0) {
      throw new FileError('EACCES', path, `The folder of ${path} is read-only.`);
    }
    return entry;
  }

  #resolve(
    path: string,
    { followLast, hops }: { readonly followLast: boolean; readonly hops: number },
  ): Found {
    if (hops > MAX_HOPS) throw new FileError('ELOOP', path, `Too many links: ${path}`);
    const parts = splitPath(path);
    let node: Node | undefined = this.#root;
    let real = '';
    for (const [index, part] of parts.entries()) {
      if (node !== undefined && node.kind !== 'directory') {
        throw new FileError('ENOTDIR', path, `No folder: ${real}`);
      }
      const name: string = node === undefined ? part : this.#nameIn(node, part);
      node = node?.entries.get(name);
      if (node?.kind === 'symlink' && (followLast || index < parts.length - 1)) {
        const target = node.target.startsWith('/') ? node.target : `${real}/${node.target}`;
        const rest = parts.slice(index + 1);
        return this.#resolve([target, ...rest].join('/'), { followLast, hops: hops + 1 });
      }
      real += `/${name}`;
    }
    return { real: real === '' ? '/' : real, node };
  }

  #nameIn(folder: FolderNode, name: string): string {
    if (!this.#caseInsensitive) return name;
    const wanted = name.toLowerCase();
    return [...folder.entries.keys()].find((other) => other.toLowerCase() === wanted) ?? name;
  }
}

/** Without `.` and `..`. */
export function splitPath(path: string): readonly string[] {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts;
}
