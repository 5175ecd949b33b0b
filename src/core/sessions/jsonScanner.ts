/**
 * Looks through the bytes of one JSON object without making values of them: is it JSON (RFC 8259) to the last byte, and
 * where do the values of some of its fields stand? Several times cheaper in memory than parsing, and as exact: a name counts
 * only where it is a field of the object itself, and of a field that is there twice the last one counts, as with JSON.parse.
 */
import type { ByteRange } from './transcriptStore.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const LOWER_U = 0x75;
const FIRST_NON_ASCII = 0x80;
const NOWHERE = -1;

/** 1: a byte that stands for itself in a string. 2: one of a character outside of ASCII. 0: anything else. */
const IN_STRING = new Uint8Array(256).map((_, byte) =>
  byte >= FIRST_NON_ASCII ? 2 : byte < 0x20 || byte === QUOTE || byte === BACKSLASH ? 0 : 1,
);
/** 1: what may stand alone behind a backslash. */
const IS_ESCAPE = new Uint8Array(256);
for (const sign of '"\\/bfnrt') IS_ESCAPE[sign.charCodeAt(0)] = 1;
const TRUE = new TextEncoder().encode('true');
const FALSE = new TextEncoder().encode('false');
const NULL = new TextEncoder().encode('null');
const DECODER = new TextDecoder();

/** Reused for line after line: what it says of one is gone with the next `scan`. */
export class JsonScanner {
  readonly #names: readonly Uint8Array[];
  /** Which of the names have as many bytes as the index says. */
  readonly #byLength: readonly (readonly number[])[];
  readonly #starts: number[];
  readonly #ends: number[];
  #bytes: Uint8Array = new Uint8Array();
  #at = 0;
  #isAscii = true;
  /** The objects (true) and arrays within the value that is skipped, outermost first; the first `#depth` of them are open. */
  readonly #isObject: boolean[] = [];
  #depth = 0;

  /** `names`: of the fields that are looked for, each in ASCII. */
  constructor(names: readonly string[]) {
    this.#names = names.map((name) => new TextEncoder().encode(name));
    const longest = Math.max(0, ...this.#names.map(({ length }) => length));
    this.#byLength = Array.from({ length: longest + 1 }, (_, length) =>
      this.#names.flatMap((name, index) => (name.length === length ? [index] : [])),
    );
    this.#starts = names.map(() => NOWHERE);
    this.#ends = names.map(() => NOWHERE);
  }

  /** False: these bytes are not one JSON object. A byte order mark before it is passed over, as decoders do. */
  scan(bytes: Uint8Array): boolean {
    this.#bytes = bytes;
    this.#at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    this.#isAscii = true;
    this.#starts.fill(NOWHERE);
    this.#skipSpace();
    if (!this.#skipFields()) return false;
    this.#skipSpace();
    return this.#at === bytes.length && (this.#isAscii || isUtf8(bytes));
  }

  /** Where the value of the n-th name stands; undefined: the object has no such field. Holds for the last `scan`. */
  find(name: number): ByteRange | undefined {
    const start = this.#starts[name] ?? NOWHERE;
    return start === NOWHERE ? undefined : { start, end: this.#ends[name] ?? NOWHERE };
  }

  /** The first byte of that value, which tells its kind. */
  firstByte(name: number): number | undefined {
    const start = this.#starts[name] ?? NOWHERE;
    return start === NOWHERE ? undefined : this.#bytes[start];
  }

  /** Whether that value is the string `text` (ASCII, without quotes and backslashes), written plainly. */
  isText(name: number, text: string): boolean {
    const start = this.#starts[name] ?? NOWHERE;
    if (start === NOWHERE || this.#ends[name] !== start + text.length + 2) return false;
    if (this.#bytes[start] !== QUOTE) return false;
    for (let index = 0; index < text.length; index += 1)
      if (this.#bytes[start + 1 + index] !== text.charCodeAt(index)) return false;
    return true;
  }

  /** That value as a string; undefined: there is none, or it is something else. */
  toText(name: number): string | undefined {
    const range = this.find(name);
    if (range === undefined || this.#bytes[range.start] !== QUOTE) return undefined;
    const text = toText(this.#bytes, { start: range.start + 1, end: range.end - 1 });
    // Most strings hold no escape, and a parser costs more than a look.
    return text.includes('\\') ? String(JSON.parse(`"${text}"`)) : text;
  }

  /** The fields of the outermost object. */
  #skipFields(): boolean {
    if (!this.#skip(OPEN_OBJECT)) return false;
    this.#skipSpace();
    if (this.#skip(CLOSE_OBJECT)) return true;
    do {
      this.#skipSpace();
      const nameStart = this.#at;
      if (!this.#skipString()) return false;
      const name = this.#nameIn(nameStart + 1, this.#at - 1);
      this.#skipSpace();
      if (!this.#skip(COLON)) return false;
      this.#skipSpace();
      const start = this.#at;
      if (!this.#skipValue()) return false;
      if (name !== NOWHERE) {
        this.#starts[name] = start;
        this.#ends[name] = this.#at;
      }
      this.#skipSpace();
    } while (this.#skip(COMMA));
    return this.#skip(CLOSE_OBJECT);
  }

  /** A value of any depth, without recursion: what nests deeply must not overflow the stack. */
  #skipValue(): boolean {
    this.#depth = 0;
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        const isObject = byte === OPEN_OBJECT;
        this.#at += 1;
        this.#skipSpace();
        if (!this.#skip(isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) {
          this.#isObject[this.#depth] = isObject;
          this.#depth += 1;
          if (isObject && !this.#skipName()) return false;
          continue;
        }
      } else if (!(byte === QUOTE ? this.#skipString() : this.#skipScalar())) return false;
      const next = this.#skipEnds();
      if (next !== 'another value') return next === 'end';
    }
  }

  /** After a value within the value that is skipped. */
  #skipEnds(): 'another value' | 'end' | 'invalid' {
    while (this.#depth > 0) {
      const isObject = this.#isObject[this.#depth - 1] === true;
      this.#skipSpace();
      if (this.#skip(COMMA)) {
        this.#skipSpace();
        return !isObject || this.#skipName() ? 'another value' : 'invalid';
      }
      if (!this.#skip(isObject ? CLOSE_OBJECT : CLOSE_ARRAY)) return 'invalid';
      this.#depth -= 1;
    }
    return 'end';
  }

  /** A name with its colon, up to the value. */
  #skipName(): boolean {
    if (!this.#skipString()) return false;
    this.#skipSpace();
    if (!this.#skip(COLON)) return false;
    this.#skipSpace();
    return true;
  }

  #skipString(): boolean {
    const bytes = this.#bytes;
    if (bytes[this.#at] !== QUOTE) return false;
    let at = this.#at + 1;
    let seen = 1;
    for (;;) {
      const kind = IN_STRING[bytes[at] ?? 0] ?? 0;
      if (kind !== 0) {
        seen |= kind;
        at += 1;
        continue;
      }
      const byte = bytes[at];
      if (byte === BACKSLASH) {
        at = skipEscape(bytes, at + 1);
        if (at === NOWHERE) return false;
        continue;
      }
      if (seen !== 1) this.#isAscii = false;
      this.#at = at + 1;
      return byte === QUOTE;
    }
  }

  #skipScalar(): boolean {
    const bytes = this.#bytes;
    const first = bytes[this.#at];
    if (first === MINUS || isDigit(first)) return this.#skipNumber();
    const word = first === TRUE[0] ? TRUE : first === FALSE[0] ? FALSE : NULL;
    if (!isAt(bytes, this.#at, word)) return false;
    this.#at += word.length;
    return true;
  }

  #skipNumber(): boolean {
    this.#skip(MINUS);
    if (!this.#skip(ZERO) && !this.#skipDigits()) return false;
    if (this.#skip(POINT) && !this.#skipDigits()) return false;
    const byte = this.#bytes[this.#at];
    if (byte !== 0x65 && byte !== 0x45) return true;
    this.#at += 1;
    if (!this.#skip(PLUS)) this.#skip(MINUS);
    return this.#skipDigits();
  }

  /** False: there is none. */
  #skipDigits(): boolean {
    const start = this.#at;
    while (isDigit(this.#bytes[this.#at])) this.#at += 1;
    return this.#at > start;
  }

  #skip(byte: number): boolean {
    if (this.#bytes[this.#at] !== byte) return false;
    this.#at += 1;
    return true;
  }

  #skipSpace(): void {
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte !== 0x20 && byte !== 0x0d && byte !== 0x09 && byte !== 0x0a) return;
      this.#at += 1;
    }
  }

  /** Which of the names stands there; NOWHERE: none. */
  #nameIn(start: number, end: number): number {
    const bytes = this.#bytes;
    for (const name of this.#byLength[end - start] ?? []) {
      const wanted = this.#names[name];
      if (wanted !== undefined && isAt(bytes, start, wanted)) return name;
    }
    if (!hasEscape(bytes, start, end)) return NOWHERE;
    const written: unknown = JSON.parse(`"${toText(bytes, { start, end })}"`);
    return this.#names.findIndex((one) => DECODER.decode(one) === written);
  }
}

/** After the escape whose backslash stands before `at`; NOWHERE: it is none. */
function skipEscape(bytes: Uint8Array, at: number): number {
  const sign = bytes[at];
  if (sign === undefined) return NOWHERE;
  if (IS_ESCAPE[sign] === 1) return at + 1;
  if (sign !== LOWER_U) return NOWHERE;
  for (let digit = at + 1; digit <= at + 4; digit += 1) if (!isHexDigit(bytes[digit])) return NOWHERE;
  return at + 5;
}

function hasEscape(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] === BACKSLASH) return true;
  return false;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= 0x39;
}

function isHexDigit(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}

function isAt(bytes: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let index = 0; index < wanted.length; index += 1)
    if (bytes[at + index] !== wanted[index]) return false;
  return true;
}

const PIECE_BYTES = 32 * 1024;

/** In pieces: one string of a long line would be as large as the line. */
function isUtf8(bytes: Uint8Array): boolean {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for (let start = 0; start < bytes.length; start += PIECE_BYTES)
      decoder.decode(bytes.subarray(start, start + PIECE_BYTES), { stream: true });
    decoder.decode();
    return true;
  } catch {
    return false;
  }
}

/** The text of a part of a line that was found to be valid. */
export function toText(bytes: Uint8Array, { start, end }: ByteRange): string {
  return DECODER.decode(bytes.subarray(start, end));
}
