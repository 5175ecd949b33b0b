// What the language servers of a real window find, before and after a file is changed.

import { strict as assert } from 'node:assert';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  commands,
  Diagnostic,
  DiagnosticSeverity,
  languages,
  Range,
  type TextDocument,
  Uri,
  window,
  workspace,
} from 'vscode';
import { createNodeClock } from '../../src/node/clock.ts';
import { createNodeFileSystem } from '../../src/node/fileSystem.ts';
import type { Problem } from '../../src/protocol/problems.ts';
import { createEditorDiagnostics } from '../../src/vscode/diagnostics/editorDiagnostics.ts';
import { createDocumentFileSystem } from '../../src/vscode/documentFileSystem.ts';
import type { TestFunction } from './suite.ts';
import { folder, newFile } from './workspaceFiles.ts';

const files = createDocumentFileSystem(createNodeFileSystem({ platform: 'linux' }));
const never = new AbortController().signal;

export default function diagnosticsSuite(test: TestFunction): void {
  test('a server says what is wrong with a file that nobody has open, after it is changed, and not what was before', async () => {
    using watched = watch();
    using _linter = lint();
    const path = await newFile('lint-closed.md', 'bad one\nfine\n');
    const before = await watched.diagnostics.before(path, never);
    assert.ok(before);
    assert.deepEqual(before.problems, [problem(1, 'bad one')]);
    await files.writeFile(path, bytes('more\nbad one\nbad two\n'));
    const after = await watched.diagnostics.after(before, never);
    assert.deepEqual(after.problems, [problem(2, 'bad one'), problem(3, 'bad two')]);
    assert.equal(after.lineCount, 4);
    assert.equal(
      window.visibleTextEditors.some(({ document }) => document.uri.fsPath === path),
      false,
    );
  }, 60_000);

  test('a file that is open in an editor is asked about as it stands there', async () => {
    using watched = watch();
    using _linter = lint();
    const path = await newFile('lint-open.md', 'fine\n');
    await window.showTextDocument(await workspace.openTextDocument(Uri.file(path)));
    const before = await watched.diagnostics.before(path, never);
    assert.deepEqual(before?.problems, []);
    await files.writeFile(path, bytes('fine\nbad\n'));
    assert.deepEqual((await watched.diagnostics.after(before, never)).problems, [problem(2, 'bad')]);
    await commands.executeCommand('workbench.action.closeAllEditors');
  }, 60_000);

  test('of a file that is made all is new, and of one that is gone nothing is left', async () => {
    using watched = watch();
    using _linter = lint();
    const path = join(folder(), 'lint-made.md');
    const before = await watched.diagnostics.before(path, never);
    assert.deepEqual(before, { path, problems: [], isKnown: true, lineCount: 0, waitedMs: 0 });
    await files.writeFile(path, bytes('bad\n'));
    assert.deepEqual((await watched.diagnostics.after(before, never)).problems, [problem(1, 'bad')]);
    await rm(path);
  }, 60_000);

  test('hints and information are not told', async () => {
    using watched = watch();
    const path = await newFile('lint-hints.md', 'x\n');
    const collection = languages.createDiagnosticCollection('hints');
    const range = new Range(0, 0, 0, 1);
    collection.set(Uri.file(path), [
      new Diagnostic(range, 'hint', DiagnosticSeverity.Hint),
      new Diagnostic(range, 'information', DiagnosticSeverity.Information),
      Object.assign(new Diagnostic(range, 'warning', DiagnosticSeverity.Warning), {
        source: 'w',
        code: { value: 7, target: Uri.parse('https://example.com') },
      }),
    ]);
    assert.deepEqual((await watched.diagnostics.before(path, never))?.problems, [
      { severity: 'warning', line: 1, column: 1, message: 'warning', source: 'w', code: '7' },
    ]);
    collection.dispose();
  }, 60_000);

  test('a call that is stopped does not wait', async () => {
    using watched = watch();
    const path = await newFile('never.json', '{}\n');
    const stop = new AbortController();
    const waiting = watched.diagnostics.after(
      { path, problems: [], isKnown: true, version: 99, lineCount: 1, waitedMs: -60_000 },
      stop.signal,
    );
    stop.abort();
    assert.deepEqual((await waiting).problems, []);
  }, 5000);

  test('the server for JSON that comes with VS Code is heard of a file in a tab', async () => {
    using watched = watch();
    const path = await newFile('real.json', '{\n');
    const document = await workspace.openTextDocument(Uri.file(path));
    await window.showTextDocument(document);
    await until(() => languages.getDiagnostics(document.uri).length > 0);
    await files.writeFile(path, bytes('{ "a": 1 }\n'));
    await until(() => languages.getDiagnostics(document.uri).length === 0);
    const before = await watched.diagnostics.before(path, never);
    assert.ok(before);
    assert.deepEqual(before.problems, []);
    await files.writeFile(path, bytes('{ "a": }\n'));
    const { problems } = await watched.diagnostics.after(before, never);
    assert.deepEqual(
      problems.map(({ severity, line, message }) => ({ severity, line, message })),
      [{ severity: 'error', line: 1, message: 'Value expected' }],
    );
    await commands.executeCommand('workbench.action.closeAllEditors');
  }, 60_000);

  for (const { name, good, bad, message } of [
    { name: 'closed.json', good: '{ "a": 1 }\n', bad: '{ "a": }\n', message: 'Value expected' },
    {
      name: 'closed.css',
      good: 'a { color: red; }\n',
      bad: 'a { color: ; }\n',
      message: 'property value expected',
    },
  ]) {
    test(`the server for ${name} is heard of a file that nobody has open, and nothing is shown of it`, async () => {
      using watched = watch();
      const looked = await newFile('looked-at.md', 'what a person looks at\n');
      const editor = await window.showTextDocument(await workspace.openTextDocument(looked));
      const path = await newFile(name, bad);
      const shown: string[] = [];
      const watching = window.onDidChangeVisibleTextEditors((editors) =>
        shown.push(...editors.map(({ document }) => document.uri.fsPath)),
      );
      let broken = await watched.diagnostics.before(path, never);
      // The server takes its time to start.
      while (broken?.problems.length === 0) broken = await watched.diagnostics.before(path, never);
      assert.ok(broken);
      assert.deepEqual(toLines(broken.problems), [[1, message]]);
      await files.writeFile(path, bytes(good));
      assert.deepEqual((await watched.diagnostics.after(broken, never)).problems, []);
      const fine = await watched.diagnostics.before(path, never);
      assert.ok(fine);
      assert.deepEqual([fine.problems, fine.isKnown], [[], true]);
      await files.writeFile(path, bytes(`\n${bad}`));
      assert.deepEqual(toLines((await watched.diagnostics.after(fine, never)).problems), [[2, message]]);
      watching.dispose();
      assert.equal(window.activeTextEditor, editor);
      assert.deepEqual(
        shown.filter((each) => each === path),
        [],
      );
      const tabs = window.tabGroups.all.flatMap((group) => group.tabs.map(({ label }) => label));
      assert.deepEqual(tabs, ['looked-at.md']);
      await commands.executeCommand('workbench.action.closeAllEditors');
    }, 60_000);
  }

  test('the server for TypeScript that comes with VS Code is asked, also of a file that stands in no tab', async () => {
    using watched = watch();
    const path = await newFile('real.ts', 'export const a: number = 1;\n');
    const unhurried = async () => {
      let before = await watched.diagnostics.before(path, never);
      // The server takes its time to start.
      while (before?.isKnown !== true) before = await watched.diagnostics.before(path, never);
      return before;
    };
    const before = await unhurried();
    assert.deepEqual(before.problems, []);
    await files.writeFile(path, bytes("\nexport const a: number = 'one';\n"));
    const { problems } = await watched.diagnostics.after(before, never);
    assert.deepEqual(
      problems.map(({ severity, line, column, source, code }) => ({ severity, line, column, source, code })),
      [{ severity: 'error', line: 2, column: 14, source: 'ts', code: '2322' }],
    );
  }, 60_000);

  test('the cells of a notebook are looked at each', async () => {
    using watched = watch();
    using _linter = lint();
    const path = await newFile('lint.ipynb', notebook(['ok', 'ok']));
    const before = await watched.diagnostics.before(path, never);
    assert.deepEqual(before?.problems, []);
    await files.writeFile(path, bytes(notebook(['ok', 'ok\nbad'])));
    const { problems } = await watched.diagnostics.after(before, never);
    assert.deepEqual(problems, [{ ...problem(2, 'bad'), cell: 2 }]);
  }, 60_000);
}

/** How soon the editor and its servers are ready is not what is tested. */
const SLOWER = 6;
const clock = createNodeClock();
const slowClock = {
  monotonic: () => clock.monotonic() / SLOWER,
  sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms * SLOWER, signal),
};

function watch() {
  const diagnostics = createEditorDiagnostics(slowClock);
  return { diagnostics, [Symbol.dispose]: () => void diagnostics.dispose() };
}

/** The test's own limit ends the wait. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Says of each line with "bad" that it is, as soon as a document is opened or changed. */
function lint() {
  const collection = languages.createDiagnosticCollection('lint');
  const look = (document: TextDocument): void => {
    if (!/lint/.test(document.uri.path)) return;
    const lines = document.getText().split(/\r?\n/);
    collection.set(
      document.uri,
      lines.flatMap((line, index) =>
        line.includes('bad') ? [new Diagnostic(new Range(index, 0, index, line.length), line)] : [],
      ),
    );
  };
  const opening = workspace.onDidOpenTextDocument(look);
  const changing = workspace.onDidChangeTextDocument(({ document }) => look(document));
  return {
    [Symbol.dispose]() {
      for (const each of [collection, opening, changing]) each.dispose();
    },
  };
}

function toLines(problems: readonly Problem[]): unknown[] {
  return problems.map(({ line, message }) => [line, message]);
}

function problem(line: number, message: string): Problem {
  return { severity: 'error', line, column: 1, message };
}

function notebook(sources: readonly string[]): string {
  const cells = sources.map((source, index) => ({
    cell_type: 'code',
    id: `c${index}`,
    source: [source],
    metadata: {},
    outputs: [],
    execution_count: null,
  }));
  return JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }, null, 1);
}

function bytes(content: string): Uint8Array {
  return new Uint8Array(Buffer.from(content));
}
