/**
 * A folder held by the thing itself rather than by its name, so that a name swapped for a symbolic link while a file is
 * being written can't lead the write elsewhere. Linux has a path for an open folder (/proc/self/fd/N); elsewhere the
 * plain path is used and its real path compared before and after.
 */
import { constants } from 'node:fs';
import { FileError, type Platform } from '../core/ports.ts';
import { errorCode, type FileOperations } from './fileOperations.ts';

export interface FolderHandle {
  /** Prefix for the names in the folder. */
  readonly base: string;
  /** Throws FileError('ESTALE') when the folder's path no longer leads to this folder. */
  verify(): Promise<void>;
  close(): Promise<void>;
}

/** `folder` must be a real path. Throws FileError('ESTALE') when it isn't one (any more). */
export async function openFolder(
  operations: FileOperations,
  folder: string,
  platform: Platform,
): Promise<FolderHandle> {
  const pinned = platform === 'linux' ? await pinFolder(operations, folder) : undefined;
  const handle = pinned ?? {
    base: folder,
    verify: async () => refuseMoved(folder, await operations.realpath(folder)),
    close: async () => {},
  };
  try {
    await handle.verify();
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function pinFolder(operations: FileOperations, folder: string): Promise<FolderHandle | undefined> {
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  let handle: Awaited<ReturnType<FileOperations['open']>>;
  try {
    handle = await operations.open(folder, flags);
  } catch (error) {
    // A folder that may be written but not read can't be opened; its path still works.
    if (errorCode(error) === 'EACCES') return undefined;
    throw error;
  }
  const base = `/proc/self/fd/${handle.fd}`;
  try {
    await operations.readlink(base);
  } catch {
    // No /proc here.
    await handle.close();
    return undefined;
  }
  return {
    base,
    verify: async () => {
      refuseMoved(folder, await operations.readlink(base));
      refuseMoved(folder, await operations.realpath(folder));
    },
    close: () => handle.close(),
  };
}

function refuseMoved(folder: string, found: string): void {
  if (found === folder) return;
  throw new FileError(
    'ESTALE',
    folder,
    `The folder ${folder} was moved or replaced while a file in it was written.`,
  );
}
