/** A text that an earlier session left, in the editor again: an edit of the person's own, unsaved, that Ctrl+Z takes back. */
import { basename } from 'node:path';
import { Range, type Uri, WorkspaceEdit, window, workspace } from 'vscode';
import type { ChangedFile } from './showChanges.ts';

/** `change`: what was changed then; its right side is put back. Throws Error, saying why nothing was. */
export async function putBack(uri: Uri, { right, isBinary }: ChangedFile): Promise<void> {
  const name = basename(uri.fsPath);
  if (isBinary || right === null)
    throw new Error(`${name} was no text then, so it can't be put into an editor.`);
  const edit = new WorkspaceEdit();
  const isThere = await workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
  if (isThere) {
    const document = await workspace.openTextDocument(uri);
    edit.replace(uri, new Range(0, 0, document.lineCount, 0), right);
  } else {
    edit.createFile(uri, { contents: new TextEncoder().encode(right) });
  }
  if (!(await workspace.applyEdit(edit))) throw new Error(`The editor did not take the text of ${name}.`);
  await window.showTextDocument(await workspace.openTextDocument(uri));
}
