// The file system of the editor on real documents, saved by the real editor.

import { strict as assert } from 'node:assert';
import { readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ConfigurationTarget,
  commands,
  type Disposable,
  languages,
  Position,
  Range,
  Selection,
  type TextDocument,
  TextEdit,
  Uri,
  WorkspaceEdit,
  window,
  workspace,
} from 'vscode';
import { FileError } from '../../src/core/ports.ts';
import { createNodeFileSystem } from '../../src/node/fileSystem.ts';
import { createDocumentFileSystem } from '../../src/vscode/documentFileSystem.ts';
import type { TestFunction } from './suite.ts';
import { folder, newFile } from './workspaceFiles.ts';

const files = createDocumentFileSystem(createNodeFileSystem({ platform: 'linux' }));

export default function documentFileSystemSuite(test: TestFunction): void {
  test('a file that no editor holds is read and written on the disk', async () => {
    const path = await newFile('plain.txt', 'one\n');
    assert.deepEqual(await files.writeFile(path, bytes('two\n')), {
      bytes: bytes('two\n'),
      changedOnSave: false,
    });
    assert.equal(await onDisk(path), 'two\n');
    assert.equal(await files.hasUnsavedChanges(path), false);
  });

  test('unsaved text is what is read', async () => {
    const { path, document } = await openNew('unsaved.txt', 'saved\n');
    await insert(document, 'not ');
    assert.equal(await files.hasUnsavedChanges(path), true);
    assert.equal(text(await files.readFile(path)), 'not saved\n');
    await assert.rejects(files.readFile(path, { maxBytes: 3 }), { name: 'FileError', code: 'EFBIG' });
    await close();
  });

  test('a write to an open file goes through its document, and Ctrl+Z takes it back', async () => {
    const { path, document } = await openNew('open.txt', 'one\ntwo\nthree\n');
    const outcome = await files.writeFile(path, bytes('one\nTWO\nthree\n'));
    assert.deepEqual(outcome, { bytes: bytes('one\nTWO\nthree\n'), changedOnSave: false });
    assert.equal(document.getText(), 'one\nTWO\nthree\n');
    assert.equal(document.isDirty, false);
    assert.equal(await onDisk(path), 'one\nTWO\nthree\n');
    await commands.executeCommand('undo');
    assert.equal(document.getText(), 'one\ntwo\nthree\n');
    await close();
  });

  test('the cursor and the place in the file stay where they are', async () => {
    const lines = Array.from({ length: 200 }, (_, line) => `line ${line}\n`);
    const { path, editor } = await openNew('cursor.txt', lines.join(''));
    const cursor = new Position(100, 3);
    editor.selection = new Selection(cursor, cursor);
    editor.revealRange(new Range(cursor, cursor));
    const changed = ['first\n', ...lines.slice(1, 150), 'changed\n', ...lines.slice(151)].join('');
    await files.writeFile(path, bytes(changed));
    assert.deepEqual(editor.selection.active, cursor);
    assert.equal(window.activeTextEditor?.document.uri.fsPath, path);
    await close();
  });

  test('a write to a file with unsaved changes applies to what stands there, and saves', async () => {
    const { path, document } = await openNew('dirty.txt', 'a\nb\n');
    await insert(document, 'user\n');
    const seen = text(await files.readFile(path));
    await files.writeFile(path, bytes(seen.replace('b', 'B')));
    assert.equal(await onDisk(path), 'user\na\nB\n');
    assert.equal(document.isDirty, false);
    await close();
  });

  test('CRLF line ends are kept byte for byte', async () => {
    const { path } = await openNew('crlf.txt', 'a\r\nb\r\n');
    await files.writeFile(path, bytes('a\r\nB\r\n'));
    assert.equal(await onDisk(path), 'a\r\nB\r\n');
    await close();
  });

  test('other line ends are written when they are asked for', async () => {
    const { path } = await openNew('eol.txt', 'a\r\nb\r\n');
    await files.writeFile(path, bytes('a\nb\nc\n'));
    assert.equal(await onDisk(path), 'a\nb\nc\n');
    await close();
  });

  test('mixed line ends outside of the edit are kept', async () => {
    const { path, document } = await openNew('mixed.txt', 'a\r\nb\nc\r\n');
    await files.writeFile(path, bytes('a\r\nB\nc\r\n'));
    assert.equal(await onDisk(path), 'a\r\nB\nc\r\n');
    await until(() => document.getText().includes('B'), 'the document follows the disk');
    await close();
  });

  test('a byte order mark is kept', async () => {
    const { path, document } = await openNew('bom.txt', '\uFEFFa\n');
    assert.equal(document.encoding, 'utf8bom');
    await files.writeFile(path, bytes('\uFEFFb\n'));
    assert.equal(await onDisk(path), '\uFEFFb\n');
    assert.equal(document.getText(), 'b\n');
    await close();
  });

  test('UTF-16 is kept', async () => {
    const path = await newFile('utf16.txt', Buffer.from('\uFEFFgrüße\n', 'utf16le'));
    const { document } = await open(path);
    assert.equal(document.getText(), 'grüße\n');
    const wanted = Buffer.from('\uFEFFGrüße\n', 'utf16le');
    await files.writeFile(path, wanted);
    assert.deepEqual(await readFile(path), wanted);
    await insert(document, '!');
    assert.deepEqual(Buffer.from(await files.readFile(path)), Buffer.from('\uFEFF!Grüße\n', 'utf16le'));
    await close();
  });

  test('bytes that are no text in the encoding of the document go to the disk', async () => {
    const { path, document } = await openNew('binary.txt', 'text\n');
    const binary = Uint8Array.of(0xff, 0xfe, 0x00, 0x80);
    await files.writeFile(path, binary);
    assert.deepEqual(new Uint8Array(await readFile(path)), binary);
    assert.equal(document.isDirty, false);
    await close();
  });

  test('what runs on save runs, and what it made of the text is reported', async () => {
    const formatter = registerUppercase();
    await workspace.getConfiguration('editor').update('formatOnSave', true, ConfigurationTarget.Global);
    try {
      const { path } = await openNew('format.upper', 'a\n');
      const outcome = await files.writeFile(path, bytes('a\nb\n'));
      assert.deepEqual({ ...outcome, bytes: text(outcome.bytes) }, { bytes: 'A\nB\n', changedOnSave: true });
      assert.equal(await onDisk(path), 'A\nB\n');
      await close();
    } finally {
      formatter.dispose();
      await workspace
        .getConfiguration('editor')
        .update('formatOnSave', undefined, ConfigurationTarget.Global);
    }
  });

  test('a document that the disk has left behind does not bring old text back', async () => {
    const { path, document } = await openNew('stale.txt', 'old\nkeep\n');
    await writeFile(path, 'new\nkeep\n');
    await files.writeFile(path, bytes('newer\nkeep\n'));
    assert.equal(await onDisk(path), 'newer\nkeep\n');
    await until(() => document.getText() === 'newer\nkeep\n', 'the document follows the disk');
    await close();
  });

  test('a file opened through a link is the same file', async () => {
    const target = await newFile('target.txt', 'a\n');
    const link = join(folder(), 'link.txt');
    await symlink(target, link);
    const { document } = await open(link);
    await insert(document, 'user ');
    assert.equal(text(await files.readFile(target)), 'user a\n');
    assert.equal(await files.hasUnsavedChanges(await realpath(target)), true);
    await close();
  });

  test('a write that the editor cannot save fails, and the text stays the user’s', async () => {
    const { path, document } = await openNew('conflict.txt', 'a\n');
    await insert(document, 'user ');
    // A newer file on the disk than the one the document was read from: the editor refuses to save over it.
    await writeFile(path, 'somebody else was here\n');
    await assert.rejects(
      files.writeFile(path, bytes('agent a\n')),
      (error) => error instanceof FileError && error.code === 'EBUSY',
    );
    assert.equal(document.getText(), 'user a\n');
    assert.equal(await onDisk(path), 'somebody else was here\n');
    await close();
  });
}

async function open(path: string) {
  const document = await workspace.openTextDocument(Uri.file(path));
  const editor = await window.showTextDocument(document, { preview: false });
  return { document, editor, path };
}

async function openNew(name: string, content: string) {
  return open(await newFile(name, content));
}

/** Puts text at the start of a document, as a person would type it: unsaved. */
async function insert(document: TextDocument, inserted: string): Promise<void> {
  const edit = new WorkspaceEdit();
  edit.insert(document.uri, new Position(0, 0), inserted);
  assert.ok(await workspace.applyEdit(edit));
}

/** Closes the editor without saving. */
async function close(): Promise<void> {
  await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
}

function registerUppercase(): Disposable {
  return languages.registerDocumentFormattingEditProvider(
    { pattern: '**/*.upper' },
    {
      provideDocumentFormattingEdits(document) {
        const whole = new Range(new Position(0, 0), document.lineAt(document.lineCount - 1).range.end);
        return [TextEdit.replace(whole, document.getText().toUpperCase())];
      },
    },
  );
}

/** Waits for something the editor does by itself; the test's own limit ends the wait. */
async function until(isSo: () => boolean, what: string): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(isSo(), what);
}

function bytes(content: string): Uint8Array {
  return new Uint8Array(Buffer.from(content));
}

function text(content: Uint8Array): string {
  return Buffer.from(content).toString();
}

async function onDisk(path: string): Promise<string> {
  return readFile(path, 'utf8');
}
