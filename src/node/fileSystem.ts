/** FileSystem on the disk. */
import { constants, type Stats } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileError, type FileStat, type FileSystem, type Platform } from '../core/ports.ts';
import { withFileErrors } from './fileErrors.ts';
import {
  errorCode,
  type FileOperations,
  type FolderEntry,
  isMissing,
  systemFileOperations,
} from './fileOperations.ts';
import { flushFiles } from './flushFiles.ts';
import { changeMode, inItsFolder } from './folderHandle.ts';
import { readPart, readWhole } from './readBounded.ts';
import { findRealPath } from './realPath.ts';
import { renamePatiently, replaceFile } from './replaceFile.ts';
import { rewriteInPlace } from './rewriteInPlace.ts';
import type { TemporaryFiles } from './temporaryFiles.ts';
import { createPathTracer } from './tracePath.ts';

export interface NodeFileSystemOptions {
  readonly platform: Platform;
  /** Keeps the list of what a killed process leaves. */
  readonly temporaryFiles?: TemporaryFiles;
  /** The system calls; for tests. */
  readonly operations?: FileOperations;
  /** Waits between attempts of a rename that Windows refuses for a moment; for tests. */
  readonly sleep?: (ms: number) => Promise<void>;
}

/** Read without a limit of the caller's own. */
const defaultMaxBytes = 1 << 30;

/** A hard-linked file is rewritten in place, so that all its names keep one content; all others are replaced by rename. */
export function createNodeFileSystem(options: NodeFileSystemOptions): FileSystem {
  const operations = options.operations ?? systemFileOperations;
  const tools: WriteTools = {
    operations,
    platform: options.platform,
    temporaryFiles: options.temporaryFiles,
    sleep: options.sleep ?? ((ms) => sleep(ms)),
  };
  const tracer = createPathTracer(operations, options.platform);
  return {
    stat: (path) => withFileErrors(path, () => readStat(() => operations.stat(path))),
    lstat: (path) => withFileErrors(path, () => readStat(() => operations.lstat(path))),
    readFile: (path, limits = {}) =>
      withFileErrors(path, () =>
        readWhole(operations, path, { maxBytes: limits.maxBytes ?? defaultMaxBytes, signal: limits.signal }),
      ),
    readRange: (path, offset, length) =>
      withFileErrors(path, () => readPart(operations, path, { offset, length })),
    writeFile: (path, bytes, how = {}) =>
      withFileErrors(path, async () => {
        await write(tools, path, { bytes, ...how });
        return { bytes, changedOnSave: false };
      }),
    makeDirectory: (path) => withFileErrors(path, () => makeFolders(tools, resolve(path))),
    removeFile: (path) => withFileErrors(path, () => removeFile(tools, path)),
    removeEmptyDirectory: (path) => withFileErrors(path, () => removeFolder(tools, path)),
    readDirectory: (path) => withFileErrors(path, () => listFolder(operations, path)),
    readLink: (path) => withFileErrors(path, () => operations.readlink(path)),
    makeLink: (path, target) => withFileErrors(path, () => makeLink(tools, path, target)),
    rename: (path, name) => withFileErrors(path, () => renameEntry(tools, path, name)),
    setMode: (path, mode) => withFileErrors(path, () => changeMode(tools, path, mode)),
    flush: (paths) => flushFiles(tools, paths),
    realPath: (path) => withFileErrors(path, () => findRealPath(operations, path)),
    tracePath: (path) => withFileErrors(path, () => tracer.trace(path)),
    hasUnsavedChanges: async () => false,
  };
}

interface WriteTools {
  readonly operations: FileOperations;
  readonly platform: Platform;
  readonly temporaryFiles: TemporaryFiles | undefined;
  readonly sleep: (ms: number) => Promise<void>;
}

interface WriteRequest {
  readonly bytes: Uint8Array;
  readonly mode?: number;
  readonly expectedRealPath?: string;
  readonly flush?: 'later';
}

async function readStat(read: () => Promise<Stats>): Promise<FileStat | undefined> {
  let stats: Stats;
  try {
    stats = await read();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  const { size, mtimeMs, ctimeMs, ino, nlink } = stats;
  return { kind: toKind(stats), size, mtimeMs, ctimeMs, ino, nlink, mode: stats.mode & 0o7777 };
}

function toKind(entry: Stats | FolderEntry): FileStat['kind'] {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'symlink' : 'other';
}

async function write(tools: WriteTools, path: string, request: WriteRequest): Promise<void> {
  const { operations } = tools;
  const target = await findRealPath(operations, path);
  if (request.expectedRealPath !== undefined && target !== request.expectedRealPath) {
    throw new FileError(
      'ESTALE',
      path,
      `${path} now leads to ${target}, which is not where the write was allowed.`,
    );
  }
  const existing = await findExisting(operations, target);
  if (existing !== undefined && request.mode === undefined) await operations.access(target, constants.W_OK);
  if (existing !== undefined && existing.nlink > 1) {
    await rewriteInPlace({ ...tools, target, bytes: request.bytes, mode: request.mode, existing });
    return;
  }
  await replaceFile({
    ...tools,
    target,
    bytes: request.bytes,
    existing,
    mode: request.mode,
    flush: request.flush ?? 'content',
  });
}

async function findExisting(operations: FileOperations, target: string): Promise<Stats | undefined> {
  let stats: Stats;
  try {
    stats = await operations.lstat(target);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  if (stats.isFile()) return stats;
  if (stats.isDirectory()) throw new FileError('EISDIR', target, `${target} is a folder.`);
  if (stats.isSymbolicLink()) throw new FileError('ESTALE', target, `${target} was replaced by a link.`);
  throw new FileError('EINVAL', target, `${target} is a pipe, a socket or a device, not a file.`);
}

async function makeFolders(tools: WriteTools, path: string): Promise<readonly string[]> {
  const { operations } = tools;
  const missing: string[] = [];
  let at = path;
  while (!(await isFolder(operations, at))) {
    missing.unshift(at);
    at = dirname(at);
  }
  const made: string[] = [];
  for (const folder of missing) {
    try {
      await inItsFolder(tools, folder, (name) => operations.mkdir(name));
      made.push(folder);
    } catch (error) {
      // Somebody else made it meanwhile: then it isn't ours.
      if (errorCode(error) !== 'EEXIST' || !(await isFolder(operations, folder))) throw error;
    }
  }
  return made;
}

async function isFolder(operations: FileOperations, path: string): Promise<boolean> {
  try {
    if ((await operations.stat(path)).isDirectory()) return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
  throw new FileError('ENOTDIR', path, `${path} is a file, not a folder.`);
}

async function removeFile(tools: WriteTools, path: string): Promise<void> {
  const { operations, platform } = tools;
  try {
    await inItsFolder(tools, path, async (name) => {
      try {
        await operations.unlink(name);
      } catch (error) {
        // Windows doesn't remove what is marked read-only.
        if (platform !== 'win32' || errorCode(error) !== 'EPERM') throw error;
        await operations.chmod(name, 0o666);
        await operations.unlink(name);
      }
    });
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

async function removeFolder(tools: WriteTools, path: string): Promise<boolean> {
  try {
    await inItsFolder(tools, path, (name) => tools.operations.rmdir(name));
    return true;
  } catch (error) {
    // AIX and Solaris say EEXIST for a folder that isn't empty.
    if (isMissing(error) || ['ENOTEMPTY', 'EEXIST'].includes(errorCode(error))) return false;
    throw error;
  }
}

async function listFolder(
  operations: FileOperations,
  path: string,
): Promise<readonly { readonly name: string; readonly kind: FileStat['kind'] }[]> {
  const entries = await operations.readdir(path, { withFileTypes: true });
  return entries.map((entry) => ({ name: entry.name, kind: toKind(entry) }));
}

async function makeLink(tools: WriteTools, path: string, target: string): Promise<void> {
  const { operations, platform } = tools;
  // Windows has two kinds of links and must be told which one this is.
  const type = platform === 'win32' ? await toLinkType(operations, join(dirname(path), target)) : undefined;
  await inItsFolder(tools, path, (name) => operations.symlink(target, name, type));
}

async function renameEntry(tools: WriteTools, path: string, name: string): Promise<void> {
  const { operations } = tools;
  await inItsFolder(tools, path, async (from) => {
    const to = join(dirname(from), name);
    const [here, there] = [await operations.lstat(from), await readStat(() => operations.lstat(to))];
    if (there !== undefined && there.ino !== here.ino)
      throw new FileError('EEXIST', path, `${join(dirname(path), name)} is there already.`);
    await renamePatiently(tools, from, to);
  });
}

async function toLinkType(operations: FileOperations, target: string): Promise<'dir' | 'file'> {
  const stats = await readStat(() => operations.stat(target));
  return stats?.kind === 'directory' ? 'dir' : 'file';
}
