/** Writes a text without what was undone: through its document, so that Ctrl+Z takes it back, where that can hold the file as it is. */
import { EndOfLine, Range, type TextDocument, type Uri, WorkspaceEdit, workspace } from 'vscode';
import { replaceLines } from '../../core/review/rawLines.ts';
import { decodeText, encodeText } from '../../core/tools/textEncoding.ts';
import { isSame, toBytes } from '../documentText.ts';
import { toTextReplacements } from '../textEdits.ts';
import type { Undoing } from './review.ts';

/** What went wrong, for a person; undefined: nothing. */
export async function applyUndo(document: TextDocument, undoing: Undoing): Promise<string | undefined> {
  const { uri, isDirty: wasDirty } = document;
  if (!wasDirty && !(await isAsOnDisk(document))) return applyOnDisk(uri, undoing);
  const after = undoing.after.join('').replaceAll('\n', document.eol === EndOfLine.CRLF ? '\r\n' : '\n');
  const edit = new WorkspaceEdit();
  for (const { start, end, text } of toTextReplacements(document.getText(), after))
    edit.replace(uri, new Range(document.positionAt(start), document.positionAt(end)), text);
  if (!(await workspace.applyEdit(edit)))
    return `${uri.fsPath} was being edited at the same moment. Try again.`;
  undoing.done();
  if (wasDirty || (await document.save()) || !document.isDirty) return undefined;
  return `${uri.fsPath} could not be saved: it may be read-only or changed on disk. What was undone stands in the editor.`;
}

/** Whether a save would write nothing else than what is changed: not where line ends are mixed, or the encoding is another one. */
async function isAsOnDisk(document: TextDocument): Promise<boolean> {
  const onDisk = await workspace.fs.readFile(document.uri).then(
    (bytes) => bytes,
    () => undefined,
  );
  return onDisk === undefined || isSame(await toBytes(document, document.getText()), onDisk);
}

/** The document follows by itself. */
async function applyOnDisk(uri: Uri, undoing: Undoing): Promise<string | undefined> {
  const decoded = decodeText(await workspace.fs.readFile(uri));
  const text = decoded === undefined ? undefined : replaceLines(decoded.text, undoing);
  const encoded = decoded === undefined || text === undefined ? undefined : encodeText(text, decoded);
  if (encoded?.kind !== 'encoded') return `${uri.fsPath} was changed at the same moment. Try again.`;
  try {
    await workspace.fs.writeFile(uri, encoded.bytes);
  } catch {
    return `${uri.fsPath} could not be written: it may be read-only.`;
  }
  undoing.done();
  return undefined;
}
