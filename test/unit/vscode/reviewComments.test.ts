// Comments of a workspace: they outlive the window, in bounds, and go their way from the user to the agent and back.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { toReviewLines } from '../../../src/core/review/reviewText.ts';
import { createCommentStore, type StateOfWorkspace } from '../../../src/vscode/comments/commentStore.ts';
import { COMMENTS_KEY } from '../../../src/vscode/comments/commentsKey.ts';
import { ReviewComments } from '../../../src/vscode/comments/reviewComments.ts';

const TEXT = toReviewLines('one\ntwo\nthree\n');
const SENT = { sessionId: 's', message: 'm1' };
const PLACE = { path: '/w/a.ts', start: 1, end: 1 };

let warned: string[] = [];

beforeEach(() => {
  warned = [];
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

function open(state: StateOfWorkspace = memory()): ReviewComments {
  return new ReviewComments(createCommentStore(state, { warn: (message) => void warned.push(message) }));
}

/** As the state of a workspace: what is kept is a copy. */
function memory(): StateOfWorkspace & { readonly values: Map<string, unknown> } {
  const values = new Map<string, unknown>();
  return {
    values,
    get: (key) => values.get(key),
    update: async (key, value) => void values.set(key, structuredClone(value)),
  };
}

test('what was not sent is there again in the next window, under the same names', async () => {
  const state = memory();
  const comments = open(state);
  comments.start(PLACE, 'First.', TEXT);
  const second = comments.start({ ...PLACE, path: '/w/b.ts' }, 'Second.', TEXT);
  comments.edit(second, 0, 'Second, better.');
  await comments.flush();
  const again = open(state);
  expect(again.all).toEqual(comments.all);
  expect(again.countUnsent()).toBe(2);
  expect(again.start(PLACE, 'Third.', TEXT)).toBe('c3');
});

test('is written soon, without anybody asking for it', async () => {
  const state = memory();
  open(state).start(PLACE, 'First.', TEXT);
  await vi.advanceTimersByTimeAsync(1000);
  expect(open(state).countUnsent()).toBe(1);
});

test('a name is not used twice, also when its comment is deleted', async () => {
  const state = memory();
  const comments = open(state);
  comments.remove(comments.start(PLACE, 'First.', TEXT));
  await comments.flush();
  expect(open(state).start(PLACE, 'Second.', TEXT)).toBe('c2');
});

test('what is kept is bounded: what was not sent, then what is open, then the newest', async () => {
  const state = memory();
  const comments = open(state);
  const ids = Array.from({ length: 203 }, (_, index) => comments.start(PLACE, `${index}`, TEXT));
  const [unsent, ...rest] = comments.all;
  comments.noteSent(rest, SENT);
  for (const id of ids.slice(2)) comments.setResolved(id, true);
  await comments.flush();
  const kept = open(state).all.map(({ id }) => id);
  expect(kept).toEqual([unsent?.id, ids[1], ...ids.slice(5)]);
});

test('what can not be kept is said in the log, and nothing else', async () => {
  const comments = open({ ...memory(), update: async () => Promise.reject(new Error('full')) });
  comments.start(PLACE, 'First.', TEXT);
  await comments.flush();
  expect(warned).toEqual(['the comments on changes could not be kept']);
});

test('what is kept and not understood is nothing', () => {
  const state = memory();
  state.values.set(COMMENTS_KEY, { threads: [{ id: 7 }], next: 'x' });
  expect(open(state).all).toEqual([]);
});

test('lines move with the edits of a document; lines that were replaced with all around them are looked for', () => {
  const comments = open();
  const id = comments.start(PLACE, 'Why?', TEXT);
  const at = (line: number, character = 0) => ({ line, character });
  comments.move(
    PLACE.path,
    [
      { start: at(0), end: at(0), text: 'zero\n' },
      { start: at(2), end: at(3), text: '' },
    ],
    toReviewLines('zero\none\ntwo\n'),
  );
  expect(comments.find(id)).toMatchObject({ start: 2, end: 2, quoted: ['two\n'] });
  comments.move(
    PLACE.path,
    [{ start: at(0), end: at(3), text: 'two\nother\nother\n' }],
    toReviewLines('two\nother\nother\n'),
  );
  expect(comments.find(id)).toMatchObject({ start: 0, end: 0, quoted: ['two\n'] });
  comments.look(PLACE.path, toReviewLines('new\nnew\ntwo\n'));
  expect(comments.find(id)).toMatchObject({ start: 2, end: 2 });
});

test('only the agent that was told of a comment resolves it, and learns what is open', () => {
  const comments = open();
  const [one, two] = [comments.start(PLACE, 'One.', TEXT), comments.start(PLACE, 'Two.', TEXT)];
  expect(comments.answer('s', { id: one })).toEqual({ isFound: false, open: [] });
  comments.noteSent(comments.all, SENT);
  expect(comments.countUnsent()).toBe(0);
  expect(comments.answer('other', { id: one })).toEqual({ isFound: false, open: [] });
  expect(comments.answer('s', { id: one, reply: 'Done.' })).toEqual({ isFound: true, open: [two] });
  expect(comments.find(one)).toMatchObject({ isResolved: true });
  comments.setResolved(one, false);
  expect(comments.answer('s', { id: two })).toEqual({ isFound: true, open: [one] });
});

test('a comment that was changed while it was sent is not taken for sent', () => {
  const comments = open();
  const id = comments.start(PLACE, 'One.', TEXT);
  const sent = comments.all;
  comments.edit(id, 0, 'Another.');
  comments.noteSent(sent, SENT);
  expect(comments.countUnsent()).toBe(1);
});

test('what waited for the agent when the window was closed, or was taken out of the queue, waits to be sent', async () => {
  const state = memory();
  const comments = open(state);
  const heard = comments.start(PLACE, 'Heard.', TEXT);
  comments.noteSent(comments.all, SENT);
  comments.noteTaken('m1', true);
  const queued = comments.start(PLACE, 'Queued.', TEXT);
  comments.noteSent(
    comments.all.filter(({ id }) => id === queued),
    { sessionId: 's', message: 'm2' },
  );
  expect(comments.countUnsent()).toBe(0);
  await comments.flush();
  const again = open(state);
  expect(again.countUnsent()).toBe(1);
  expect([again.find(heard)?.sessionId, again.find(queued)?.sessionId]).toEqual(['s', null]);
  const changed: string[] = [];
  comments.onDidChange((id) => changed.push(id));
  comments.noteTaken('m2', false);
  expect([comments.countUnsent(), changed]).toEqual([1, [queued]]);
});
