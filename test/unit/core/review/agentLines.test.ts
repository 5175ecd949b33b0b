// The lines of a file that the agent has written, wherever they stand by now.

import { expect, test } from 'vitest';
import { findLines, noteLines } from '../../../../src/core/review/agentLines.ts';
import { toReviewLines } from '../../../../src/core/review/reviewText.ts';

const BEFORE = toReviewLines('a\nb\nc\nd\ne\nf\n');
const AFTER = toReviewLines('a\nB\nBB\nc\nd\nf\n');
const written = noteLines(undefined, { before: BEFORE, after: AFTER }, true);

test('are those that are different, and the place where some are gone', () => {
  expect(findLines(written, AFTER)).toEqual([
    { start: 1, end: 3 },
    { start: 5, end: 5 },
  ]);
});

test('move with what the user puts in, which is not the agent’s', () => {
  const current = toReviewLines('mine\na\nB\nmine\nBB\nc\nmine\nd\nf\n');
  expect(findLines(written, current)).toEqual([
    { start: 2, end: 3 },
    { start: 4, end: 5 },
    { start: 8, end: 8 },
  ]);
});

test('are the agent’s no more when the user has written over them, or has put back what was gone', () => {
  expect(findLines(written, toReviewLines('a\nmine\nBB\nc\nd\ne\nf\n'))).toEqual([{ start: 2, end: 3 }]);
  expect(findLines(written, BEFORE)).toEqual([]);
});

test('grow with each change, also of a file that the user has changed between', () => {
  const users = toReviewLines('mine\na\nB\nBB\nc\nd\nf\n');
  const later = toReviewLines('mine\na\nB\nBB\nc\nd\nf\nG\n');
  const grown = noteLines(written, { before: users, after: later }, true);
  expect(findLines(grown, later)).toEqual([
    { start: 2, end: 4 },
    { start: 6, end: 6 },
    { start: 7, end: 8 },
  ]);
});

test('are fewer after a rewind, which writes nothing of the agent’s', () => {
  const rewound = noteLines(written, { before: AFTER, after: toReviewLines('a\nb\nc\nd\nf\n') }, false);
  expect(findLines(rewound, rewound.text)).toEqual([{ start: 4, end: 4 }]);
});
