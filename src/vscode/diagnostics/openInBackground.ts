/** Documents that no editor shows: opened so that language servers see the file. VS Code closes them again by itself. */
import { stat } from 'node:fs/promises';
import { type NotebookDocument, type TextDocument, Uri, workspace } from 'vscode';
import { createFileMatcher } from '../openDocuments.ts';

/** A file as language servers see it: what they look at of a notebook are its cells. */
export type SeenFile =
  | { readonly kind: 'text'; readonly document: TextDocument; readonly isFresh: boolean }
  | { readonly kind: 'notebook'; readonly notebook: NotebookDocument; readonly isFresh: boolean };

/** Servers have little to say about longer files, and reading them takes long. Bytes. */
const MAX_BYTES = 5 * 1024 * 1024;

/** `isFresh`: it was not open before. undefined: it isn't there, is no text, or is too long. */
export async function openInBackground(path: string): Promise<SeenFile | undefined> {
  const isFile = createFileMatcher(path);
  const notebook = workspace.notebookDocuments.find(({ uri }) => isFile(uri));
  if (notebook !== undefined) return { kind: 'notebook', notebook, isFresh: false };
  const document = workspace.textDocuments.find(({ uri }) => isFile(uri));
  if (document !== undefined) return { kind: 'text', document, isFresh: false };
  try {
    if ((await stat(path)).size > MAX_BYTES) return undefined;
    const uri = Uri.file(path);
    if (path.endsWith('.ipynb')) {
      return { kind: 'notebook', notebook: await workspace.openNotebookDocument(uri), isFresh: true };
    }
    return { kind: 'text', document: await workspace.openTextDocument(uri), isFresh: true };
  } catch {
    // Not there, a folder, binary: nothing that a server would look at.
    return undefined;
  }
}

/** In order. */
export function documentsOf(seen: SeenFile): readonly TextDocument[] {
  return seen.kind === 'text' ? [seen.document] : seen.notebook.getCells().map(({ document }) => document);
}

/** Another one whenever the text has changed. A notebook's own is that of its cells' arrangement; each cell has one beside it. */
export function versionOf(seen: SeenFile): number {
  const own = seen.kind === 'text' ? 0 : seen.notebook.version;
  return documentsOf(seen).reduce((sum, { version }) => sum + version, own);
}

export function lineCountOf(seen: SeenFile): number {
  return documentsOf(seen).reduce((sum, { lineCount }) => sum + lineCount, 0);
}
