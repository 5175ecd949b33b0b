/**
 * Units for fast-check's strings: any character, those that texts are cut, ended or escaped at more often than chance would have
 * them. (The library's own `binary` takes two seconds to be made.)
 */
import fc from 'fast-check';

const telling = ['\n', '\r', '\u2028', '\u2029', '\u0000', '\\', '"', '\u{1f600}', 'é', 'a'];

/** Any UTF-16 unit; halves of surrogate pairs are among them, more often than chance would have them. */
export const anyCharacter = fc.oneof(
  fc.constantFrom(...telling, '\ud83d', '\ude00'),
  fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
);

/** Any character that UTF-8 has bytes for. */
export const wholeCharacter = fc.oneof(
  fc.constantFrom(...telling),
  fc.integer({ min: 0, max: 0xd7ff }).map((point) => String.fromCodePoint(point)),
  fc.integer({ min: 0xe000, max: 0x10ffff }).map((point) => String.fromCodePoint(point)),
);
