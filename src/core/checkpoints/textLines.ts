/**
 * Texts as lines, byte for byte: a character of such a line is a byte, whatever the encoding, so that what is put together
 * again is exact. Every line but the last has its newline.
 */

/** Beyond this nobody wants to wait for a comparison. */
const MOST_BYTES = 4 * 1024 * 1024;
const NUL = 0;
const NEWLINE = 0x0a;

/** undefined: not text that has lines in ASCII (binary, UTF-16), or too large. */
export function toLines(bytes: Uint8Array): readonly string[] | undefined {
  if (bytes.length > MOST_BYTES || isUtf16(bytes) || bytes.includes(NUL)) return undefined;
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    lines.push(toByteString(bytes.subarray(start, end)));
    start = end;
  }
  return lines;
}

export function fromLines(lines: readonly string[]): Uint8Array {
  const bytes = new Uint8Array(lines.reduce((sum, line) => sum + line.length, 0));
  let offset = 0;
  for (const line of lines) {
    for (let index = 0; index < line.length; index += 1) bytes[offset + index] = line.charCodeAt(index);
    offset += line.length;
  }
  return bytes;
}

export function isSameLines(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((line, index) => line === right[index]);
}

/** By its byte order mark. */
function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** As many as a call can have arguments everywhere. */
const CHUNK = 8_192;

function toByteString(bytes: Uint8Array): string {
  let text = '';
  for (let start = 0; start < bytes.length; start += CHUNK)
    text += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
  return text;
}
