/**
 * The system calls that the file adapters use, as one parameter: tests put one in that fails at the n-th call.
 */
import { type Dirent, readlinkSync, realpathSync, type Stats } from 'node:fs';
import * as system from 'node:fs/promises';
import { fromSystemBytes, isReplaced, toSystemPath } from './systemPath.ts';

/** What is used of a file that is open; a `FileHandle` is one. Whoever opens it closes it. */
export interface OpenFile {
  readonly fd: number;
  read(
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
  write(
    bytes: Uint8Array,
    offset?: number,
    length?: number,
    position?: number | null,
  ): Promise<{ readonly bytesWritten: number }>;
  /** From where it stands, all of it. */
  writeFile(content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void>;
  /** All of it. */
  readFile(): Promise<Uint8Array>;
  stat(): Promise<Stats>;
  chmod(mode: number): Promise<void>;
  chown(uid: number, gid: number): Promise<void>;
  truncate(length: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Paths as systemPath.ts carries them. */
export interface FileOperations {
  access(path: string, mode?: number): Promise<void>;
  chmod(path: string, mode: number): Promise<void>;
  link(existing: string, path: string): Promise<void>;
  lstat(path: string): Promise<Stats>;
  mkdir(path: string): Promise<unknown>;
  open(path: string, flags: string | number, mode?: number): Promise<OpenFile>;
  readdir(path: string): Promise<string[]>;
  readdir(path: string, options: { readonly withFileTypes: true }): Promise<FolderEntry[]>;
  readlink(path: string): Promise<string>;
  realpath(path: string): Promise<string>;
  rename(from: string, to: string): Promise<void>;
  rmdir(path: string): Promise<void>;
  stat(path: string): Promise<Stats>;
  symlink(target: string, path: string, type?: 'dir' | 'file'): Promise<void>;
  unlink(path: string): Promise<void>;
}

export type FolderEntry = Pick<Dirent, 'name' | 'isFile' | 'isDirectory' | 'isSymbolicLink'>;

/** The operating system itself. */
export const systemFileOperations: FileOperations = {
  access: (path, mode) => system.access(toSystemPath(path), mode),
  chmod: (path, mode) => system.chmod(toSystemPath(path), mode),
  link: (existing, path) => system.link(toSystemPath(existing), toSystemPath(path)),
  lstat: (path) => system.lstat(toSystemPath(path)),
  mkdir: (path) => system.mkdir(toSystemPath(path)),
  open: (path, flags, mode) => system.open(toSystemPath(path), flags, mode),
  readdir: readFolder,
  readlink: async (path) => {
    const target = await system.readlink(toSystemPath(path));
    return isReplaced(target) ? fromSystemBytes(await system.readlink(toSystemPath(path), 'buffer')) : target;
  },
  realpath: async (path) => {
    const real = await system.realpath(toSystemPath(path));
    return isReplaced(real) ? fromSystemBytes(await system.realpath(toSystemPath(path), 'buffer')) : real;
  },
  rename: (from, to) => system.rename(toSystemPath(from), toSystemPath(to)),
  rmdir: (path) => system.rmdir(toSystemPath(path)),
  stat: (path) => system.stat(toSystemPath(path)),
  symlink: (target, path, type) => system.symlink(toSystemPath(target), toSystemPath(path), type),
  unlink: (path) => system.unlink(toSystemPath(path)),
};

/** As `readlink`, at once. */
export function readLinkNow(path: string): string {
  const target = readlinkSync(toSystemPath(path));
  return isReplaced(target) ? fromSystemBytes(readlinkSync(toSystemPath(path), 'buffer')) : target;
}

/** As `realpath`, at once. */
export function realPathNow(path: string): string {
  const real = realpathSync.native(toSystemPath(path));
  return isReplaced(real) ? fromSystemBytes(realpathSync.native(toSystemPath(path), 'buffer')) : real;
}

async function readFolder(path: string): Promise<string[]>;
async function readFolder(path: string, options: { readonly withFileTypes: true }): Promise<FolderEntry[]>;
async function readFolder(
  path: string,
  options?: { readonly withFileTypes: true },
): Promise<string[] | FolderEntry[]> {
  const entries = await readEntries(toSystemPath(path));
  return options === undefined ? entries.map(({ name }) => name) : entries;
}

async function readEntries(path: string | Buffer): Promise<FolderEntry[]> {
  const entries = await system.readdir(path, { withFileTypes: true });
  if (!entries.some(({ name }) => isReplaced(name))) return entries;
  return (await system.readdir(path, { withFileTypes: true, encoding: 'buffer' })).map(withName);
}

/** The entry under the name that strings carry. */
export function withName(entry: Dirent<Buffer>): FolderEntry {
  return {
    name: fromSystemBytes(entry.name),
    isFile: () => entry.isFile(),
    isDirectory: () => entry.isDirectory(),
    isSymbolicLink: () => entry.isSymbolicLink(),
  };
}

/** The system's word for what went wrong (ENOENT, …); EIO where it has none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'EIO';
}

/** Whether the path simply isn't there: it, or a folder on the way to it, is missing or no folder. */
export function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
