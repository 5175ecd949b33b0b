// What a person answers in files as they are: with other line ends and encodings, changed by others, in several sessions, of no text.

import { strict as assert } from 'node:assert';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { commands, Position, Range, Uri, WorkspaceEdit, window, workspace } from 'vscode';
import { watchCurrentTexts } from '../../src/vscode/review/currentTexts.ts';
import { createKeepUndo } from '../../src/vscode/review/keepUndo.ts';
import type { Review } from '../../src/vscode/review/review.ts';
import { createReviewActions, type ReviewActions } from '../../src/vscode/review/reviewActions.ts';
import { undoInFile } from '../../src/vscode/review/undoFiles.ts';
import type { SessionHost } from '../../src/vscode/sessionHost.ts';
import { type Answer, type Changed, openReview, sessionWith, until } from './reviewWorld.ts';
import type { TestFunction } from './suite.ts';
import { newFile } from './workspaceFiles.ts';

const all = { what: 'files', isMeant: () => true } as const;

export default function reviewCasesSuite(test: TestFunction): void {
  for (const { name, bytes } of [
    { name: 'CRLF and a byte order mark', bytes: (text: string) => Buffer.from(`\uFEFF${crlf(text)}`) },
    { name: 'UTF-16', bytes: (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le') },
    { name: 'Latin-1', bytes: (text: string) => Buffer.from(text, 'latin1') },
    {
      name: 'line ends of both kinds',
      bytes: (text: string) => Buffer.from(text.replace('\n', '\r\n')),
    },
  ])
    test(`what is undone of a file with ${name} leaves the rest of its bytes as they are`, async () => {
      const [before, after] = ['café\none\ntwo\nthree\n', 'café\nONE\ntwo\nTHREE\n'];
      const path = await newFile(`encoded-${name.replace(/\W/g, '-')}.txt`, bytes(after));
      const { review, actions } = await reviewed([modified(path, before, after)]);
      assert.deepEqual(basesOf(review, path), [['one\n'], ['three\n']]);
      const choice = actions.choose('Hunk', [Uri.file(path), 1]);
      assert.ok(choice);
      await actions.undo(choice);
      await until(() => review.hunks(path).length === 1);
      assert.deepEqual([...(await readFile(path))], [...bytes('café\none\ntwo\nTHREE\n')]);
      assert.deepEqual(basesOf(review, path), [['three\n']]);
      await actions.undo({ ...all, paths: [path] });
      assert.deepEqual([...(await readFile(path))], [...bytes(before)]);
      review.dispose();
    });

  test('what two sessions have changed in one file is answered by turn, each by itself', async () => {
    const texts = ['one\ntwo\nthree\nfour\n', 'ONE\ntwo\nthree\nfour\n', 'ONE\ntwo\nthree\nFOUR\n'] as const;
    const path = await newFile('shared.txt', texts[2]);
    const other = await newFile('other.txt', 'new\n');
    const { review, actions } = await reviewed([modified(path, texts[0], texts[1])], { name: 'first' });
    await review.sync(
      sessionWith([modified(path, texts[1], texts[2]), modified(other, 'old\n', 'new\n')], {
        name: 'second',
      }),
    );
    assert.deepEqual(basesOf(review, path), [['one\n'], ['four\n']]);
    const choice = actions.choose('Turn', [{ id: 'turn of second' }]);
    assert.ok(choice);
    await actions.undo(choice);
    await until(() => review.waiting().length === 1);
    assert.deepEqual([await readFile(path, 'utf8'), await readFile(other, 'utf8')], [texts[1], 'old\n']);
    const first = actions.choose('Turn', [{ id: 'turn of first' }]);
    assert.ok(first);
    await actions.keep(first);
    assert.deepEqual(review.waiting(), []);
    assert.equal(await readFile(path, 'utf8'), texts[1]);
    review.dispose();
  });

  test('what somebody else writes on the disk is theirs, and stays when the agent’s is undone', async () => {
    const [before, after] = ['one\ntwo\nthree\n', 'ONE\ntwo\nthree\n'];
    const path = await newFile('by-others.txt', after);
    const { review, actions } = await reviewed([modified(path, before, after)]);
    await writeFile(path, `${after}theirs\n`);
    await until(() => review.current(path)?.length === 4);
    assert.deepEqual(basesOf(review, path), [['one\n']]);
    await actions.undo({ ...all, paths: [path] });
    assert.equal(await readFile(path, 'utf8'), `${before}theirs\n`);
    review.dispose();
  });

  test('unsaved changes beside what is undone stay, unsaved', async () => {
    const [before, after] = ['one\ntwo\nthree\n', 'ONE\ntwo\nthree\n'];
    const path = await newFile('unsaved.txt', after);
    const { review, actions } = await reviewed([modified(path, before, after)]);
    const document = await workspace.openTextDocument(path);
    await window.showTextDocument(document);
    const edit = new WorkspaceEdit();
    edit.insert(document.uri, new Position(3, 0), 'mine');
    await workspace.applyEdit(edit);
    await actions.undo({ ...all, paths: [path] });
    assert.deepEqual([document.getText(), document.isDirty], [`${before}mine`, true]);
    assert.equal(await readFile(path, 'utf8'), after);
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    review.dispose();
  });

  test('a file that changed below unsaved changes stays, one that vanished is told of, and nothing is lost', async () => {
    const [before, after] = ['one\ntwo\n', 'ONE\ntwo\n'];
    const path = await newFile('not-saved.txt', after);
    const { review, deps } = await reviewed([modified(path, before, after)]);
    const document = await workspace.openTextDocument(path);
    await window.showTextDocument(document);
    const edit = new WorkspaceEdit();
    edit.insert(document.uri, new Position(2, 0), 'mine');
    await workspace.applyEdit(edit);
    // From here on a save would write over somebody else's text: the editor refuses it.
    await writeFile(path, 'somebody else\n');
    await undoInFile(path, all, deps);
    assert.equal(document.getText(), `${before}mine`);
    assert.equal(await readFile(path, 'utf8'), 'somebody else\n');
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await rm(path);
    await review.look(path);
    assert.equal(await undoInFile(path, all, deps), `${path} is not there any more.`);
    assert.equal(review.file(path)?.change, 'modified');
    review.dispose();
  });

  test('what is no text is undone by a rewind of that file, and waits on where that is refused', async () => {
    const path = await newFile('picture.png', new Uint8Array([0, 1, 2]));
    const asked: unknown[] = [];
    const reason = 'It was changed since the agent changed it, and was left as it is.';
    let outcome = 'conflicted';
    const answer: Answer = (subtype, payload) => {
      if (subtype !== 'rewind_files') return undefined;
      asked.push(payload);
      return { canRewind: true, files: [{ path, outcome, reason }] };
    };
    const none = { before: null, after: null, binary: true };
    const { review, deps } = await reviewed([{ ...none, path, change: 'modified' }], { answer });
    assert.equal(await undoInFile(path, all, deps), reason);
    outcome = 'skipped';
    assert.equal(await undoInFile(path, all, deps), reason);
    assert.equal(review.waiting().length, 1);
    outcome = 'restored';
    assert.equal(await undoInFile(path, all, deps), undefined);
    assert.deepEqual(review.waiting(), []);
    assert.deepEqual(asked[0], { checkpoint_id: 'c of s', paths: [path] });
    review.dispose();
  });

  test('one goes from the last change of a file to the first of the next, and back', async () => {
    const [before, after] = ['one\ntwo\nthree\n', 'ONE\ntwo\nTHREE\n'];
    const paths = await Promise.all(['walk-a.txt', 'walk-b.txt'].map((name) => newFile(name, after)));
    const { review, actions } = await reviewed(paths.map((path) => modified(path, before, after)));
    const here = () => {
      const editor = window.activeTextEditor;
      return [editor?.document.uri.fsPath, editor?.selection.active.line];
    };
    await window.showTextDocument(await workspace.openTextDocument(paths[0] ?? ''), {
      selection: new Range(0, 0, 0, 0),
    });
    const walk: unknown[] = [];
    for (const direction of ['next', 'next', 'next', 'previous'] as const) {
      await actions.go(direction);
      walk.push(here());
    }
    const [a, b] = paths;
    assert.deepEqual(walk, [
      [a, 2],
      [b, 0],
      [b, 2],
      [b, 0],
    ]);
    await commands.executeCommand('workbench.action.closeAllEditors');
    review.dispose();
  });
}

function crlf(text: string): string {
  return text.replaceAll('\n', '\r\n');
}

function modified(path: string, before: string, after: string): Changed {
  return { path, change: 'modified', before, after };
}

function basesOf(review: Review, path: string): readonly (readonly string[])[] {
  return review.hunks(path).map(({ base }) => base);
}

interface Reviewed {
  readonly review: Review;
  readonly actions: ReviewActions;
  readonly deps: Parameters<typeof undoInFile>[2];
}

/** Of a session that has changed these files. */
async function reviewed(
  changed: readonly Changed[],
  options: Parameters<typeof sessionWith>[1] = {},
): Promise<Reviewed> {
  const { review } = openReview(watchCurrentTexts);
  const session = sessionWith(changed, options);
  const deps = { review, sessions: { host: () => session as unknown as SessionHost } };
  const actions = createReviewActions({ ...deps, keepUndo: createKeepUndo(review) });
  await review.sync(session);
  return { review, actions, deps };
}
