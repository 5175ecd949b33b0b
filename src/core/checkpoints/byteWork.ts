/** ByteWork by what the web has. */
import type { ByteWork } from '../ports.ts';
import { crc32 } from './crc32.ts';
import { toPlainView, toSha256 } from './sha256.ts';

export const webByteWork: ByteWork = {
  sha256: toSha256,
  crc32,
  deflate: (bytes) => pipeThrough(bytes, new CompressionStream('deflate-raw')),
  inflate: (bytes) => pipeThrough(bytes, new DecompressionStream('deflate-raw')),
};

async function pipeThrough(
  bytes: Uint8Array,
  transform: CompressionStream | DecompressionStream,
): Promise<Uint8Array> {
  const stream = new Blob([toPlainView(bytes)]).stream().pipeThrough(transform);
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
