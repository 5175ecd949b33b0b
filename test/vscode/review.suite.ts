// The review takes in what a session has changed, whatever becomes of its agent meanwhile.

import { strict as assert } from 'node:assert';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  commands,
  NotebookCellData,
  NotebookCellKind,
  NotebookEdit,
  NotebookRange,
  Position,
  Selection,
  TabInputNotebookDiff,
  Uri,
  WorkspaceEdit,
  window,
  workspace,
} from 'vscode';
import { ChannelClosedError, RequestError } from '../../src/channel/peer.ts';
import { registerBaselineNotebooks } from '../../src/vscode/review/baselineNotebooks.ts';
import { watchCurrentTexts } from '../../src/vscode/review/currentTexts.ts';
import { createKeepUndo } from '../../src/vscode/review/keepUndo.ts';
import type { ReviewedSession } from '../../src/vscode/review/review.ts';
import { createReviewActions } from '../../src/vscode/review/reviewActions.ts';
import { hunksOfCell } from '../../src/vscode/review/reviewCells.ts';
import type { SessionHost } from '../../src/vscode/sessionHost.ts';
import { type Answer, type Changed, openReview, sessionWith, until } from './reviewWorld.ts';
import type { TestFunction } from './suite.ts';
import { folder, newFile } from './workspaceFiles.ts';

const PATHS = ['/w/a.txt', '/w/b.txt'];

export default function reviewSuite(test: TestFunction): void {
  test('an agent that goes away while a change is taken in leaves all of it for the next time', async () => {
    const { review, saved } = openReview();
    await review.sync(sessionOf(new ChannelClosedError()));
    assert.deepEqual(
      PATHS.map((path) => review.file(path)),
      [undefined, undefined],
    );
    assert.equal(saved.at(-1)?.cursors.get('s'), undefined);
    await review.sync(sessionOf(undefined));
    assert.deepEqual(
      PATHS.map((path) => review.hunks(path).map(({ base, agent }) => [base, agent])),
      PATHS.map(() => [[['old\n'], ['new\n']]]),
    );
    assert.equal(saved.at(-1)?.cursors.get('s'), 'c of s');
    await review.sync(sessionOf(undefined));
    assert.equal(review.waiting().length, 2);
    review.dispose();
  });

  test('a change whose texts are lost is answered as a whole', async () => {
    const { review } = openReview();
    await review.sync(sessionOf(new RequestError('The copy is damaged.')));
    assert.deepEqual(
      PATHS.map((path) => review.file(path)?.kind),
      ['text', 'whole'],
    );
    review.dispose();
  });

  test('undo takes a keep back after what was typed since, and redo keeps again; the text is not touched', async () => {
    const path = await newFile('kept.txt', 'new\n');
    const document = await workspace.openTextDocument(path);
    const editor = await window.showTextDocument(document);
    const { review } = openReview(watchCurrentTexts);
    const keepUndo = createKeepUndo(review);
    const actions = createReviewActions({ review, keepUndo, sessions: { host: () => undefined } });
    const state = () => [document.getText(), document.isDirty, review.hunks(path).length];
    await review.sync(sessionOf(undefined, [path]));
    assert.deepEqual(state(), ['new\n', false, 1]);
    await actions.keep({ what: 'files', paths: [path], isMeant: () => true });
    assert.deepEqual(state(), ['new\n', false, 0]);
    editor.selection = new Selection(new Position(1, 0), new Position(1, 0));
    await commands.executeCommand('type', { text: 'mine' });
    assert.deepEqual(state(), ['new\nmine', true, 0]);
    // As keys that are pressed one after the other, faster than they are answered.
    await Promise.all([keepUndo.step('back'), keepUndo.step('back')]);
    assert.deepEqual(state(), ['new\n', false, 1]);
    await keepUndo.step('again');
    assert.deepEqual(state(), ['new\n', false, 0]);
    await keepUndo.step('again');
    assert.deepEqual(state(), ['new\nmine', true, 0]);
    // The editor's own command goes through the text alone.
    await commands.executeCommand('undo');
    await keepUndo.step('back');
    assert.deepEqual(state(), ['new\n', false, 1]);
    await commands.executeCommand('redo');
    assert.deepEqual(state(), ['new\nmine', true, 1]);
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    keepUndo.dispose();
    review.dispose();
  });

  test('a file that was moved is undone as one: its text first, then it is moved back, with its tab', async () => {
    const before = 'one\ntwo\nthree\n';
    const path = await newFile('moved.txt', before.replace('two', 'TWO'));
    const old = join(folder(), 'before-it-was-moved', 'old.txt');
    const { review } = openReview(watchCurrentTexts);
    const keepUndo = { note: () => undefined };
    const actions = createReviewActions({ review, keepUndo, sessions: { host: () => undefined } });
    await window.showTextDocument(await workspace.openTextDocument(path));
    const session = sessionWith([
      { path: old, change: 'deleted', before, after: null },
      { path, change: 'created', before: null, after: before.replace('two', 'TWO') },
    ]);
    await review.sync(session);
    assert.deepEqual(
      review.waiting().map((file) => [file.path, file.change, review.hunks(path).length]),
      [[path, 'renamed', 1]],
    );
    assert.equal(review.baseline(path), before);
    // Its last hunk is not all of it.
    await actions.keep({ what: 'hunks', paths: [path], isMeant: () => true });
    assert.deepEqual(
      [review.waiting().map(({ change }) => change), review.hunks(path).length],
      [['renamed'], 0],
    );
    assert.equal(actions.undoKeep(), true);
    await actions.undo({ what: 'files', paths: [path], isMeant: () => true });
    assert.deepEqual(review.waiting(), []);
    assert.equal(await readFile(old, 'utf8'), before);
    await assert.rejects(readFile(path), { code: 'ENOENT' });
    await until(() => window.activeTextEditor?.document.uri.fsPath === old);
    await commands.executeCommand('workbench.action.closeActiveEditor');
    review.dispose();
  });

  test('a picture that was moved is moved back, and a folder that the agent had made for it goes; one of the user’s stays', async () => {
    const [made, mine] = ['made-by-agent', 'made-by-user'].map((name) => join(folder(), name));
    assert.ok(made && mine);
    for (const each of [made, mine]) await mkdir(each, { recursive: true });
    const bytes = new Uint8Array([0, 159, 146, 150]);
    const [path, other] = [
      await newFile('made-by-agent/moved.png', bytes),
      await newFile('made-by-user/moved.png', bytes),
    ];
    const [old, otherOld] = [join(folder(), 'old-picture.png'), join(folder(), 'other-picture.png')];
    const { review } = openReview(watchCurrentTexts);
    const session = sessionWith([...picture('one', old, path), ...picture('two', otherOld, other)], {
      answer: answerMade(made),
    });
    const actions = createReviewActions({
      review,
      keepUndo: { note: () => undefined },
      sessions: { host: () => session as unknown as SessionHost },
    });
    await review.sync(session);
    assert.deepEqual(
      review.waiting().map((file) => [file.path, file.change, file.kind]),
      [path, other].map((each) => [each, 'renamed', 'whole']),
    );
    await actions.undo({ what: 'files', paths: [path, other], isMeant: () => true });
    assert.deepEqual(review.waiting(), []);
    assert.deepEqual([...(await readFile(old))], [...bytes]);
    assert.deepEqual([existsSync(made), existsSync(mine)], [false, true]);
    for (const each of [old, otherOld, mine]) await rm(each, { recursive: true });
    review.dispose();
  });

  test('cells of a notebook are kept and undone one by one, in the notebook itself where it is open', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((id) => ({ id, source: `print('${id}')` }));
    assert.ok(a && b && c);
    const before = toNotebook([a, b, c]);
    const after = toNotebook([{ ...a, source: 'changed()' }, { id: 'new', source: 'made()' }, b]);
    const path = await newFile('cells.ipynb', after);
    const { review } = openReview(watchCurrentTexts);
    const keepUndo = { note: () => undefined };
    const actions = createReviewActions({ review, keepUndo, sessions: { host: () => undefined } });
    await review.sync(sessionWith([{ path, change: 'modified', before, after }]));
    const waiting = () =>
      review.cells(path).map(({ base, current }) => [sourcesOf(base), sourcesOf(current)]);
    const [changed, made, gone] = [
      [[a.source], ['changed()']],
      [[], ['made()']],
      [[c.source], []],
    ];
    assert.deepEqual(waiting(), [changed, made, gone]);
    const uri = Uri.file(path);
    const undo = async (place: number): Promise<void> => {
      const choice = actions.choose('Hunk', [uri, place]);
      assert.ok(choice);
      await actions.undo(choice);
    };
    // In its text: what else stands there is as it was written.
    await undo(1);
    assert.equal(await readFile(path, 'utf8'), toNotebook([a, { id: 'new', source: 'made()' }, b]));
    assert.deepEqual(waiting(), [made, gone]);
    const notebook = await workspace.openNotebookDocument(uri);
    await window.showNotebookDocument(notebook);
    const texts = () => notebook.getCells().map(({ document }) => document.getText());
    assert.equal(hunksOfCell(notebook.cellAt(1), review).length, 1);
    assert.equal(hunksOfCell(notebook.cellAt(0), review).length, 0);
    // From one to the next, and from the last to the first again.
    for (const index of [1, 2, 1]) {
      await actions.go('next');
      await until(() => window.activeNotebookEditor?.selection.start === index);
    }
    await undo(2);
    assert.deepEqual([texts(), notebook.isDirty], [[a.source, b.source], false]);
    assert.deepEqual(waiting(), [gone]);
    await commands.executeCommand('undo');
    assert.deepEqual(texts(), [a.source, 'made()', b.source]);
    await notebook.save();
    await review.look(path);
    assert.deepEqual(waiting(), [made, gone]);
    await actions.keep({ what: 'hunks', paths: [path], isMeant: ({ base }) => base.length === 0 });
    assert.deepEqual(waiting(), [gone]);
    await actions.undo({ what: 'files', paths: [path], isMeant: () => true });
    assert.deepEqual(texts(), [a.source, 'made()', b.source, c.source]);
    assert.deepEqual(review.waiting(), []);
    await commands.executeCommand('workbench.action.closeActiveEditor');
    review.dispose();
  });

  test('unsaved changes of a notebook are looked at, stay when a cell is undone beside them, and a keep is an undo step', async () => {
    const [a, b] = ['a', 'b'].map((id) => ({ id, source: `print('${id}')` }));
    assert.ok(a && b);
    const [before, after] = [toNotebook([a, b]), toNotebook([{ ...a, source: 'changed()' }, b])];
    const path = await newFile('unsaved.ipynb', after);
    const { review } = openReview(watchCurrentTexts);
    const keepUndo = createKeepUndo(review);
    const actions = createReviewActions({ review, keepUndo, sessions: { host: () => undefined } });
    await review.sync(sessionWith([{ path, change: 'modified', before, after }]));
    const uri = Uri.file(path);
    const notebook = await workspace.openNotebookDocument(uri);
    await window.showNotebookDocument(notebook);
    const texts = () => notebook.getCells().map(({ document }) => document.getText());
    const waiting = () => review.cells(path).map(({ kind, current }) => [kind, ...sourcesOf(current)]);
    const write = async (edit: NotebookEdit): Promise<void> => {
      const edits = new WorkspaceEdit();
      edits.set(uri, [edit]);
      assert.equal(await workspace.applyEdit(edits), true);
      await until(() => notebook.isDirty);
    };
    const mine = new NotebookCellData(NotebookCellKind.Code, 'mine()', 'python');
    await write(NotebookEdit.insertCells(0, [mine]));
    assert.deepEqual(waiting(), [['pending', 'changed()']]);
    assert.deepEqual(
      notebook.getCells().map((cell) => hunksOfCell(cell, review).length),
      [0, 1, 0],
    );
    // The keep comes before what was done since, the other way round than it was done.
    await actions.keep({ what: 'files', paths: [path], isMeant: () => true });
    await write(NotebookEdit.deleteCells(new NotebookRange(2, 3)));
    assert.deepEqual([waiting(), texts()], [[], ['mine()', 'changed()']]);
    await keepUndo.step('back');
    await until(() => notebook.cellCount === 3);
    assert.deepEqual(waiting(), []);
    await keepUndo.step('back');
    assert.deepEqual([waiting(), texts()], [[['pending', 'changed()']], ['mine()', 'changed()', b.source]]);
    await keepUndo.step('again');
    assert.deepEqual(waiting(), []);
    await keepUndo.step('back');
    const choice = actions.choose('Hunk', [uri, 2]);
    assert.ok(choice);
    await actions.undo(choice);
    assert.deepEqual([texts(), notebook.isDirty], [['mine()', a.source, b.source], true]);
    assert.deepEqual([waiting(), await readFile(path, 'utf8')], [[], after]);
    // With what was put in it is written by the editor, as it was before.
    await notebook.save();
    await review.look(path);
    assert.deepEqual(waiting(), []);
    await commands.executeCommand('workbench.action.closeActiveEditor');
    keepUndo.dispose();
    review.dispose();
  });

  test('a notebook is compared with what stood there before, in the editor’s own comparison', async () => {
    const cell = { id: 'a', source: 'one()' };
    const [before, after] = [toNotebook([cell]), toNotebook([{ ...cell, source: 'two()' }])];
    const path = await newFile('compared.ipynb', after);
    const { review } = openReview(watchCurrentTexts);
    const scheme = 'belay-test-notebook';
    const registered = registerBaselineNotebooks(review, scheme);
    await review.sync(sessionWith([{ path, change: 'modified', before, after }]));
    const left = Uri.file(path).with({ scheme });
    await commands.executeCommand('vscode.diff', left, Uri.file(path), 'Compared');
    await until(() => window.tabGroups.activeTabGroup.activeTab?.input instanceof TabInputNotebookDiff);
    const open = await workspace.openNotebookDocument(left);
    assert.deepEqual(
      open.getCells().map(({ document }) => document.getText()),
      ['one()'],
    );
    await commands.executeCommand('workbench.action.closeActiveEditor');
    registered.dispose();
    review.dispose();
  });
}

function toNotebook(cells: readonly { readonly id: string; readonly source: string }[]): string {
  const written = cells.map(({ id, source }) => ({
    ...{ cell_type: 'code', execution_count: null, id, metadata: {} },
    outputs: [{ name: 'stdout', output_type: 'stream', text: ['printed\n', 'twice\n'] }],
    source: [source],
  }));
  const metadata = { language_info: { name: 'python' } };
  return `${JSON.stringify({ cells: written, metadata, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
}

function sourcesOf(lines: readonly string[]): readonly unknown[] {
  return lines.map((line) => JSON.parse(line).source);
}

/** A session that has changed these files in one call; the last can't be asked about where there is an error. */
function sessionOf(error: Error | undefined, paths: readonly string[] = PATHS): ReviewedSession {
  const changes = paths.map((path) => ({ path, change: 'modified', before: 'old\n', after: 'new\n' }));
  return sessionWith(changes, {
    answer: (_subtype, { path }) => (path === paths.at(-1) ? error : undefined),
  });
}

/** A picture that was moved; `id` is its content. */
function picture(id: string, from: string, to: string): readonly Changed[] {
  const none = { before: null, after: null, binary: true };
  return [
    { ...none, path: from, change: 'deleted', before_id: id },
    { ...none, path: to, change: 'created', after_id: id },
  ];
}

/** As a session answers that has made this folder. */
function answerMade(made: string): Answer {
  return (subtype, { paths, dry_run }) => {
    if (subtype !== 'rewind_files' || dry_run !== true) return undefined;
    const isMade = paths?.includes(made) === true;
    return {
      canRewind: true,
      folders: isMade ? [{ path: made, outcome: 'restored', change: 'deleted' }] : [],
    };
  };
}
