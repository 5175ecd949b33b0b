/**
 * Writing a file all or nothing: a temporary file beside it, flushed, renamed over it. Whatever fails, the file is
 * entirely old or entirely new, and no temporary file stays; what a killed process leaves is removed by the next one, where
 * `temporaryFiles` keeps a list.
 *
 * The new file takes over mode and, where the system lets us, owner of the old one. Extended attributes do not survive.
 */
import { constants, type Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Platform } from '../core/ports.ts';
import { errorCode, type FileOperations, type OpenFile } from './fileOperations.ts';
import { type FolderHandle, openFolder } from './folderHandle.ts';
import { type TemporaryFiles, toTemporaryName } from './temporaryFiles.ts';

type Content = Uint8Array | AsyncIterable<Uint8Array>;

export interface ReplaceOptions {
  readonly operations: FileOperations;
  readonly platform: Platform;
  /** Waits between attempts of a rename that Windows refuses for a moment. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Real path of the file. */
  readonly target: string;
  /** What is to stand there; in pieces, where it is too large to be held. */
  readonly bytes: Content;
  /** The file that stands there now. */
  readonly existing: Stats | undefined;
  /** Permission bits; undefined: those of the existing file, or what the umask leaves of 0666. */
  readonly mode: number | undefined;
  /** Not needed in Belay's own folders. */
  readonly temporaryFiles?: TemporaryFiles | undefined;
  /** `folder`: its name survives a power loss, too. `later`: the caller sees to it. */
  readonly flush: 'content' | 'folder' | 'later';
}

/** On Windows a virus scanner or an indexer may hold a file for a moment. Milliseconds, 2 s in all. */
const renameDelays = [10, 20, 40, 80, 150, 300, 400, 500, 500];

/** Replaces or creates the file. Throws what node:fs throws, or FileError('ESTALE') when its folder was moved meanwhile. */
export async function replaceFile(options: ReplaceOptions): Promise<void> {
  const { operations, target } = options;
  const folder = await openFolder(operations, dirname(target), options.platform);
  try {
    const name = `${folder.base}/${basename(target)}`;
    const old = options.existing === undefined ? undefined : await openOld(options, name);
    try {
      await replaceIn(options, folder, name, old);
    } finally {
      await old?.close();
    }
    // Windows can't flush a folder, and writes names through by itself.
    if (options.flush === 'folder' && options.platform !== 'win32') await flush(operations, folder.base);
  } finally {
    await folder.close();
  }
}

async function replaceIn(
  options: ReplaceOptions,
  folder: FolderHandle,
  name: string,
  old: OpenFile | undefined,
): Promise<void> {
  const temporary = await writeTemporary(options, folder, options.bytes);
  try {
    await folder.verify();
    await renamePatiently(options, temporary.path, name);
  } catch (error) {
    await removeTemporary(options, temporary);
    throw error;
  }
  await options.temporaryFiles?.settle(temporary.realPath);
  try {
    await folder.verify();
  } catch (error) {
    await rollBack(options, folder, { name, ino: temporary.ino, old });
    throw error;
  }
}

/** Holds the old content for a roll-back. Not on Windows, where a file that is open can't be replaced. */
async function openOld(options: ReplaceOptions, name: string): Promise<OpenFile | undefined> {
  if (options.platform === 'win32') return undefined;
  try {
    return await options.operations.open(
      name,
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
  } catch (error) {
    // May be written but not read.
    if (errorCode(error) === 'EACCES') return undefined;
    throw error;
  }
}

interface Temporary {
  /** Through the folder that is held. */
  readonly path: string;
  readonly realPath: string;
}

async function writeTemporary(
  options: ReplaceOptions,
  folder: FolderHandle,
  bytes: Content,
): Promise<Temporary & { readonly ino: number }> {
  const { existing } = options;
  const name = toTemporaryName();
  const temporary = { path: `${folder.base}/${name}`, realPath: join(dirname(options.target), name) };
  const handle = await createTemporary(options, temporary);
  try {
    try {
      const fresh = await handle.stat();
      await handle.writeFile(bytes);
      if (existing !== undefined) await keepOwner(handle, { fresh, existing });
      const mode = options.mode ?? (existing === undefined ? undefined : existing.mode & 0o7777);
      if (mode !== undefined) await handle.chmod(mode);
      if (options.flush !== 'later') await handle.sync();
      return { ...temporary, ino: fresh.ino };
    } finally {
      await handle.close();
    }
  } catch (error) {
    await removeTemporary(options, temporary);
    throw error;
  }
}

async function createTemporary(
  { operations, existing, mode, temporaryFiles }: ReplaceOptions,
  { path, realPath }: Temporary,
): Promise<OpenFile> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
  await temporaryFiles?.announce(realPath);
  try {
    // Nobody else may read the content before it has the mode of the file it replaces.
    return await operations.open(path, flags, existing === undefined ? (mode ?? 0o666) : 0o600);
  } catch (error) {
    await temporaryFiles?.settle(realPath);
    throw error;
  }
}

async function keepOwner(
  handle: OpenFile,
  { fresh, existing }: { readonly fresh: Stats; readonly existing: Stats },
): Promise<void> {
  if (fresh.uid === existing.uid && fresh.gid === existing.gid) return;
  try {
    await handle.chown(existing.uid, existing.gid);
  } catch (error) {
    // Only root may give a file away. The content matters more than the owner.
    if (errorCode(error) !== 'EPERM') throw error;
  }
}

/** On Windows again and again, for a while. Throws what node:fs throws. */
export async function renamePatiently(
  options: Pick<ReplaceOptions, 'operations' | 'platform' | 'sleep'>,
  from: string,
  to: string,
): Promise<void> {
  const delays = options.platform === 'win32' ? renameDelays : [];
  for (const delay of delays) {
    try {
      await options.operations.rename(from, to);
      return;
    } catch (error) {
      if (!['EBUSY', 'EPERM', 'EACCES'].includes(errorCode(error))) throw error;
    }
    await options.sleep(delay);
  }
  await options.operations.rename(from, to);
}

/** The folder was swapped in the moment of the rename: put back what stood where our file landed. */
async function rollBack(
  options: ReplaceOptions,
  folder: FolderHandle,
  landed: { readonly name: string; readonly ino: number; readonly old: OpenFile | undefined },
): Promise<void> {
  const { operations } = options;
  const now = await operations.lstat(landed.name).catch(() => undefined);
  if (now?.ino !== landed.ino) return;
  if (landed.old === undefined) {
    if (options.existing === undefined) await operations.unlink(landed.name);
    return;
  }
  const temporary = await writeTemporary(options, folder, await landed.old.readFile());
  await operations.rename(temporary.path, landed.name);
  await options.temporaryFiles?.settle(temporary.realPath);
}

async function removeTemporary(
  { operations, temporaryFiles }: ReplaceOptions,
  { path, realPath }: Temporary,
): Promise<void> {
  if (await isRemoved(operations, path)) await temporaryFiles?.settle(realPath);
}

async function isRemoved(operations: FileOperations, path: string): Promise<boolean> {
  const remove = (): Promise<boolean> =>
    operations.unlink(path).then(
      () => true,
      (error: unknown) => errorCode(error) === 'ENOENT',
    );
  // Once more: what failed for a moment (a scanner, an interrupted call) must not leave a file behind.
  return (await remove()) || remove();
}

async function flush(operations: FileOperations, folder: string): Promise<void> {
  const handle = await operations.open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
