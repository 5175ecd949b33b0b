/**
 * The format of a pack: 8 bytes that name it, then records one after the other, each a header of 56 bytes and the stored
 * bytes. All numbers are little-endian.
 *
 *     0  magic "BLOB"      4  codec (u8), 3 bytes zero      8  length (u32)      12  stored length (u32)
 *     16 sha-256 of the bytes                                48 crc-32 of the stored bytes
 *     52 crc-32 of the 52 bytes before
 *
 * The header has a crc of its own so that after a rotten record the next one is found, and so that a scan can hop from
 * header to header without reading what lies between.
 */
import { type Codec, codecIds, type Encoded } from './codec.ts';
import { crc32 } from './crc32.ts';
import { toHex } from './sha256.ts';

/** "BELAYPK1" */
export const packSignature = Uint8Array.of(0x42, 0x45, 0x4c, 0x41, 0x59, 0x50, 0x4b, 0x31);
export const recordHeaderSize = 56;
/** "BLOB" */
export const recordMagic = Uint8Array.of(0x42, 0x4c, 0x4f, 0x42);

export interface RecordHeader {
  /** undefined: one of a later version. */
  readonly codec: Codec | undefined;
  readonly length: number;
  readonly storedLength: number;
  readonly sha256: string;
  readonly storedCrc: number;
}

/** Header and stored bytes in one piece. `sha256` and `length` are those of the bytes before encoding. */
export function toPackRecord(
  { codec, stored }: Encoded,
  content: { readonly sha256: string; readonly length: number; readonly storedCrc: number },
): Uint8Array {
  const record = new Uint8Array(recordHeaderSize + stored.length);
  record.set(toRecordHeader({ ...content, codec, storedLength: stored.length }));
  record.set(stored, recordHeaderSize);
  return record;
}

export function toRecordHeader(content: RecordHeader & { readonly codec: Codec }): Uint8Array {
  const header = new Uint8Array(recordHeaderSize);
  const view = new DataView(header.buffer);
  header.set(recordMagic, 0);
  view.setUint8(4, codecIds[content.codec]);
  view.setUint32(8, content.length, true);
  view.setUint32(12, content.storedLength, true);
  header.set(fromHex(content.sha256), 16);
  view.setUint32(48, content.storedCrc, true);
  view.setUint32(52, crc32(header.subarray(0, 52)), true);
  return header;
}

/** undefined: no whole header starts here. */
export function parseRecordHeader(bytes: Uint8Array): RecordHeader | undefined {
  if (bytes.length < recordHeaderSize) return undefined;
  if (recordMagic.some((byte, index) => bytes[index] !== byte)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, recordHeaderSize);
  if (view.getUint32(52, true) !== crc32(bytes.subarray(0, 52))) return undefined;
  return {
    codec: codecs.get(view.getUint8(4)),
    length: view.getUint32(8, true),
    storedLength: view.getUint32(12, true),
    sha256: toHex(bytes.subarray(16, 48)),
    storedCrc: view.getUint32(48, true),
  };
}

const codecs: ReadonlyMap<number, Codec> = new Map([
  [codecIds.raw, 'raw'],
  [codecIds['deflate-raw'], 'deflate-raw'],
]);

function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let index = 0; index < bytes.length; index += 1)
    bytes[index] = Number.parseInt(text.slice(index * 2, index * 2 + 2), 16);
  return bytes;
}
