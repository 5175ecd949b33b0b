/**
 * Reads git's index (`.git/index`): what git last saw of each tracked file, and the object that holds its bytes.
 * Versions 2 to 4, for SHA-1 and SHA-256. Format: gitformat-index(5).
 */
import { createHash } from 'node:crypto';
import { fromSystemBytes } from '../systemPath.ts';

export interface GitIndexEntry {
  /** Lower-case hexadecimal. */
  readonly oid: string;
  readonly mode: number;
  /** Of the file in the work tree, modulo 2^32. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  /** Modulo 2^32. */
  readonly ino: number;
}

/** By the path below the top of the work tree, with "/". Only ordinary files that are merged and checked out. */
export interface GitIndex {
  readonly size: number;
  has(path: string): boolean;
  /** Made anew at each call: of most entries nobody asks more than that they are there. */
  get(path: string): GitIndexEntry | undefined;
  /** In the order of the index: what lies in a folder stands together. */
  paths(): Iterable<string>;
}

export const emptyIndex: GitIndex = { size: 0, has: () => false, get: () => undefined, paths: () => [] };

const HEADER = 12;
const STATS = 40;
const EXTENDED = 0x4000;
const STAGE = 0x3000;
const SKIP_WORKTREE = 0x4000;
const INTENT_TO_ADD = 0x2000;

/** `oidSize`: 20 or 32 bytes. undefined: damaged, or of a kind that isn't understood (a split index). */
export function parseGitIndex(bytes: Buffer, oidSize: number): GitIndex | undefined {
  try {
    return parse(bytes, oidSize);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function parse(bytes: Buffer, oidSize: number): GitIndex | undefined {
  if (bytes.toString('latin1', 0, 4) !== 'DIRC' || !isWhole(bytes, oidSize)) return undefined;
  const version = bytes.readUInt32BE(4);
  if (version < 2 || version > 4) return undefined;
  const count = bytes.readUInt32BE(8);
  /** Where each begins. */
  const entries = new Map<string, number>();
  let offset = HEADER;
  let previous = '';
  for (let index = 0; index < count; index += 1) {
    const flagsAt = offset + STATS + oidSize;
    const flags = bytes.readUInt16BE(flagsAt);
    const isExtended = (flags & EXTENDED) !== 0;
    const more = isExtended ? bytes.readUInt16BE(flagsAt + 2) : 0;
    const nameAt = flagsAt + (isExtended ? 4 : 2);
    const name = version === 4 ? readPrefixed(bytes, nameAt, previous) : readPadded(bytes, nameAt, offset);
    if (name === undefined) return undefined;
    previous = name.name;
    const isOrdinary = (flags & STAGE) === 0 && (more & (SKIP_WORKTREE | INTENT_TO_ADD)) === 0;
    if (isOrdinary && bytes.readUInt32BE(offset + 24) >>> 12 === 0o10)
      entries.set(decodeName(name.name), offset);
    offset = name.end;
  }
  if (isSplit(bytes, offset, oidSize)) return undefined;
  return {
    size: entries.size,
    has: (path) => entries.has(path),
    get: (path) => {
      const at = entries.get(path);
      return at === undefined ? undefined : readEntry(bytes, at, oidSize);
    },
    paths: () => entries.keys(),
  };
}

/** It ends with the hash of all before; with zeros, where git was told to spare itself that (`index.skipHash`). */
function isWhole(bytes: Buffer, oidSize: number): boolean {
  const end = bytes.length - oidSize;
  const told = bytes.subarray(end);
  if (told.every((byte) => byte === 0)) return true;
  return createHash(oidSize === 20 ? 'sha1' : 'sha256')
    .update(bytes.subarray(0, end))
    .digest()
    .equals(told);
}

function readEntry(bytes: Buffer, at: number, oidSize: number): GitIndexEntry {
  return {
    ctimeMs: readTime(bytes, at),
    mtimeMs: readTime(bytes, at + 8),
    ino: bytes.readUInt32BE(at + 20),
    mode: bytes.readUInt32BE(at + 24),
    size: bytes.readUInt32BE(at + 36),
    oid: bytes.toString('hex', at + STATS, at + STATS + oidSize),
  };
}

function readTime(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) * 1000 + bytes.readUInt32BE(at + 4) / 1e6;
}

interface Name {
  /** A character for each byte. */
  readonly name: string;
  /** Where the next entry begins. */
  readonly end: number;
}

function readPadded(bytes: Buffer, at: number, start: number): Name | undefined {
  const end = bytes.indexOf(0, at);
  if (end < 0) return undefined;
  // At least one NUL, and as many as make the entry a multiple of eight.
  return { name: bytes.toString('latin1', at, end), end: start + ((end - start + 8) & ~7) };
}

/** Version 4: how many bytes of the name before are dropped, and what follows on it. */
function readPrefixed(bytes: Buffer, at: number, previous: string): Name | undefined {
  let offset = at;
  let byte = bytes.readUInt8(offset);
  let drop = byte & 0x7f;
  while ((byte & 0x80) !== 0) {
    offset += 1;
    byte = bytes.readUInt8(offset);
    drop = ((drop + 1) << 7) | (byte & 0x7f);
  }
  const end = bytes.indexOf(0, offset + 1);
  if (end < 0) return undefined;
  const kept = previous.slice(0, previous.length - drop);
  return { name: kept + bytes.toString('latin1', offset + 1, end), end: end + 1 };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what is not in ASCII
const NOT_ASCII = /[^\x00-\x7f]/;

function decodeName(name: string): string {
  return NOT_ASCII.test(name) ? fromSystemBytes(Buffer.from(name, 'latin1')) : name;
}

/** Entries of a split index lie in another file. */
function isSplit(bytes: Buffer, from: number, oidSize: number): boolean {
  let offset = from;
  while (offset + 8 <= bytes.length - oidSize) {
    if (bytes.toString('latin1', offset, offset + 4) === 'link') return true;
    offset += 8 + bytes.readUInt32BE(offset + 4);
  }
  return false;
}
