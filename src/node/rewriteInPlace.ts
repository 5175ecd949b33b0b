/**
 * Writing into a file that has several names (hard links): a rename would cut this name off from the others, so the
 * content is changed under all of them. What fails midway is undone from the old content.
 */
import { constants, type Stats } from 'node:fs';
import { FileError } from '../core/ports.ts';
import type { OpenFile } from './fileOperations.ts';
import { type HoldOptions, inItsFolder } from './folderHandle.ts';

export interface RewriteOptions extends HoldOptions {
  /** Real path of the file. */
  readonly target: string;
  readonly bytes: Uint8Array;
  /** Permission bits; undefined: as they are. */
  readonly mode: number | undefined;
  /** The file that stands there now. */
  readonly existing: Stats;
}

/** Throws what node:fs throws, or FileError('ESTALE') when the file, or its folder, was replaced meanwhile. */
export function rewriteInPlace(options: RewriteOptions): Promise<void> {
  return inItsFolder(options, options.target, (name) => rewrite(name, options));
}

async function rewrite(name: string, change: RewriteOptions): Promise<void> {
  const { operations, target, existing } = change;
  const flags = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await operations.open(name, flags);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new FileError('EINVAL', target, `${target} is not a file any more.`);
    if (stats.ino !== existing.ino || stats.dev !== existing.dev) {
      throw new FileError('ESTALE', target, `${target} was replaced by another file.`);
    }
    const old = await readAll(handle, stats.size);
    try {
      await overwrite(handle, change.bytes);
      if (change.mode !== undefined) await handle.chmod(change.mode);
    } catch (error) {
      await overwrite(handle, old);
      throw error;
    }
  } finally {
    await handle.close();
  }
}

async function readAll(handle: OpenFile, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await handle.read(bytes, filled, size - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

async function overwrite(handle: OpenFile, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += (await handle.write(bytes, written, bytes.length - written, written)).bytesWritten;
  }
  await handle.truncate(bytes.length);
  await handle.sync();
}
