/**
 * A folder held by the thing itself rather than by its name, so that a name swapped for a symbolic link while a file is
 * being written can't lead the write elsewhere. Linux has a path for an open folder (/proc/self/fd/N); elsewhere the
 * plain path is used and its real path compared before and after.
 */
import { constants } from 'node:fs';
import { basename, dirname } from 'node:path';
import { FileError, type Platform } from '../core/ports.ts';
import { errorCode, type FileOperations, type OpenFile } from './fileOperations.ts';

export interface FolderHandle {
  /** Prefix for the names in the folder. */
  readonly base: string;
  /** Throws FileError('ESTALE') when the folder's path no longer leads to this folder. */
  verify(): Promise<void>;
  close(): Promise<void>;
}

export interface HoldOptions {
  readonly operations: FileOperations;
  readonly platform: Platform;
}

/** Linux: open files by their number. */
const processFolder = '/proc/self/fd/';

/** Linux: to name a thing without reading it, which the right to read is not needed for. Node has no name for it. */
const O_PATH = 0o10000000;

/** Runs `act` on what has this path, named through its folder. Throws as `openFolder`. */
export async function inItsFolder<Result>(
  { operations, platform }: HoldOptions,
  path: string,
  act: (name: string) => Promise<Result>,
): Promise<Result> {
  const folder = await openFolder(operations, dirname(path), platform);
  try {
    return await act(`${folder.base}/${basename(path)}`);
  } finally {
    await folder.close();
  }
}

/** Sets the permission bits of a file or folder; a link is refused with FileError('ESTALE'). Throws as `openFolder`. */
export function changeMode(options: HoldOptions, path: string, mode: number): Promise<void> {
  const { operations, platform } = options;
  return inItsFolder(options, path, async (name) => {
    const isHeld = platform === 'linux' && name.startsWith(processFolder);
    // Elsewhere a link that is swapped in between the two calls is followed.
    const handle = isHeld ? await operations.open(name, O_PATH | constants.O_NOFOLLOW) : undefined;
    try {
      const stats = await (handle?.stat() ?? operations.lstat(name));
      if (stats.isSymbolicLink()) throw new FileError('ESTALE', path, `${path} was replaced by a link.`);
      await operations.chmod(handle === undefined ? name : `${processFolder}${handle.fd}`, mode);
    } finally {
      await handle?.close();
    }
  });
}

/** `folder` must be a real path. Throws FileError('ESTALE') when it isn't one (any more). */
export async function openFolder(
  operations: FileOperations,
  folder: string,
  platform: Platform,
): Promise<FolderHandle> {
  const pinned = platform === 'linux' ? await pinFolder(operations, folder) : undefined;
  if (pinned !== undefined) return pinned;
  const verify = async (): Promise<void> => refuseMoved(folder, await operations.realpath(folder));
  await verify();
  return { base: folder, verify, close: async () => {} };
}

/** The system says where the folder that is open really lies now, wherever its path leads. */
async function pinFolder(operations: FileOperations, folder: string): Promise<FolderHandle | undefined> {
  const handle = await openItself(operations, folder);
  const base = `${processFolder}${handle.fd}`;
  try {
    const found = await operations.readlink(base).catch(() => undefined);
    if (found === undefined) {
      // No /proc here.
      await handle.close();
      return undefined;
    }
    refuseMoved(folder, found);
  } catch (error) {
    await handle.close();
    throw error;
  }
  return {
    base,
    verify: async () => refuseMoved(folder, await operations.readlink(base)),
    close: () => handle.close(),
  };
}

async function openItself(operations: FileOperations, folder: string): Promise<OpenFile> {
  try {
    return await operations.open(folder, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    // A link is no folder, says the system; but "not there" would be a lie, and what isn't there needs no removing.
    if (errorCode(error) !== 'ENOTDIR') throw error;
    if ((await operations.lstat(folder)).isFile()) throw error;
    throw moved(folder);
  }
}

function refuseMoved(folder: string, found: string): void {
  if (found !== folder) throw moved(folder);
}

function moved(folder: string): FileError {
  return new FileError(
    'ESTALE',
    folder,
    `The folder ${folder} was moved or replaced while something in it was changed.`,
  );
}
