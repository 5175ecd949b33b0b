import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeTexts } from '../../../../src/core/checkpoints/mergeTexts.ts';
import { findHunks, takeHunksBack } from '../../../../src/core/checkpoints/textHunks.ts';
import { fromLines, toLines } from '../../../../src/core/checkpoints/textLines.ts';
import { toBytes } from './world.ts';

/** A byte a character, so that no encoding is in the way. */
function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function merge(base: string, mine: string, theirs: string) {
  return mergeTexts({ base: latin1(base), mine: latin1(mine), theirs: latin1(theirs) });
}

const clean = (text: string) => ({ kind: 'clean', bytes: latin1(text) });

describe('a merge of texts', () => {
  test.each([
    ['of changes far from each other', 'a\nb\nc\nd\n', 'A\nb\nc\nd\n', 'a\nb\nc\nD\n', 'A\nb\nc\nD\n'],
    ['of the same change', 'a\nb\n', 'A\nb\n', 'A\nb\n', 'A\nb\n'],
    ['of lines that came at both ends', 'm\nn\no\n', 'a\nm\nn\no\n', 'm\nn\no\nz\n', 'a\nm\nn\no\nz\n'],
    [
      'of mixed line ends',
      'a\r\nb\nc\r\nd\n',
      'A\r\nb\nc\r\nd\n',
      'a\r\nb\nc\r\nD\r\n',
      'A\r\nb\nc\r\nD\r\n',
    ],
    [
      'that has a byte order mark',
      '\xef\xbb\xbfa\nb\nc\n',
      '\xef\xbb\xbfa\nb\nC\n',
      '\xef\xbb\xbfA\nb\nc\n',
      '\xef\xbb\xbfA\nb\nC\n',
    ],
    ['where the last newline went', 'a\nb\nc\n', 'a\nb\nc', 'A\nb\nc\n', 'A\nb\nc'],
    ['where the last newline came', 'a\nb\nc', 'A\nb\nc', 'a\nb\nc\n', 'A\nb\nc\n'],
    [
      'in no encoding at all',
      '\xfea\x80\nb\nc\n',
      '\xfea\x80\nb\nC\x9d\n',
      '\xfea\x81\nb\nc\n',
      '\xfea\x81\nb\nC\x9d\n',
    ],
    [
      'with names of built-in properties',
      'constructor\nb\n__proto__\n',
      'constructor\nb\ntoString\n',
      'valueOf\nb\n__proto__\n',
      'valueOf\nb\ntoString\n',
    ],
  ])('%s is exact', (_, base, mine, theirs, merged) => {
    expect(merge(base, mine, theirs)).toEqual(clean(merged));
    expect(merge(base, theirs, mine)).toEqual(clean(merged));
  });

  test('of changes that touch is a conflict, shown in the line ends of the text', () => {
    expect(merge('a\r\nb\r\nc\r\n', 'a\r\nB\r\nc\r\n', 'a\r\nb\r\nC')).toEqual({
      kind: 'conflict',
      marked: latin1(
        "a\r\n<<<<<<< yours\r\nB\r\nc\r\n=======\r\nb\r\nC\r\n>>>>>>> without the agent's change\r\n",
      ),
    });
  });

  test.each([
    ['binary', 'a\0\n'],
    ['UTF-16', '\xff\xfea\n'],
    ['larger than anyone reads', 'a'.repeat(4 * 1024 * 1024 + 1)],
    ['of too many lines', 'a\n'.repeat(20_002)],
  ])('that is %s is not tried', (_, mine) => {
    expect(merge('a\nb\n', mine, 'a\nB\n')).toEqual({ kind: 'impossible' });
  });

  const line = fc.constantFrom('a\n', 'b\n', 'c\r\n', '}\n', '\n', 'd');
  const text = fc
    .array(line, { maxLength: 12 })
    .map((lines) => lines.filter((one, index) => one !== 'd' || index === lines.length - 1).join(''));

  test('with one that changed nothing is the other, and the order of the two does not matter', () => {
    fc.assert(
      fc.property(text, text, text, (base, mine, theirs) => {
        expect(merge(base, base, theirs)).toEqual(clean(theirs));
        expect(merge(base, mine, base)).toEqual(clean(mine));
        const [one, other] = [merge(base, mine, theirs), merge(base, theirs, mine)];
        expect(one.kind).toBe(other.kind);
        if (one.kind === 'clean') expect(one).toEqual(other);
      }),
    );
  });
});

describe('the changes between two texts', () => {
  const bytes = fc
    .uint8Array({ maxLength: 60 })
    .map((array) => array.map((byte) => (byte % 5 === 0 ? 10 : byte)));

  test('taken back one by one in any order lead to the text before, byte for byte', () => {
    fc.assert(
      fc.property(bytes, bytes, fc.infiniteStream(fc.nat()), (before, after, order) => {
        fc.pre(findHunks(before, after) !== undefined);
        let now: Uint8Array = after;
        for (let n = 0; n < 100; n += 1) {
          const hunks = findHunks(before, now) ?? [];
          const chosen = hunks[(order.next().value ?? 0) % hunks.length];
          if (chosen === undefined) break;
          now = takeHunksBack(before, now, new Set([chosen.id])) ?? new Uint8Array();
        }
        expect(now).toEqual(before);
      }),
    );
  });

  test('are refused when one is not there any more', () => {
    expect(takeHunksBack(toBytes('a\n'), toBytes('b\n'), new Set(['0-12345678']))).toBeUndefined();
  });

  test('leave every byte of a text as it is that is only read', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (array) => {
        const lines = toLines(array);
        fc.pre(lines !== undefined);
        expect(fromLines(lines ?? [])).toEqual(array);
      }),
    );
  });
});
