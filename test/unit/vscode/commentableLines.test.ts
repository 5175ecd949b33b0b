// The lines that can be commented on: what waits for an answer and what was kept, of files that agents have changed.

import { expect, test } from 'vitest';
import { type Hunk, toHunks, toReviewLines } from '../../../src/core/review/reviewText.ts';
import { createCommentableLines } from '../../../src/vscode/comments/commentableLines.ts';
import type { LineStorage, WrittenLines } from '../../../src/vscode/comments/lineStorage.ts';
import type { TakenChange } from '../../../src/vscode/review/review.ts';

const PATH = '/w/a.txt';
const BEFORE = 'a\nb\nc\nd\n';
const AFTER = 'a\nB\nc\nD\n';

function createMemory(texts: readonly WrittenLines[] = []): LineStorage & { texts: readonly WrittenLines[] } {
  const memory = {
    texts,
    read: async () => memory.texts,
    save: (next: readonly WrittenLines[]) => {
      memory.texts = next;
    },
    flush: async () => undefined,
  };
  return memory;
}

function createReview(storage = createMemory()) {
  const taking = new Set<(change: TakenChange) => void>();
  const takenIn = new Set<(paths: readonly string[]) => void>();
  let hunks: readonly Hunk[] = [];
  const listen =
    <Value>(listeners: Set<(value: Value) => void>) =>
    (listener: (value: Value) => void) => {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    };
  const review = {
    hunks: () => hunks,
    onDidTakeChange: listen(taking),
    onDidTakeIn: listen(takenIn),
    ready: Promise.resolve(),
  };
  const lines = createCommentableLines(review, storage);
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
  await lines.ready;
  const before = told;
  take({});
  expect(told).toBe(before + 1);
  expect(lines.of(PATH, toReviewLines(`mine\n${AFTER}`))).toEqual([
    { start: 2, end: 3 },
    { start: 4, end: 5 },
  ]);
  expect(lines.of('/w/other.txt', toReviewLines(AFTER))).toEqual([]);
});

test('are those that wait, also where nothing is known of the changes', () => {
  const { lines, wait } = createReview();
  wait('one\ntwo\n');
  expect(lines.of(PATH, toReviewLines('one\ntwo\n'))).toEqual([{ start: 0, end: 2 }]);
});

test('are fewer after a rewind, and none are remembered of a file that is too large', async () => {
  const { lines, take } = createReview();
  await lines.ready;
  take({});
  take({ before: AFTER, after: 'a\nB\nc\nd\n', isRewind: true });
  expect(lines.of(PATH, toReviewLines('a\nB\nc\nd\n'))).toEqual([{ start: 1, end: 2 }]);
  take({ after: 'x\n'.repeat(300_000) });
  expect(lines.of(PATH, toReviewLines(AFTER))).toEqual([]);
});

test('that were kept are there in the next window, and what it takes in before it knows them counts on top', async () => {
  const storage = createMemory();
  const first = createReview(storage);
  await first.lines.ready;
  first.take({});
  first.take({ path: '/w/taken back.txt', isRewind: true });
  expect(storage.texts.map(({ path }) => path)).toEqual([PATH]);

  const second = createReview(storage);
  second.take({ before: AFTER, after: `new\n${AFTER}` });
  await second.lines.ready;
  expect(second.lines.of(PATH, toReviewLines(`new\n${AFTER}`))).toEqual([
    { start: 0, end: 1 },
    { start: 2, end: 3 },
    { start: 4, end: 5 },
  ]);
  expect(storage.texts).toMatchObject([{ path: PATH, text: `new\n${AFTER}` }]);
});
