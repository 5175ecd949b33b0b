/** How the bytes of a blob lie in a pack. */
import { toPlainView } from './sha256.ts';

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

export async function encodeBlob(bytes: Uint8Array): Promise<Encoded> {
  if (bytes.length < SMALLEST_COMPRESSED || bytes.length > LARGEST_COMPRESSED) {
    return { codec: 'raw', stored: bytes };
  }
  const deflated = await pipeThrough(bytes, new CompressionStream('deflate-raw'));
  return deflated.length < bytes.length * WORTHWHILE
    ? { codec: 'deflate-raw', stored: deflated }
    : { codec: 'raw', stored: bytes };
}

/** Throws when the bytes are no valid stream of this codec. */
export async function decodeBlob({ codec, stored }: Encoded): Promise<Uint8Array> {
  if (codec === 'raw') return stored;
  return pipeThrough(stored, new DecompressionStream('deflate-raw'));
}

async function pipeThrough(
  bytes: Uint8Array,
  transform: CompressionStream | DecompressionStream,
): Promise<Uint8Array> {
  const stream = new Blob([toPlainView(bytes)]).stream().pipeThrough(transform);
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
