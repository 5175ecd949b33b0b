/**
 * The format of a journal: 8 bytes that name it, then frames: length (u32), crc-32 (u32), and so many bytes of JSON, all
 * numbers little-endian. After a rotten frame the next whole one is found by trying.
 */
import { crc32 } from './crc32.ts';

/** "BELAYJN1" */
export const journalSignature = Uint8Array.of(0x42, 0x45, 0x4c, 0x41, 0x59, 0x4a, 0x4e, 0x31);

export interface FrameScan {
  /** The objects that could be read, oldest first. */
  readonly values: readonly unknown[];
  /** Where the last whole frame ends: what comes after it is a torn tail. */
  readonly end: number;
  /** Places between whole frames where nothing could be read. */
  readonly gaps: number;
}

const HEADER_SIZE = 8;

export function toFrame(value: unknown): Uint8Array {
  const payload = new TextEncoder().encode(JSON.stringify(value));
  const frame = new Uint8Array(HEADER_SIZE + payload.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, payload.length, true);
  view.setUint32(4, crc32(payload), true);
  frame.set(payload, HEADER_SIZE);
  return frame;
}

export function scanFrames(bytes: Uint8Array): FrameScan {
  const values: unknown[] = [];
  let end = bytes.length < journalSignature.length ? 0 : journalSignature.length;
  let gaps = 0;
  let offset = end;
  while (offset + HEADER_SIZE <= bytes.length) {
    const payload = parseFrame(bytes, offset);
    if (payload === undefined) {
      offset += 1;
      continue;
    }
    if (offset > end) gaps += 1;
    values.push(JSON.parse(new TextDecoder().decode(payload)));
    offset += HEADER_SIZE + payload.length;
    end = offset;
  }
  return { values, end, gaps };
}

const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

function parseFrame(bytes: Uint8Array, offset: number): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, HEADER_SIZE);
  const start = offset + HEADER_SIZE;
  const end = start + view.getUint32(0, true);
  if (end > bytes.length || bytes[start] !== OPENING_BRACE || bytes[end - 1] !== CLOSING_BRACE)
    return undefined;
  const payload = bytes.subarray(start, end);
  return crc32(payload) === view.getUint32(4, true) ? payload : undefined;
}
