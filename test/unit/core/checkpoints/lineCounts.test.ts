import { describe, expect, test } from 'vitest';
import { countLines } from '../../../../src/core/checkpoints/lineCounts.ts';
import { toBytes } from './world.ts';

const lines = (from: number, to: number, text = 'line'): string =>
  Array.from({ length: to - from }, (_, n) => `${text} ${from + n}\n`).join('');

describe('the count of changed lines', () => {
  test.each([
    ['a new file', undefined, 'one\ntwo\n', 2, 0],
    ['a new empty file', undefined, '', 0, 0],
    ['a file without final newline', undefined, 'one\ntwo', 2, 0],
    ['a deleted file', 'one\ntwo\n', undefined, 0, 2],
    ['a changed line', 'one\ntwo\nthree\n', 'one\n2\nthree\n', 1, 1],
    ['a final newline that came', 'one', 'one\n', 1, 1],
    ['other line ends', 'one\r\ntwo\r\n', 'one\ntwo\n', 2, 2],
    ['nothing', 'one\n', 'one\n', 0, 0],
    ['lines at the end', lines(0, 10), lines(0, 15), 5, 0],
    ['a line in a long file', lines(0, 5_000), lines(0, 2_500) + lines(2_501, 5_000), 0, 1],
  ])('of %s', (_, before, after, insertions, deletions) => {
    const toContent = (text: string | undefined) => (text === undefined ? undefined : toBytes(text));
    expect(countLines(toContent(before), toContent(after))).toEqual({ insertions, deletions });
  });

  test('of a file that is rewritten is all between the ends that stayed', () => {
    const [before, after] = [lines(0, 4_000), lines(0, 4_000, 'other')];
    expect(countLines(toBytes(`top\n${before}end\n`), toBytes(`top\n${after}end\n`))).toEqual({
      insertions: 4_000,
      deletions: 4_000,
    });
  });

  test('of binary files is nothing', () => {
    expect(countLines(Uint8Array.of(10, 0, 10), toBytes('text\n'))).toEqual({ insertions: 0, deletions: 0 });
    expect(countLines(toBytes('text\n'), Uint8Array.of(0xff, 10))).toEqual({ insertions: 0, deletions: 0 });
    expect(countLines(undefined, Uint8Array.of(0, 10))).toEqual({ insertions: 0, deletions: 0 });
  });
});
