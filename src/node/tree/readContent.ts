/** Reads a file for the store: its bytes as they were at one moment, their hashes, and packed. */
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import type { EncodedContent } from '../../core/checkpoints/tree/treeScanner.ts';
import { toSystemPath } from '../systemPath.ts';

export interface FileContent {
  readonly bytes: Buffer;
  /** Of the moment the bytes were read. */
  readonly stats: Stats;
}

/** Somebody may be writing it just now. */
const MOST_READS = 3;

/** undefined: it can't be read, is no file (any more), or is larger than `most` bytes. Links are not followed. */
export function readContent(path: string, most: number): FileContent | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(
      toSystemPath(path),
      constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
    );
    for (let attempt = 1; ; attempt += 1) {
      const before = fstatSync(descriptor);
      if (!before.isFile() || before.size > most) return undefined;
      const bytes = readWhole(descriptor, before.size);
      const stats = fstatSync(descriptor);
      const isSame = stats.mtimeMs === before.mtimeMs && stats.size === bytes.length;
      if (isSame || attempt === MOST_READS) return { bytes, stats };
    }
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function readWhole(descriptor: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(size);
  let filled = 0;
  while (filled < size) {
    const count = readSync(descriptor, bytes, filled, size - filled, filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

export function toSha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The name git gives these bytes. */
export function toGitOid(bytes: Uint8Array, oidSize: 20 | 32): string {
  const hash = createHash(oidSize === 20 ? 'sha1' : 'sha256');
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

const SMALLEST_PACKED = 256;
const LARGEST_PACKED = 4 * 1024 * 1024;
const WORTHWHILE = 0.9;

/** As codec.ts of the core does it, but at once: in a thread that has nothing else to do. */
export function encodeContent(bytes: Buffer, sha256: string): EncodedContent {
  const { length } = bytes;
  if (length >= SMALLEST_PACKED && length <= LARGEST_PACKED) {
    const stored = deflateRawSync(bytes, { level: 1 });
    if (stored.length < length * WORTHWHILE) return { sha256, length, codec: 'deflate-raw', stored };
  }
  return { sha256, length, codec: 'raw', stored: bytes };
}
