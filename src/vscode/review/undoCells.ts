/** Cells of a notebook as they were: in the notebook itself where an editor holds it, so that Ctrl+Z takes it back, else in its text. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type NotebookCell,
  NotebookCellData,
  type NotebookDocument,
  NotebookEdit,
  NotebookRange,
  Uri,
  WorkspaceEdit,
  workspace,
} from 'vscode';
import { diffLines } from '../../core/review/lineDiff.ts';
import { toNotebookLines } from '../../core/review/notebookText.ts';
import type { Lines } from '../../core/review/reviewText.ts';

/**
 * Makes the cells of a notebook those of this text and, where it had no unsaved changes, saves it. false: it could not be done. What
 * differs is told from the lines that stand there (notebookText.ts).
 */
export async function replaceCells(
  notebook: NotebookDocument,
  { before, text }: { readonly before: Lines; readonly text: string },
): Promise<boolean> {
  const { isDirty: wasDirty } = notebook;
  const after = toNotebookLines(text) ?? [];
  const wanted = await readNotebook(text);
  if (notebook.cellCount !== before.length - 1 || wanted.cellCount !== after.length - 1) return false;
  // From the last on, so that those before keep their places.
  const edits = diffLines(before.slice(1), after.slice(1))
    .toReversed()
    .map(({ leftStart, leftEnd, rightStart, rightEnd }) =>
      NotebookEdit.replaceCells(
        new NotebookRange(leftStart, leftEnd),
        wanted.getCells(new NotebookRange(rightStart, rightEnd)).map(toData),
      ),
    );
  if (before[0] !== after[0]) edits.push(NotebookEdit.updateNotebookMetadata(wanted.metadata));
  const edit = new WorkspaceEdit();
  edit.set(notebook.uri, edits);
  return (await workspace.applyEdit(edit)) && (wasDirty || (await notebook.save()));
}

/** As the editor reads it: how outputs are held there is known to nobody else. */
async function readNotebook(text: string): Promise<NotebookDocument> {
  const folder = await mkdtemp(join(tmpdir(), 'belay-notebook-'));
  try {
    const file = join(folder, 'before.ipynb');
    await writeFile(file, text);
    return await workspace.openNotebookDocument(Uri.file(file));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function toData({ kind, document, metadata, outputs, executionSummary }: NotebookCell): NotebookCellData {
  const data = new NotebookCellData(kind, document.getText(), document.languageId);
  data.metadata = metadata;
  data.outputs = [...outputs];
  if (executionSummary !== undefined) data.executionSummary = executionSummary;
  return data;
}
