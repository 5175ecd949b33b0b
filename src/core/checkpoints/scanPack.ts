/** Reads a pack from end to end without its contents: which blobs lie where, and where the good part ends. */
import {
  packSignature,
  parseRecordHeader,
  type RecordHeader,
  recordHeaderSize,
  recordMagic,
} from './packFormat.ts';

export interface PackEntry extends RecordHeader {
  /** Where the stored bytes start. */
  readonly offset: number;
}

export interface PackScan {
  readonly entries: readonly PackEntry[];
  /** Where the last whole record ends: what comes after it is a torn tail. */
  readonly end: number;
  /** Places between whole records where nothing could be read. */
  readonly gaps: number;
}

export interface RandomAccess {
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** `from`: where a record starts, before which all is known. */
export async function scanPack(file: RandomAccess, from = packSignature.length): Promise<PackScan> {
  const window = createWindow(file);
  const entries: PackEntry[] = [];
  let end = file.size < from ? 0 : from;
  let gaps = 0;
  let offset = end;
  while (offset + recordHeaderSize <= file.size) {
    const header = parseRecordHeader(await window.read(offset, recordHeaderSize));
    const next = offset + recordHeaderSize + (header?.storedLength ?? 0);
    if (header === undefined || next > file.size) {
      const found = await findMagic(window, offset + 1);
      if (found === undefined) break;
      offset = found;
      continue;
    }
    if (offset > end) gaps += 1;
    entries.push({ ...header, offset: offset + recordHeaderSize });
    offset = next;
    end = next;
  }
  return { entries, end, gaps };
}

interface Window extends RandomAccess {}

const WINDOW_SIZE = 1024 * 1024;

/** Small reads from one large one. */
function createWindow(file: RandomAccess): Window {
  let start = 0;
  let held: Uint8Array = new Uint8Array();
  return {
    size: file.size,
    async read(offset, length) {
      if (offset < start || offset + length > start + held.length) {
        start = offset;
        held = await file.read(offset, Math.min(Math.max(length, WINDOW_SIZE), file.size - offset));
      }
      return held.subarray(offset - start, offset - start + length);
    },
  };
}

const STEP = 64 * 1024;

/** Where the next header may start, from `from` on. */
async function findMagic(window: Window, from: number): Promise<number | undefined> {
  let offset = from;
  while (offset + recordHeaderSize <= window.size) {
    const bytes = await window.read(offset, Math.min(STEP, window.size - offset));
    const last = bytes.length - recordMagic.length;
    for (let index = 0; index <= last; index += 1) {
      if (recordMagic.every((byte, position) => bytes[index + position] === byte)) return offset + index;
    }
    if (bytes.length < recordMagic.length) return undefined;
    offset += last + 1;
  }
  return undefined;
}
