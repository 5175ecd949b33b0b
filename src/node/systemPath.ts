/**
 * Names of files that are not in UTF-8, which Linux allows: each byte that is no part of a character is carried through strings as a
 * lone surrogate, U+DC80 to U+DCFF for 0x80 to 0xFF (as Python's "surrogateescape", PEP 383), and is a byte again for the system.
 */
import { isUtf8 } from 'node:buffer';

const ESCAPED = /[\udc80-\udcff]/u;
const FIRST = 0xdc00;
/** What Node makes of bytes that are no character. */
const REPLACED = '\ufffd';
const LONGEST_CHARACTER = 4;

/** The path as the system is to be given it. */
export function toSystemPath(path: string): string | Buffer {
  if (process.platform === 'win32' || !ESCAPED.test(path)) return path;
  return Buffer.concat(Array.from(path, toBytes));
}

function toBytes(character: string): Buffer {
  return ESCAPED.test(character) ? Buffer.from([character.charCodeAt(0) - FIRST]) : Buffer.from(character);
}

/** The path as strings carry it. */
export function fromSystemBytes(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let text = '';
  for (let offset = 0; offset < bytes.length; ) {
    const length = lengthOfCharacter(bytes, offset);
    text +=
      length === 0
        ? String.fromCharCode(FIRST + bytes.readUInt8(offset))
        : bytes.toString('utf8', offset, offset + length);
    offset += length || 1;
  }
  return text;
}

/** 0: there is none. */
function lengthOfCharacter(bytes: Buffer, offset: number): number {
  for (let length = 1; length <= LONGEST_CHARACTER; length += 1)
    if (isUtf8(bytes.subarray(offset, offset + length))) return length;
  return 0;
}

/** Node has read a name or a path that may not be in UTF-8: it has to be asked for as bytes. */
export function isReplaced(name: string): boolean {
  return process.platform !== 'win32' && name.includes(REPLACED);
}
