/** How the bytes of a blob lie in a pack. */
import type { ByteWork } from '../ports.ts';

/** zstd (id 2) is reserved: Node before 22.15 hasn't got it, so that nothing writes it yet. */
export type Codec = 'raw' | 'deflate-raw';

export const codecIds: Readonly<Record<Codec, number>> = { raw: 0, 'deflate-raw': 1 };

export interface Encoded {
  readonly codec: Codec;
  readonly stored: Uint8Array;
}

const SMALLEST_COMPRESSED = 256;
/** Beyond this, the time to compress costs more than the space. */
const LARGEST_COMPRESSED = 4 * 1024 * 1024;
const WORTHWHILE = 0.9;

export async function encodeBlob(
  bytes: Uint8Array,
  { deflate }: Pick<ByteWork, 'deflate'>,
): Promise<Encoded> {
  if (bytes.length < SMALLEST_COMPRESSED || bytes.length > LARGEST_COMPRESSED) {
    return { codec: 'raw', stored: bytes };
  }
  const deflated = await deflate(bytes);
  return deflated.length < bytes.length * WORTHWHILE
    ? { codec: 'deflate-raw', stored: deflated }
    : { codec: 'raw', stored: bytes };
}

/** Throws when the bytes are no valid stream of this codec. */
export async function decodeBlob(
  { codec, stored }: Encoded,
  { inflate }: Pick<ByteWork, 'inflate'>,
): Promise<Uint8Array> {
  return codec === 'raw' ? stored : inflate(stored);
}
