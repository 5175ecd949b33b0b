/** ByteWork by Node: small contents at once, since handing one to another thread takes longer than the work itself. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import type { ByteWork } from '../core/ports.ts';

/** What is larger goes to another thread. Bytes. */
const SMALL = 256 * 1024;
const FAST = { level: zlib.constants.Z_BEST_SPEED };
const deflateElsewhere = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.deflateRaw);
const inflateElsewhere = promisify<Uint8Array, Buffer>(zlib.inflateRaw);

/** Without what this Node hasn't got. */
export const nodeByteWork: Partial<ByteWork> = {
  sha256: async (bytes) => (bytes.length <= SMALL ? hash(bytes) : hashElsewhere(bytes)),
  deflate: async (bytes) =>
    bytes.length <= SMALL ? zlib.deflateRawSync(bytes, FAST) : deflateElsewhere(bytes, FAST),
  inflate: async (bytes) => (bytes.length <= SMALL ? zlib.inflateRawSync(bytes) : inflateElsewhere(bytes)),
  // From 20.15 on.
  ...(zlib.crc32 !== undefined && { crc32: (bytes: Uint8Array) => zlib.crc32(bytes) }),
};

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function hashElsewhere(bytes: Uint8Array): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))).toString('hex');
}
