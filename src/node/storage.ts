/** Belay's own files under one folder, readable by their owner only. */
import { lstat, mkdir, readdir, readFile, rm, stat, statfs, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileError, type Platform, type Storage } from '../core/ports.ts';
import { openAppendFile } from './appendFile.ts';
import { withFileErrors } from './fileErrors.ts';
import { errorCode, isMissing, systemFileOperations } from './fileOperations.ts';
import { takeLock } from './processLock.ts';
import { findRealPath } from './realPath.ts';
import { replaceFile } from './replaceFile.ts';

/** `root` needn't exist yet. Path parts are plain names; anything else is a FileError('EINVAL'). */
export function createNodeStorage(root: string): Storage {
  const locate = (path: readonly string[]): string => join(root, ...path.map(toName));
  return {
    locate,
    openAppend: (path) => inFolder(locate(path), openAppendFile),
    list: (path) => withFileErrors(locate(path), () => list(locate(path))),
    readFile: (path) => withFileErrors(locate(path), () => read(locate(path))),
    writeFile: (path, bytes) => inFolder(locate(path), (file) => write(file, bytes)),
    remove: (path) => withFileErrors(locate(path), () => remove(locate(path))),
    removeFolder: (path) =>
      withFileErrors(locate(path), () => rm(locate(path), { recursive: true, force: true })),
    freeBytes: () => freeBytes(root),
    lock: (path) => inFolder(locate(path), takeLock),
  };
}

async function freeBytes(root: string): Promise<number | undefined> {
  const stats = await statfs(root).catch(() => undefined);
  return stats === undefined ? undefined : stats.bavail * stats.bsize;
}

function toName(part: string): string {
  if (part === '' || part === '.' || part === '..' || /[/\\\0]/.test(part)) {
    throw new FileError('EINVAL', part, `Not a name for a file in the storage: ${JSON.stringify(part)}`);
  }
  return part;
}

/** Makes the file's folder first, when it is missing. */
async function inFolder<Result>(file: string, operation: (file: string) => Promise<Result>): Promise<Result> {
  return withFileErrors(file, async () => {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    return operation(file);
  });
}

async function list(
  folder: string,
): Promise<readonly { readonly name: string; readonly size: number; readonly mtimeMs: number }[]> {
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  const entries = await Promise.all(
    names.map(async (name) => {
      const stats = await stat(join(folder, name)).catch(() => undefined);
      return stats === undefined ? undefined : { name, size: stats.size, mtimeMs: stats.mtimeMs };
    }),
  );
  return entries.filter((entry) => entry !== undefined);
}

async function read(file: string): Promise<Uint8Array | undefined> {
  try {
    const bytes = await readFile(file);
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function write(file: string, bytes: Uint8Array): Promise<void> {
  const target = await findRealPath(systemFileOperations, file);
  await replaceFile({
    operations: systemFileOperations,
    platform: hostPlatform(),
    sleep: (ms) => sleep(ms),
    target,
    bytes,
    existing: await lstat(target).catch(() => undefined),
    mode: 0o600,
    flush: 'folder',
  });
}

async function remove(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

function hostPlatform(): Platform {
  return process.platform === 'win32' || process.platform === 'darwin' ? process.platform : 'linux';
}
