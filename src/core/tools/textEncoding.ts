/**
 * Between the bytes of a file and its text, both ways without loss: encoding what was decoded gives the same bytes.
 * UTF-8 with or without a byte order mark; UTF-16 with one; everything else that holds no NUL counts as Latin-1, in which
 * every byte is a character.
 */

export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'latin-1';

/** How a text stands in its file. */
export interface TextFormat {
  readonly encoding: TextEncoding;
  /** The file starts with a byte order mark. It is not part of the text. */
  readonly bom: boolean;
}

export interface DecodedText extends TextFormat {
  /** The text with the line ends it has in the file. */
  readonly text: string;
}

export type EncodeOutcome =
  | { readonly kind: 'encoded'; readonly bytes: Uint8Array }
  /** The encoding has no such character. */
  | { readonly kind: 'unencodable'; readonly character: string };

const marks = {
  'utf-8': [0xef, 0xbb, 0xbf],
  'utf-16le': [0xff, 0xfe],
  'utf-16be': [0xfe, 0xff],
} as const;

/** undefined: binary. */
export function decodeText(bytes: Uint8Array): DecodedText | undefined {
  for (const encoding of ['utf-16le', 'utf-16be'] as const) {
    if (!startsWith(bytes, marks[encoding])) continue;
    if (bytes.length % 2 === 1) return undefined;
    return { encoding, bom: true, text: decodeUtf16(bytes.subarray(2), encoding) };
  }
  if (bytes.includes(0)) return undefined;
  const bom = startsWith(bytes, marks['utf-8']);
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      bom ? bytes.subarray(3) : bytes,
    );
    return { encoding: 'utf-8', bom, text };
  } catch {
    return { encoding: 'latin-1', bom: false, text: fromUnits(bytes) };
  }
}

/** The opposite of decodeText, for a text that may have changed. */
export function encodeText(text: string, { encoding, bom }: TextFormat): EncodeOutcome {
  switch (encoding) {
    case 'utf-8': {
      // Half a surrogate pair is no character; TextEncoder would put a replacement in its place.
      const lone = /\p{Surrogate}/u.exec(text)?.[0];
      if (lone !== undefined) return { kind: 'unencodable', character: lone };
      return encoded(bom ? marks[encoding] : [], new TextEncoder().encode(text));
    }
    case 'utf-16le':
    case 'utf-16be':
      return encoded(bom ? marks[encoding] : [], encodeUtf16(text, encoding));
    case 'latin-1': {
      const foreign = /[^\0-\u00ff]/u.exec(text)?.[0];
      if (foreign !== undefined) return { kind: 'unencodable', character: foreign };
      return encoded(
        [],
        Uint8Array.from(text, (character) => character.charCodeAt(0)),
      );
    }
    default:
      return encoding satisfies never;
  }
}

function encoded(mark: readonly number[], body: Uint8Array): EncodeOutcome {
  if (mark.length === 0) return { kind: 'encoded', bytes: body };
  const bytes = new Uint8Array(mark.length + body.length);
  bytes.set(mark);
  bytes.set(body, mark.length);
  return { kind: 'encoded', bytes };
}

function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, index) => bytes[index] === byte);
}

/** By hand, because TextDecoder replaces what is no valid pair, and so loses it. */
function decodeUtf16(bytes: Uint8Array, encoding: 'utf-16le' | 'utf-16be'): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const units = new Uint16Array(bytes.length / 2);
  for (let index = 0; index < units.length; index += 1) {
    units[index] = view.getUint16(index * 2, encoding === 'utf-16le');
  }
  return fromUnits(units);
}

function encodeUtf16(text: string, encoding: 'utf-16le' | 'utf-16be'): Uint8Array {
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let index = 0; index < text.length; index += 1) {
    view.setUint16(index * 2, text.charCodeAt(index), encoding === 'utf-16le');
  }
  return new Uint8Array(view.buffer);
}

/** In pieces: a call takes only so many arguments. */
function fromUnits(units: Uint8Array | Uint16Array): string {
  let text = '';
  for (let start = 0; start < units.length; start += 8192) {
    text += String.fromCharCode(...units.subarray(start, start + 8192));
  }
  return text;
}
