/**
 * What a pack holds, in a file beside it, so that a large one needn't be read through whenever it is opened. It only spares work: one that is
 * missing, torn, rotten or of another pack is as good as none, and the pack itself says what lies in it.
 *
 *     0  "BELAYIX1"      8  number of records (u32)      12  their headers as they stand in the pack      at the end: crc-32 of all before (u32)
 *
 * The records lie one right behind the other, from the start of the pack on; what has been added since is for a scan.
 */
import type { ByteWork } from '../ports.ts';
import { packSignature, parseRecordHeader, recordHeaderSize, toRecordHeader } from './packFormat.ts';
import type { PackEntry, RandomAccess } from './scanPack.ts';

export interface IndexedPack {
  readonly entries: readonly PackEntry[];
  /** Where the last of them ends. */
  readonly end: number;
}

/** "BELAYIX1" */
const signature = Uint8Array.of(0x42, 0x45, 0x4c, 0x41, 0x59, 0x49, 0x58, 0x31);
const HEAD = 12;
const CRC = 4;

/** `entries`: all that lie in the pack, in their order. undefined: they are none that an index can tell of. */
export function toPackIndex(
  entries: readonly PackEntry[],
  { crc32 }: Pick<ByteWork, 'crc32'>,
): Uint8Array | undefined {
  const bytes = new Uint8Array(HEAD + entries.length * recordHeaderSize + CRC);
  const view = new DataView(bytes.buffer);
  bytes.set(signature);
  view.setUint32(8, entries.length, true);
  let end = packSignature.length;
  for (const [index, { offset, codec, ...header }] of entries.entries()) {
    if (codec === undefined || offset !== end + recordHeaderSize) return undefined;
    bytes.set(toRecordHeader({ ...header, codec }), HEAD + index * recordHeaderSize);
    end = offset + header.storedLength;
  }
  view.setUint32(bytes.length - CRC, crc32(bytes.subarray(0, -CRC)), true);
  return bytes;
}

/** undefined: it is no whole index, or none of this pack. */
export async function readPackIndex(
  bytes: Uint8Array,
  pack: RandomAccess,
  { crc32 }: Pick<ByteWork, 'crc32'>,
): Promise<IndexedPack | undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEAD + CRC || signature.some((byte, index) => bytes[index] !== byte)) return undefined;
  const count = view.getUint32(8, true);
  if (bytes.length !== HEAD + count * recordHeaderSize + CRC) return undefined;
  if (view.getUint32(bytes.length - CRC, true) !== crc32(bytes.subarray(0, -CRC))) return undefined;
  const entries: PackEntry[] = [];
  let end = packSignature.length;
  for (let at = HEAD; at < bytes.length - CRC; at += recordHeaderSize) {
    const header = parseRecordHeader(bytes.subarray(at, at + recordHeaderSize));
    if (header === undefined) return undefined;
    entries.push({ ...header, offset: end + recordHeaderSize });
    end += recordHeaderSize + header.storedLength;
  }
  return (await isOfPack(entries.at(-1), pack)) && end <= pack.size ? { entries, end } : undefined;
}

/** A pack that was cut off and grew anew since has another record, or none, where the last one was. */
async function isOfPack(last: PackEntry | undefined, pack: RandomAccess): Promise<boolean> {
  if (last === undefined || last.offset > pack.size) return false;
  const found = parseRecordHeader(await pack.read(last.offset - recordHeaderSize, recordHeaderSize));
  return found?.sha256 === last.sha256 && found.storedLength === last.storedLength;
}
