/** How well what somebody has typed fits a path. Paths are UTF-8, and English letters are compared without regard to case. */

/** A part of some bytes. */
export interface ByteText {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Set in what `toLetters` gives where there are other letters than English ones. */
export const OTHER_LETTERS = 1 << 29;

const SLASH = 0x2f;
/** Every byte in lower case. */
const FOLDED = Uint8Array.from({ length: 256 }, (_, byte) => (isUpper(byte) ? byte + 32 : byte));

/** Which letters and signs occur, a bit for each: what lacks one that is asked for needs no further look. */
export function toLetters({ bytes, start, end }: ByteText): number {
  let letters = 0;
  for (let at = start; at < end; at += 1) letters |= BITS[bytes[at] ?? 0] ?? 0;
  return letters;
}

const BITS = Int32Array.from({ length: 256 }, (_, byte) => toBit(FOLDED[byte] ?? 0));

function toBit(byte: number): number {
  if (byte >= 0x61 && byte <= 0x7a) return 1 << (byte - 0x61);
  if (byte >= 0x80) return OTHER_LETTERS;
  if (byte >= 0x30 && byte <= 0x39) return 1 << 26;
  if (byte === 0x2e) return 1 << 27;
  return byte === 0x2d || byte === 0x5f ? 1 << 28 : 0;
}

/** What a letter is worth that begins a word right behind the letter before it. */
const MOST_OF_LETTER = 7;
/** What each is worth besides where all are in the name. */
const IN_NAME = 2;

export interface ToScore {
  /** In lower case. */
  readonly wanted: Uint8Array;
  /** A path that can't come to so much needn't be looked at further. */
  readonly atLeast: number;
}

/**
 * undefined: the letters are not there in this order, or it would be less than asked for. All together in the name, or in the path where
 * a slash is asked for, count most, then letters side by side, at the beginning of a word, and in the name; long paths count less.
 */
export function scorePath(path: ByteText, { wanted, atLeast }: ToScore): number | undefined {
  const length = -(path.end - path.start) / 100;
  if (wanted.length === 0) return length;
  const name = findName(path);
  const from = wanted.includes(SLASH) ? path.start : name;
  const whole = findWhole(path, wanted, from);
  if (whole === from) return length + wanted.length * 10 + 20;
  if (whole !== -1) return length + wanted.length * 10 + (beginsWord(path, whole) ? 10 : 0);
  const bonus = IN_NAME * wanted.length + length;
  const inName = scoreLetters(path, { wanted, atLeast: atLeast - bonus }, name);
  if (inName !== undefined) return inName + bonus;
  const anywhere = scoreLetters(path, { wanted, atLeast: atLeast - length }, path.start);
  return anywhere === undefined ? undefined : anywhere + length;
}

function findName({ bytes, start, end }: ByteText): number {
  let at = end;
  while (at > start && bytes[at - 1] !== SLASH) at -= 1;
  return at;
}

/** -1: it isn't there. */
function findWhole({ bytes, end }: ByteText, wanted: Uint8Array, start: number): number {
  const first = wanted[0] ?? 0;
  for (let at = start; at <= end - wanted.length; at += 1) {
    if (FOLDED[bytes[at] ?? 0] !== first) continue;
    let same = 1;
    while (same < wanted.length && FOLDED[bytes[at + same] ?? 0] === wanted[same]) same += 1;
    if (same === wanted.length) return at;
  }
  return -1;
}

/** Each at its first place from `from` on. */
function scoreLetters(path: ByteText, { wanted, atLeast }: ToScore, from: number): number | undefined {
  const { bytes, end } = path;
  let score = 0;
  let next = 0;
  let last = -2;
  let letter = wanted[0];
  let left = wanted.length * MOST_OF_LETTER;
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (FOLDED[byte] !== letter) continue;
    if (score + left < atLeast) return undefined;
    score += 1 + (at === last + 1 ? 3 : 0) + (beginsWord(path, at) ? 3 : 0);
    last = at;
    next += 1;
    left -= MOST_OF_LETTER;
    letter = wanted[next];
    if (next === wanted.length) return score;
  }
  return undefined;
}

/** Behind a sign, or a capital letter behind a small one. */
function beginsWord({ bytes, start }: ByteText, at: number): boolean {
  if (at === start) return true;
  const before = bytes[at - 1] ?? 0;
  return !isLetter(before) || (isUpper(bytes[at] ?? 0) && !isUpper(before));
}

function isLetter(byte: number): boolean {
  const folded = FOLDED[byte] ?? 0;
  return (folded >= 0x61 && folded <= 0x7a) || (folded >= 0x30 && folded <= 0x39) || folded >= 0x80;
}

function isUpper(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}
