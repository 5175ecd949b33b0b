// Comments on lines of a change, in the editor's own threads: written, moved, sent, answered.

import { strict as assert } from 'node:assert';
import { writeFile } from 'node:fs/promises';
import {
  type Comment,
  CommentMode,
  CommentThreadState,
  comments as editorComments,
  type Memento,
  Range,
  Uri,
  WorkspaceEdit,
  workspace,
} from 'vscode';
import type { UserMessage } from '../../src/protocol/messages.ts';
import { createComments } from '../../src/vscode/comments/createComments.ts';
import { createProposalComments } from '../../src/vscode/proposals/proposalComments.ts';
import { Review } from '../../src/vscode/review/review.ts';
import type { TestFunction } from './suite.ts';
import { folder, newFile } from './workspaceFiles.ts';

const LINES = 'one\ntwo\nthree\nfour\n';
const never = new AbortController().signal;

export default function commentsSuite(test: TestFunction): void {
  test('a comment moves with its line, is sent as a message, and the agent resolves it', () =>
    withComments(async ({ actions, port, said, start }) => {
      const path = await newFile('commented.txt', LINES);
      const thread = await start(path, new Range(1, 0, 2, 0), 'Say it in words.');
      assert.equal(thread.label, 'Comment for Belay, not sent');
      assert.deepEqual(told(thread.comments), [['You', 'Say it in words.', 'not sent']]);
      const edit = new WorkspaceEdit();
      edit.insert(Uri.file(path), thread.range?.start.with(0) ?? new Range(0, 0, 0, 0).start, 'zero\n');
      assert.equal(await workspace.applyEdit(edit), true);
      assert.deepEqual(thread.range, new Range(2, 0, 3, 0));
      await actions.send();
      assert.deepEqual(said(), [
        'A comment on your changes:\n\n[c1] commented.txt:3-4\n> two\n> three\nSay it in words.',
      ]);
      assert.equal(thread.label, 'Comment for Belay, sent');
      const outcome = await port('s').resolve({ id: 'c1', reply: 'In words now.' }, never);
      assert.deepEqual(outcome, { isFound: true, open: [] });
      assert.equal(thread.state, CommentThreadState.Resolved);
      assert.deepEqual(told(thread.comments), [
        ['You', 'Say it in words.', undefined],
        ['Belay', 'In words now.', undefined],
      ]);
      actions.editor.setResolved(thread, false);
      assert.deepEqual([thread.state, thread.contextValue], [CommentThreadState.Unresolved, 'open']);
      await (await workspace.openTextDocument(path)).save();
    }));

  test('what was not sent can be changed and deleted; what was sent stays', () =>
    withComments(async ({ comments, actions, said, start }) => {
      const path = await newFile('drafts.txt', LINES);
      const thread = await start(path, new Range(0, 0, 0, 0), 'First.');
      const { editor } = actions;
      editor.edit(first(thread.comments));
      const open = first(thread.comments);
      assert.equal(open.mode, CommentMode.Editing);
      void actions.send();
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.deepEqual(said(), []);
      // As VS Code does with what was typed.
      open.body = 'Not this.';
      editor.cancel(open);
      assert.deepEqual(told(thread.comments), [['You', 'First.', 'not sent']]);
      editor.edit(first(thread.comments));
      const again = first(thread.comments);
      again.body = 'Better.';
      editor.save(again);
      assert.deepEqual(told(thread.comments), [['You', 'Better.', 'not sent']]);
      assert.equal(first(thread.comments).mode, CommentMode.Preview);
      await actions.send();
      editor.add({ thread, text: 'And more.' });
      assert.deepEqual(told(thread.comments), [
        ['You', 'Better.', undefined],
        ['You', 'And more.', 'not sent'],
      ]);
      editor.removeComment(thread.comments[1] as Comment);
      assert.deepEqual(told(thread.comments), [['You', 'Better.', undefined]]);
      editor.remove(thread);
      assert.deepEqual(comments.all, []);
    }));

  test('comments of a message that is taken out of the queue wait to be sent again', () =>
    withComments(async ({ comments, actions, said, start, answer }) => {
      const path = await newFile('queued.txt', LINES);
      const thread = await start(path, new Range(0, 0, 0, 0), 'First.');
      await actions.send();
      assert.deepEqual([thread.label, comments.countUnsent()], ['Comment for Belay, sent', 0]);
      await answer(false);
      assert.deepEqual([thread.label, comments.countUnsent()], ['Comment for Belay, not sent', 1]);
      assert.deepEqual(told(thread.comments), [['You', 'First.', 'not sent']]);
      await actions.send();
      await answer(true);
      assert.deepEqual([thread.label, said().length], ['Comment for Belay, sent', 2]);
    }));

  test('the next window has the comments again, where their lines stand by then', async () => {
    const state = createState();
    const path = await newFile('reloaded.txt', LINES);
    await withComments(async ({ comments, start }) => {
      await start(path, new Range(2, 0, 2, 0), 'Three?');
      await comments.flush();
    }, state);
    await writeFile(path, `new\n${LINES}`);
    await withComments(async ({ actions, said }) => {
      await actions.send();
      assert.match(said()[0] ?? '', /\[c1\] reloaded\.txt:4\n> three\nThree\?/);
    }, state);
  });

  test('a comment on a proposal moves with its line, too', async () => {
    const comments = createProposalComments(() => undefined);
    const document = await workspace.openTextDocument({ content: LINES });
    comments.add(document, 2, 'Three?');
    const put = { range: new Range(0, 0, 0, 0), rangeOffset: 0, rangeLength: 0, text: 'zero\n' };
    comments.move(document.uri, [put]);
    const told = comments.describe(document.uri, `zero\n${LINES}`);
    assert.equal(told, 'The user says to line 4 (three): Three?');
    comments.dispose();
  });

  test('without anything to send nothing is said', () =>
    withComments(async ({ actions, said }) => {
      void actions.send();
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(said(), []);
    }));
}

type Made = ReturnType<typeof createComments>;

interface World extends Omit<Made, 'dispose'> {
  /** The texts that were sent. */
  said(): readonly string[];
  /** Whether the agent has taken up what was sent last. */
  answer(isTakenUp: boolean): Promise<void>;
  /** As a person does by the editor's own box. */
  start(path: string, range: Range, text: string): Promise<import('vscode').CommentThread>;
}

async function withComments(body: (world: World) => Promise<void>, state = createState()): Promise<void> {
  const messages: UserMessage[] = [];
  let answerLast: (isTakenUp: boolean) => void = () => undefined;
  const review = new Review({
    storage: {
      read: async () => ({ files: [], cursors: new Map() }),
      save: () => undefined,
      flush: async () => undefined,
    },
    currentTexts: () => ({
      get: () => undefined,
      look: async () => undefined,
      onDidChange: () => ({ dispose: () => undefined }),
      dispose: () => undefined,
    }),
    log: { warn: () => undefined, debug: () => undefined },
  });
  const made = createComments({
    ...{ review, state, cwd: folder, log: { warn: () => undefined } },
    lineStorage: { read: async () => [], save: () => undefined, flush: async () => undefined },
    openPanel: async () => ({
      sessionId: 's',
      say: (message) => void messages.push(message),
      isTakenUp: () =>
        new Promise((resolve) => {
          answerLast = resolve;
        }),
    }),
  });
  const editor = editorComments.createCommentController('belay.test', 'Test');
  try {
    await body({
      ...made,
      said: () => messages.map(({ message }) => textOf(message.content)),
      async answer(isTakenUp) {
        answerLast(isTakenUp);
        await new Promise((resolve) => setImmediate(resolve));
      },
      async start(path, range, text) {
        await workspace.openTextDocument(path);
        const thread = editor.createCommentThread(Uri.file(path), range, []);
        made.actions.editor.add({ thread, text });
        while (thread.comments.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        return thread;
      },
    });
  } finally {
    editor.dispose();
    made.dispose();
    review.dispose();
  }
}

function createState(): Memento {
  const values = new Map<string, unknown>();
  return {
    keys: () => [...values.keys()],
    get: (key: string) => values.get(key) as never,
    update: async (key, value) => void values.set(key, structuredClone(value)),
  };
}

function told(comments: readonly Comment[]): unknown[] {
  return comments.map(({ author, body, label }) => [author.name, body, label]);
}

function first(comments: readonly Comment[]): Comment {
  const [comment] = comments;
  assert.ok(comment);
  return comment;
}

function textOf(content: UserMessage['message']['content']): string {
  if (typeof content === 'string') return content;
  return content
    .map((block) => (block.type === 'text' && 'text' in block ? String(block.text) : ''))
    .join('');
}
