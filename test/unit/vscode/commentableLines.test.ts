// The lines that can be commented on: what waits for an answer and what was kept, of files that agents have changed.

import { expect, test } from 'vitest';
import { type Hunk, toHunks, toReviewLines } from '../../../src/core/review/reviewText.ts';
import { createCommentableLines } from '../../../src/vscode/comments/commentableLines.ts';
import type { TakenChange } from '../../../src/vscode/review/review.ts';

const PATH = '/w/a.txt';
const BEFORE = 'a\nb\nc\nd\n';
const AFTER = 'a\nB\nc\nD\n';

function createReview() {
  const taking = new Set<(change: TakenChange) => void>();
  const takenIn = new Set<(paths: readonly string[]) => void>();
  let hunks: readonly Hunk[] = [];
  const listen =
    <Value>(listeners: Set<(value: Value) => void>) =>
    (listener: (value: Value) => void) => {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    };
  const lines = createCommentableLines({
    hunks: () => hunks,
    onDidTakeChange: listen(taking),
    onDidTakeIn: listen(takenIn),
    ready: Promise.resolve(),
  });
  return {
    lines,
    take(change: Partial<TakenChange>) {
      const whole = { path: PATH, before: BEFORE, after: AFTER, isRewind: false, ...change };
      for (const listener of taking) listener(whole);
      for (const listener of takenIn) listener([whole.path]);
    },
    wait(text: string) {
      const piece = { base: ['x\n'], agent: toReviewLines(text), turns: ['t'] };
      hunks = toHunks([piece], toReviewLines(text));
    },
  };
}

test('are those of each change, also when nothing of it waits, and others are told of', async () => {
  const { lines, take } = createReview();
  let told = 0;
  lines.onDidChange(() => {
    told += 1;
  });
  await Promise.resolve();
  const before = told;
  take({});
  expect(told).toBe(before + 1);
  expect(lines.of(PATH, toReviewLines(`mine\n${AFTER}`))).toEqual([
    { start: 2, end: 3 },
    { start: 4, end: 5 },
  ]);
  expect(lines.of('/w/other.txt', toReviewLines(AFTER))).toEqual([]);
});

test('are those that wait where nothing is known of the changes: after a reload', () => {
  const { lines, wait } = createReview();
  wait('one\ntwo\n');
  expect(lines.of(PATH, toReviewLines('one\ntwo\n'))).toEqual([{ start: 0, end: 2 }]);
});

test('are fewer after a rewind, and none are remembered of a file that is too large', () => {
  const { lines, take } = createReview();
  take({});
  take({ before: AFTER, after: 'a\nB\nc\nd\n', isRewind: true });
  expect(lines.of(PATH, toReviewLines('a\nB\nc\nd\n'))).toEqual([{ start: 1, end: 2 }]);
  take({ after: 'x\n'.repeat(300_000) });
  expect(lines.of(PATH, toReviewLines(AFTER))).toEqual([]);
});
