// Lines of a review in a text whose line ends are of several kinds.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { replaceLines } from '../../../../src/core/review/rawLines.ts';
import { toReviewLines } from '../../../../src/core/review/reviewText.ts';

test('lines that stay have the line ends they had, those that come the one of those in whose place they stand', () => {
  const text = 'one\r\ntwo\nthree\r\nfour';
  const change = (after: string) =>
    replaceLines(text, { before: toReviewLines(text), after: toReviewLines(after) });
  expect(change('one\nnew\ntwo\nthree\nfour')).toBe('one\r\nnew\r\ntwo\nthree\r\nfour');
  expect(change('one\ntwo\nTHREE\nfour')).toBe('one\r\ntwo\nTHREE\r\nfour');
  expect(change('one\nTWO\nthree\nfour')).toBe('one\r\nTWO\nthree\r\nfour');
  expect(change('zero\none\ntwo\nthree\nfour\n')).toBe('zero\r\none\r\ntwo\nthree\r\nfour\r\n');
  expect(change('')).toBe('');
});

test('where other lines stand nothing is written', () => {
  expect(replaceLines('a\r\nb\n', { before: ['a\n'], after: [] })).toBeUndefined();
  expect(replaceLines('a\r\nb\n', { before: ['a\n', 'x\n'], after: [] })).toBeUndefined();
});

test('whatever the line ends, the lines are those that are wanted, and nothing changes where nothing is to', () => {
  const line = fc.tuple(fc.constantFrom('a', 'b', ''), fc.constantFrom('\n', '\r\n'));
  const raw = fc
    .tuple(fc.array(line, { maxLength: 8 }), fc.constantFrom('', 'end'))
    .map(([lines, end]) => lines.flat().join('') + end);
  fc.assert(
    fc.property(raw, raw, (text, other) => {
      const [before, after] = [toReviewLines(text), toReviewLines(other)];
      const written = replaceLines(text, { before, after });
      expect(toReviewLines(written ?? '?')).toEqual(after);
      expect(replaceLines(text, { before, after: before })).toBe(text);
    }),
    { numRuns: 2000 },
  );
});
