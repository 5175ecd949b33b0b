// What a person makes of the agent's work is told to the agent once, also when the window was closed between.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { noteWrite, toReviewLines } from '../../../src/core/review/reviewText.ts';
import {
  createNewsStorage,
  type LeftText,
  type NewsStorage,
} from '../../../src/vscode/review/newsStorage.ts';
import type { ReviewFile } from '../../../src/vscode/review/reviewFiles.ts';
import { createReviewNews } from '../../../src/vscode/review/reviewNews.ts';
import { temporaryFolder } from '../node/temporaryFolder.ts';

const PATH = '/w/a.txt';
const quiet = { warn: () => undefined };

/** A review of files in which the agent of session `s` has written. */
function createReview() {
  const disk = new Map<string, string>();
  const files = new Map<string, ReviewFile>();
  const followed = new Set<string>();
  const listeners = new Set<(paths: readonly string[]) => void>();
  const take = (path: string): void => {
    for (const listener of listeners) listener([path]);
  };
  return {
    disk,
    followed,
    review: {
      file: (path: string) => files.get(path),
      // What nobody follows is as it was when it was looked at: not at all.
      current: (path: string) => {
        const text = followed.has(path) ? disk.get(path) : undefined;
        return text === undefined ? undefined : toReviewLines(text);
      },
      async follow(path: string) {
        followed.add(path);
      },
      unfollow: (path: string) => void followed.delete(path),
      onDidTakeIn: (listener: (paths: readonly string[]) => void) => {
        listeners.add(listener);
        return { dispose: () => void listeners.delete(listener) };
      },
    },
    write(path: string, text: string) {
      const change = linesOf('a\n', text);
      disk.set(path, text);
      files.set(path, {
        ...{ path, sessionId: 's', checkpointId: 'c', change: 'modified', kind: 'text' },
        text: noteWrite(undefined, change, 't'),
      });
      take(path);
    },
    /** As a file that was moved from there, with its text or, where that is null, without one. */
    move(from: string, to: string, text: string | null) {
      const place = { path: to, sessionId: 's', checkpointId: 'c', change: 'renamed' } as const;
      const origin = { from: { path: from, checkpointId: 'c', turns: ['t'] } };
      disk.delete(from);
      disk.set(to, text ?? '\0');
      files.set(
        to,
        text === null
          ? { ...place, ...origin, kind: 'whole', turns: ['t'], ids: { before: 'x', after: 'x' } }
          : { ...place, ...origin, kind: 'text', text: noteWrite(undefined, linesOf('a\n', text), 't') },
      );
      take(to);
    },
    /** As a write that was allowed when it was shown. */
    writeAgreed(path: string, text: string) {
      disk.set(path, text);
      files.delete(path);
      take(path);
    },
  };
}

function linesOf(before: string, after: string) {
  return { before: toReviewLines(before), after: toReviewLines(after) };
}

function createMemory(texts: readonly LeftText[] = []): NewsStorage & { texts: readonly LeftText[] } {
  const memory = {
    texts,
    read: async () => memory.texts,
    save: (next: readonly LeftText[]) => {
      memory.texts = next;
    },
    flush: async () => undefined,
  };
  return memory;
}

test('what was undone is told to the session that did it, once', () => {
  const { review, write, disk } = createReview();
  const news = createReviewNews(review, createMemory());
  write(PATH, 'a\nagent\n');
  expect(news.take('s')).toBeUndefined();
  disk.set(PATH, 'a\n');
  expect(news.take('other')).toBeUndefined();
  expect(news.take('s')).toMatch(/^The user has undone[\s\S]*\/w\/a\.txt:\n[\s\S]*-agent/);
  expect(news.take('s')).toBeUndefined();
  disk.delete(PATH);
  expect(news.take('s')).toContain('/w/a.txt was deleted.');
  expect(news.take('s')).toBeUndefined();
});

test('what was undone before the window was closed, or meanwhile, is told in the next one, once', async () => {
  const memory = createMemory();
  const before = createReview();
  const first = createReviewNews(before.review, memory);
  before.write(PATH, 'a\nagent\n');
  before.write('/w/told.txt', 'a\nagent\n');
  before.disk.set('/w/told.txt', 'a\n');
  expect(first.take('s')).toContain('/w/told.txt');
  first.dispose();

  const after = createReview();
  after.disk.set(PATH, 'a\n');
  after.disk.set('/w/told.txt', 'a\n');
  const second = createReviewNews(after.review, memory);
  expect(second.take('s')).toBeUndefined();
  await second.ready;
  const told = second.take('s');
  expect(told).toMatch(/\/w\/a\.txt:\n[\s\S]*-agent/);
  expect(told).not.toContain('told.txt');
  expect(second.take('s')).toBeUndefined();
});

test('what the agent has written since, with or without a question, is no news', async () => {
  const { review, write, writeAgreed, followed } = createReview();
  const news = createReviewNews(review, createMemory([{ path: PATH, sessionId: 's', text: 'old\n' }]));
  await news.ready;
  write(PATH, 'a\nagent\n');
  expect(news.take('s')).toBeUndefined();
  writeAgreed(PATH, 'a\nagreed\n');
  expect(news.take('s')).toBeUndefined();
  expect([...followed]).toEqual([]);
});

test.each([
  ['a text', 'a\nagent\n'],
  ['no text', null],
])('that a file was moved back is told where it is %s, also in the next window', async (_what, text) => {
  const memory = createMemory();
  const { review, move, disk } = createReview();
  const first = createReviewNews(review, memory);
  move('/w/old', '/w/new', text);
  expect(first.take('s')).toBeUndefined();
  first.dispose();

  const after = createReview();
  after.disk.set('/w/old', 'a\n');
  const second = createReviewNews(after.review, memory);
  await second.ready;
  expect(second.take('s')).toContain('/w/new was moved back to /w/old.');
  expect(second.take('s')).toBeUndefined();

  const third = createReviewNews(review, createMemory());
  move('/w/old', '/w/new', text);
  disk.delete('/w/new');
  expect(third.take('s')).toContain('/w/new was deleted.');
});

test('the files that were changed last are followed, in bounds', () => {
  const { review, write, followed, disk } = createReview();
  const news = createReviewNews(review, createMemory());
  for (let index = 0; index < 203; index += 1) write(`/w/${index}.txt`, 'a\nagent\n');
  expect(followed.size).toBe(200);
  disk.set('/w/0.txt', 'a\n');
  expect(news.take('s')).toBeUndefined();
});

test('texts are kept in a file, the newest as far as there is room, and none that is too long', async () => {
  const file = join(await temporaryFolder(), 'storage', 'news.json');
  const storage = createNewsStorage(file, quiet);
  expect(await storage.read()).toEqual([]);
  const text = (path: string, length: number): LeftText => ({
    path,
    sessionId: 's',
    text: 'x'.repeat(length),
  });
  const long = Array.from({ length: 7 }, (_, index) => text(`${index}`, 299_999));
  storage.save([...long, text('too long', 300_001), text('last', 10)]);
  await storage.flush();
  const kept = await createNewsStorage(file, quiet).read();
  expect(kept.map(({ path }) => path)).toEqual(['1', '2', '3', '4', '5', '6', 'last']);
});

test('what is kept and not understood is nothing, and said in the log', async () => {
  const file = join(await temporaryFolder(), 'news.json');
  await writeFile(file, '{"version": 2}');
  const warned: string[] = [];
  const storage = createNewsStorage(file, { warn: (message) => void warned.push(message) });
  expect(await storage.read()).toEqual([]);
  expect(warned).toHaveLength(1);
  storage.save([]);
  await storage.flush();
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ version: 1, texts: [] });
});
