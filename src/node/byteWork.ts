/** ByteWork by Node: small contents at once, since handing one to another thread takes longer than the work itself. */
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import type { ByteWork } from '../core/ports.ts';

/** What is larger is not done at once. Bytes. */
const SMALL = 256 * 1024;
const PIECE = 4 * 1024 * 1024;
const FAST = { level: zlib.constants.Z_BEST_SPEED };
const deflateElsewhere = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.deflateRaw);
const inflateElsewhere = promisify<Uint8Array, Buffer>(zlib.inflateRaw);

/** Without what this Node hasn't got. */
export const nodeByteWork: Partial<ByteWork> = {
  sha256: async (bytes) => (bytes.length <= SMALL ? hash(bytes) : hashInPieces(bytes)),
  deflate: async (bytes) =>
    bytes.length <= SMALL ? zlib.deflateRawSync(bytes, FAST) : deflateElsewhere(bytes, FAST),
  inflate: async (bytes) => (bytes.length <= SMALL ? zlib.inflateRawSync(bytes) : inflateElsewhere(bytes)),
  // From 20.15 on.
  ...(zlib.crc32 !== undefined && { crc32: (bytes: Uint8Array) => zlib.crc32(bytes) }),
};

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Where the whole would be copied for another thread: in pieces, between which others have their turn. */
async function hashInPieces(bytes: Uint8Array): Promise<string> {
  const sum = createHash('sha256');
  for (let offset = 0; offset < bytes.length; offset += PIECE) {
    sum.update(bytes.subarray(offset, offset + PIECE));
    await setImmediate();
  }
  return sum.digest('hex');
}
