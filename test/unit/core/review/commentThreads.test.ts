// Comments on lines of changes: where they stand, what is sent of them, and what becomes of them.

import { expect, test } from 'vitest';
import { toCommentMessage } from '../../../../src/core/review/commentMessage.ts';
import {
  type CommentThread,
  editComment,
  findAgain,
  follow,
  moveSpan,
  noteAnswer,
  noteSent,
  noteTaken,
  placeAt,
  removeComment,
  say,
  type TextEdit,
} from '../../../../src/core/review/commentThreads.ts';
import { toReviewLines } from '../../../../src/core/review/reviewText.ts';

const SENT = { sessionId: 's', message: 'm1' };
const TEXT = toReviewLines('one\ntwo\nthree\nfour\nfive\n');

function thread(fields: Partial<CommentThread> = {}): CommentThread {
  return {
    ...{ id: 'c1', path: '/w/src/a.ts', start: 1, end: 2, quoted: ['two\n', 'three\n'] },
    ...{ comments: [], isResolved: false, sessionId: null },
    ...fields,
  };
}

function edit(start: [number, number], end: [number, number], text: string): TextEdit {
  return {
    start: { line: start[0], character: start[1] },
    end: { line: end[0], character: end[1] },
    text,
  };
}

test.each([
  ['a line put in above', edit([0, 0], [0, 0], 'new\n'), { start: 2, end: 3 }],
  ['Enter at the end of the line above', edit([0, 3], [0, 3], '\n'), { start: 2, end: 3 }],
  ['Enter at the start of its first line', edit([1, 0], [1, 0], '\n'), { start: 2, end: 3 }],
  ['Enter within its first line', edit([1, 1], [1, 1], '\n'), { start: 1, end: 3 }],
  ['letters in its last line', edit([2, 2], [2, 4], 'xyz'), { start: 1, end: 2 }],
  ['Enter behind its last line', edit([2, 5], [2, 5], '\n'), { start: 1, end: 2 }],
  ['the line above taken away', edit([0, 0], [1, 0], ''), { start: 0, end: 1 }],
  ['its first line taken away', edit([1, 0], [2, 0], ''), { start: 1, end: 1 }],
  ['all of its lines taken away', edit([1, 0], [3, 0], ''), { start: 1, end: 1 }],
  ['more than its lines replaced', edit([0, 0], [4, 0], 'x\ny\n'), { start: 1, end: 2 }],
  ['something below', edit([3, 0], [4, 0], ''), { start: 1, end: 2 }],
])('%s moves the lines of a comment', (_name, change, moved) => {
  expect(moveSpan({ start: 1, end: 2 }, [change])).toEqual(moved);
});

test('several edits at once are each of the text before all of them, in any order', () => {
  const edits = [edit([0, 0], [0, 0], 'new\nnew\n'), edit([1, 0], [1, 1], ''), edit([2, 1], [2, 1], '\n')];
  expect(moveSpan({ start: 2, end: 2 }, edits)).toEqual({ start: 4, end: 4 });
  expect(moveSpan({ start: 2, end: 2 }, edits.toReversed())).toEqual({ start: 4, end: 4 });
});

test('lines that have moved unseen are found again, the nearest where there are several', () => {
  const moved = toReviewLines('new\nnew\none\ntwo\nthree\nfour\n');
  expect(findAgain(thread(), moved)).toMatchObject({ start: 3, end: 4, quoted: ['two\n', 'three\n'] });
  const twice = toReviewLines('two\nthree\nx\nx\nx\nx\ntwo\nthree\n');
  expect(findAgain(thread({ start: 5, end: 6 }), twice)).toMatchObject({ start: 6, end: 7 });
  expect(findAgain(thread(), twice)).toMatchObject({ start: 0, end: 1 });
});

test('an edit that is told of lines which have moved already does not move them again', () => {
  const moved = findAgain(thread(), toReviewLines('new\none\ntwo\nthree\n'));
  expect(follow(moved, [edit([0, 0], [0, 0], 'new\n')], toReviewLines('new\none\ntwo\nthree\n'))).toEqual(
    moved,
  );
  const typed = follow(moved, [edit([2, 0], [2, 3], 'TWO')], toReviewLines('new\none\nTWO\nthree\n'));
  expect(typed).toMatchObject({ start: 2, end: 3, quoted: ['TWO\n', 'three\n'] });
});

test('lines that are nowhere any more leave the comment where it was, or at the end', () => {
  expect(findAgain(thread(), toReviewLines('a\nb\nc\nd\n'))).toMatchObject({
    ...{ start: 1, end: 2, quoted: ['b\n', 'c\n'] },
  });
  expect(findAgain(thread(), toReviewLines('a\n'))).toMatchObject({ start: 0, end: 0, quoted: ['a\n'] });
  expect(findAgain(thread(), [])).toMatchObject({ start: 0, end: 0, quoted: [] });
});

test('what is sent names file, lines and what stands there, in the order of the files', () => {
  const late = say(placeAt(thread({ id: 'c1' }), { start: 1, end: 2 }, TEXT), 'Why two?');
  const early = say(placeAt(thread({ id: 'c2' }), { start: 0, end: 0 }, TEXT), 'No.\nReally.');
  const sent = noteSent(say(thread({ id: 'c3' }), 'Known.'), SENT);
  expect(toCommentMessage([late, early, sent], (path) => path.replace('/w/', ''))).toBe(
    `2 comments on your changes:

[c2] src/a.ts:1
> one
No.
Really.

[c1] src/a.ts:2-3
> two
> three
Why two?`,
  );
  expect(toCommentMessage([sent], (path) => path)).toBeUndefined();
});

test('of many or long lines only some is quoted', () => {
  const lines = Array.from({ length: 40 }, (_, index) => `${index}${index === 0 ? 'x'.repeat(400) : ''}\n`);
  const long = say(placeAt(thread(), { start: 0, end: 39 }, lines), 'All of this.');
  const message = toCommentMessage([long], (path) => path) ?? '';
  expect(message).toContain('[c1] /w/src/a.ts:1-40');
  expect(message).toContain(`> 0${'x'.repeat(299)}…\n> 1\n`);
  expect(message).toContain('> 29\n> … 10 more\nAll of this.');
});

test('only what was said since is sent again', () => {
  const again = say(noteSent(say(placeAt(thread(), thread(), TEXT), 'First.'), SENT), 'Second.');
  const message = toCommentMessage([again], (path) => path) ?? '';
  expect(message).toContain('> three\nSecond.');
  expect(message).not.toContain('First.');
});

test('the agent’s answer resolves a comment, unless something waits to be sent; what is said afterwards opens it again', () => {
  const sent = noteSent(say(thread(), 'Why?'), SENT);
  const answered = noteAnswer(sent, 'Because.');
  expect(answered).toMatchObject({
    isResolved: true,
    comments: [
      { author: 'user', text: 'Why?' },
      { author: 'belay', text: 'Because.' },
    ],
  });
  expect(noteAnswer(sent, undefined).comments).toHaveLength(1);
  expect(say(answered, 'Still wrong.').isResolved).toBe(false);
  expect(noteAnswer(say(sent, 'And this?'), 'Done.').isResolved).toBe(false);
});

test('what was sent stays as it was said', () => {
  const both = say(noteSent(say(thread(), 'Sent.'), SENT), 'Not sent.');
  expect(editComment(both, 0, 'Other.').comments[0]?.text).toBe('Sent.');
  expect(editComment(both, 1, 'Other.').comments[1]?.text).toBe('Other.');
  const without = removeComment(both, 1);
  expect(without?.comments).toEqual([{ author: 'user', text: 'Sent.', isSent: true, message: 'm1' }]);
  expect(without && removeComment(without, 0)).toBeUndefined();
});

test('what went with a message that is taken back before the agent has it waits to be sent again, and nothing else', () => {
  const isFirst = (message: string): boolean => message === 'm1';
  const first = noteSent(say(thread(), 'First.'), SENT);
  expect(noteTaken(first, isFirst, false)).toEqual(say(thread(), 'First.'));
  expect(noteTaken(first, (message) => message === 'm2', false)).toBe(first);
  const heard = noteTaken(first, isFirst, true);
  expect(heard.comments).toEqual([{ author: 'user', text: 'First.', isSent: true }]);
  const both = noteSent(say(heard, 'Second.'), { ...SENT, message: 'm2' });
  expect(noteTaken(both, isFirst, false)).toBe(both);
  expect(noteTaken(both, () => true, false)).toMatchObject({
    sessionId: 's',
    comments: [
      { text: 'First.', isSent: true },
      { text: 'Second.', isSent: false },
    ],
  });
});
