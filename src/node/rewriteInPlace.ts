/**
 * Writing into a file that has several names (hard links): a rename would cut this name off from the others, so the
 * content is changed under all of them. What fails midway is undone from the old content.
 */
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { FileError } from '../core/ports.ts';
import type { FileOperations } from './fileOperations.ts';

/** `target`: real path of an existing file. Throws what node:fs throws. */
export async function rewriteInPlace(
  operations: FileOperations,
  target: string,
  change: { readonly bytes: Uint8Array; readonly mode: number | undefined },
): Promise<void> {
  const flags = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await operations.open(target, flags);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new FileError('EINVAL', target, `${target} is not a file any more.`);
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

async function readAll(handle: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await handle.read(bytes, filled, size - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

async function overwrite(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += (await handle.write(bytes, written, bytes.length - written, written)).bytesWritten;
  }
  await handle.truncate(bytes.length);
  await handle.sync();
}
