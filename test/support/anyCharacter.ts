/**
 * A unit for fast-check's strings: any UTF-16 unit, those that texts are cut, ended or escaped at more often than chance would
 * have them. Halves of surrogate pairs are among them. (The library's own `binary` takes two seconds to be made.)
 */
import fc from 'fast-check';

const telling = [
  '\n',
  '\r',
  '\u2028',
  '\u2029',
  '\u0000',
  '\\',
  '"',
  '\u{1f600}',
  '\ud83d',
  '\ude00',
  'é',
  'a',
];

export const anyCharacter = fc.oneof(
  fc.constantFrom(...telling),
  fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
);
