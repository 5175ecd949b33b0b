/** An append-only file. Appends happen one after the other, and one that fails midway is cut off again. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { AppendFile } from '../core/ports.ts';
import { withFileErrors } from './fileErrors.ts';

/** Opens or creates the file, readable by its owner only. Its folder must exist. Throws FileError, as do the methods. */
export async function openAppendFile(path: string): Promise<AppendFile> {
  return withFileErrors(path, async () => {
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o600);
    try {
      return toAppendFile(handle, path, (await handle.stat()).size);
    } catch (error) {
      await handle.close();
      throw error;
    }
  });
}

function toAppendFile(handle: FileHandle, path: string, initialSize: number): AppendFile {
  let size = initialSize;
  let queue: Promise<unknown> = Promise.resolve();
  /** Runs after whatever was asked before, whether that succeeded or not. */
  const inOrder = <Result>(operation: () => Promise<Result>): Promise<Result> => {
    const result = queue.then(() => withFileErrors(path, operation));
    queue = result.catch(() => {});
    return result;
  };
  return {
    get size() {
      return size;
    },
    append: (bytes) =>
      inOrder(async () => {
        await appendWhole(handle, bytes, size);
        size += bytes.length;
      }),
    flush: () => inOrder(() => handle.datasync()),
    read: (offset, length) =>
      inOrder(() => readFully(handle, offset, Math.min(length, Math.max(0, size - offset)))),
    truncate: (to) =>
      inOrder(async () => {
        await handle.truncate(to);
        size = to;
      }),
    close: () => inOrder(() => handle.close()),
  };
}

/** In one write where the system takes it in one. On failure the file is cut back to `size`. */
export async function appendWhole(handle: FileHandle, bytes: Uint8Array, size: number): Promise<void> {
  let written = 0;
  try {
    while (written < bytes.length) {
      written += (await handle.write(bytes, written, bytes.length - written)).bytesWritten;
    }
  } catch (error) {
    await handle.truncate(size).catch(() => {});
    throw error;
  }
}

async function readFully(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
