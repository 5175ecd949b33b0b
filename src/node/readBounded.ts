/**
 * Reading that can't hang and can't run away: only regular files are opened for real (a FIFO is opened without waiting
 * for its other end and then refused), and no more is read than was asked for, whatever size the system reported.
 */
import { constants } from 'node:fs';
import { FileError } from '../core/ports.ts';
import type { FileOperations, OpenFile } from './fileOperations.ts';

const pieceBytes = 1 << 20;

export interface ReadLimits {
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
}

/** The whole file. Throws FileError EISDIR, EINVAL or EFBIG, what node:fs throws, or the reason of an abort. */
export async function readWhole(
  operations: FileOperations,
  path: string,
  limits: ReadLimits,
): Promise<Uint8Array> {
  limits.signal?.throwIfAborted();
  return withRegularFile(operations, path, async (handle, size) => {
    if (size > limits.maxBytes) throw tooBig(path, limits.maxBytes);
    // One byte more than expected, to see the end: files in /proc report no size, and a log may grow.
    let bytes = new Uint8Array(size + 1);
    let filled = 0;
    while (true) {
      limits.signal?.throwIfAborted();
      if (filled === bytes.length) bytes = grow(bytes, pieceBytes);
      const wanted = Math.min(pieceBytes * 8, bytes.length - filled);
      const { bytesRead } = await handle.read(bytes, filled, wanted, filled);
      const isEnd = bytesRead === 0 || (bytesRead < wanted && filled + bytesRead === size);
      filled += bytesRead;
      if (isEnd) return bytes.subarray(0, filled);
      if (filled > limits.maxBytes) throw tooBig(path, limits.maxBytes);
    }
  });
}

/** At most `length` bytes from `offset`; fewer at the end of the file. */
export async function readPart(
  operations: FileOperations,
  path: string,
  part: { readonly offset: number; readonly length: number },
): Promise<Uint8Array> {
  return withRegularFile(operations, path, async (handle, size) => {
    // Don't reserve what isn't there; but a size of 0 says nothing for files in /proc.
    const length = size === 0 ? part.length : Math.max(0, Math.min(part.length, size - part.offset));
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await handle.read(bytes, filled, length - filled, part.offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  });
}

async function withRegularFile<Result>(
  operations: FileOperations,
  path: string,
  read: (handle: OpenFile, size: number) => Promise<Result>,
): Promise<Result> {
  // Opening a device can already do something (a tape rewinds), so look before, and again at what was really opened.
  refuseOther(path, await operations.stat(path));
  const handle = await operations.open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await handle.stat();
    refuseOther(path, stats);
    return await read(handle, stats.size);
  } finally {
    await handle.close();
  }
}

function refuseOther(path: string, stats: { isFile(): boolean; isDirectory(): boolean }): void {
  if (stats.isFile()) return;
  if (stats.isDirectory()) throw new FileError('EISDIR', path, `${path} is a folder.`);
  throw new FileError('EINVAL', path, `${path} is a pipe, a socket or a device, not a file.`);
}

function tooBig(path: string, maxBytes: number): FileError {
  return new FileError('EFBIG', path, `${path} has more than ${maxBytes} bytes.`);
}

function grow(bytes: Uint8Array<ArrayBuffer>, by: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes.length + by);
  larger.set(bytes);
  return larger;
}
