/** Notebooks that an editor holds with unsaved changes, as they would stand on the disk. */
import { type NotebookCell, NotebookCellKind, type NotebookDocument, workspace } from 'vscode';
import * as z from 'zod';
import { type EditedCell, toEditedLines } from '../../core/review/editedNotebook.ts';
import { toNotebookLines, toNotebookText } from '../../core/review/notebookText.ts';
import type { Lines } from '../../core/review/reviewText.ts';

export interface EditedNotebooks {
  /** `saved`: what stands on the disk; the same where no editor has changed it. */
  get(path: string, saved: Lines): Lines;
}

interface Known {
  readonly saved: Lines;
  readonly versions: string;
  readonly lines: Lines;
}

export function createEditedNotebooks(): EditedNotebooks {
  const known = new WeakMap<NotebookDocument, Known>();
  return {
    get(path, saved) {
      const notebook = findNotebook(path);
      if (notebook?.isDirty !== true) return saved;
      const cells = notebook.getCells();
      const versions = `${notebook.version}: ${cells.map(({ document }) => document.version)}`;
      const last = known.get(notebook);
      if (last?.saved === saved && last.versions === versions) return last.lines;
      const before = toNotebookLines(saved.join(''));
      // What is no notebook on the disk is none that could be told of.
      const lines =
        before === undefined ? saved : [toNotebookText(toEditedLines(before, cells.map(toEditedCell)))];
      known.set(notebook, { saved, versions, lines });
      return lines;
    },
  };
}

export function findNotebook(path: string): NotebookDocument | undefined {
  return workspace.notebookDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === path);
}

/** As VS Code's own extension for .ipynb holds them. */
const metadataSchema = z.looseObject({ id: z.string().optional() });

function toEditedCell({ kind, document, metadata }: NotebookCell): EditedCell {
  const type = kind === NotebookCellKind.Markup ? 'markdown' : document.languageId === 'raw' ? 'raw' : 'code';
  const { data } = metadataSchema.safeParse(metadata);
  return { type, source: document.getText(), id: data?.id };
}
