/**
 * The file system as somebody at the editor sees it. A file with unsaved changes is read as it stands in the editor. A file
 * that is open or dirty is written through its document and saved, so that Ctrl+Z takes the change back, cursors and folds
 * stay, and what runs on save (formatters) runs; what that makes of the text is reported. The rest goes to the disk.
 */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { Range, type TextDocument, TextEdit, WorkspaceEdit, workspace } from 'vscode';
import { FileError, type FileSystem, type WriteOptions, type WriteOutcome } from '../core/ports.ts';
import { withFileErrors } from '../node/fileErrors.ts';
import { isMissing } from '../node/fileOperations.ts';
import { isSame, lineEndOf, toBytes, toText, withLineEnds } from './documentText.ts';
import { findDocument, hasUnsavedChanges } from './openDocuments.ts';
import { toTextReplacements } from './textEdits.ts';
import type { UserSaves } from './userSaves.ts';

/** `disk` is asked for everything that no document holds. */
export function createDocumentFileSystem(
  disk: FileSystem,
  saves: Pick<UserSaves, 'without'> = { without: (_path, task) => task() },
): FileSystem {
  return {
    ...disk,
    hasUnsavedChanges: async (path) => hasUnsavedChanges(path),

    async readFile(path, options = {}) {
      const document = findDocument(path);
      if (document?.isDirty !== true) return disk.readFile(path, options);
      const bytes = await toBytes(document, document.getText());
      if (bytes.length <= (options.maxBytes ?? Number.POSITIVE_INFINITY)) return bytes;
      throw new FileError('EFBIG', path, `${path} is larger than ${options.maxBytes} bytes.`);
    },

    async writeFile(path, bytes, options) {
      const document = findDocument(path);
      if (document === undefined) {
        if (hasUnsavedChanges(path)) throw unsaved(path);
        return disk.writeFile(path, bytes, options);
      }
      const text = await toText(document, bytes);
      if (document.isDirty) {
        if (text === undefined) throw unsaved(path);
        return saves.without(document.uri.fsPath, () =>
          writeThrough(document, { path, text, bytes, disk, options }),
        );
      }
      // A clean document that can't hold exactly these bytes (mixed line ends, another encoding), or that the disk has
      // left behind, follows the disk by itself.
      const canHold = text !== undefined && isSame(await toBytes(document, text), bytes);
      const isInStep = canHold && (await isAsOnDisk(document, path, disk));
      if (!isInStep) return disk.writeFile(path, bytes, options);
      return saves.without(document.uri.fsPath, () =>
        writeThrough(document, { path, text, bytes, disk, options }),
      );
    },
  };
}

interface Write {
  readonly path: string;
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly disk: FileSystem;
  readonly options: WriteOptions | undefined;
}

async function writeThrough(
  document: TextDocument,
  { path, text, bytes, disk, options }: Write,
): Promise<WriteOutcome> {
  const expected = options?.expectedRealPath;
  if (expected !== undefined && (await disk.realPath(path)) !== expected) {
    throw new FileError('ESTALE', path, `${path} leads somewhere else than it did a moment ago.`);
  }
  if (options?.mode === undefined) await refuseReadOnly(path);
  const before = document.getText();
  if (!(await replaceText(document, text))) {
    throw new FileError('EBUSY', path, `${path} was being edited at the same moment. Read it again.`);
  }
  if (document.isDirty && !(await document.save()) && document.isDirty) {
    await replaceText(document, before);
    throw new FileError(
      'EBUSY',
      path,
      `The editor could not save ${path}. It may be read-only or changed on disk.`,
    );
  }
  if (options?.mode !== undefined) await disk.setMode(path, options.mode);
  const saved = await disk.readFile(path);
  return { bytes: saved, changedOnSave: !isSame(saved, bytes) };
}

/** Before the document is touched: a save that fails shows an alarm, and leaves the document with unsaved changes. */
function refuseReadOnly(path: string): Promise<void> {
  return withFileErrors(path, async () => {
    try {
      await access(path, constants.W_OK);
    } catch (error) {
      // A file that was deleted under its document comes back with the save.
      if (!isMissing(error)) throw error;
    }
  });
}

/** Changes only what differs; false when the document was changed while the edit was on its way. */
async function replaceText(document: TextDocument, text: string): Promise<boolean> {
  const eol = lineEndOf(text) ?? document.eol;
  const target = withLineEnds(text, document.eol);
  const edits = toTextReplacements(document.getText(), target).map(
    ({ start, end, text: inserted }) =>
      new TextEdit(new Range(document.positionAt(start), document.positionAt(end)), inserted),
  );
  if (eol !== document.eol) edits.push(TextEdit.setEndOfLine(eol));
  if (edits.length === 0) return true;
  const edit = new WorkspaceEdit();
  edit.set(document.uri, edits);
  return workspace.applyEdit(edit);
}

async function isAsOnDisk(document: TextDocument, path: string, disk: FileSystem): Promise<boolean> {
  const onDisk = await disk.readFile(path).catch(() => undefined);
  return onDisk !== undefined && isSame(await toBytes(document, document.getText()), onDisk);
}

function unsaved(path: string): FileError {
  return new FileError(
    'EBUSY',
    path,
    `${path} has unsaved changes in an editor. Ask the user to save it first.`,
  );
}
