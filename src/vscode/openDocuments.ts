/** Which files the editor holds: those shown in a tab, and those with unsaved changes in any kind of editor. */
import { realpathSync } from 'node:fs';
import {
  type NotebookDocument,
  TabInputCustom,
  TabInputNotebook,
  TabInputText,
  TabInputTextDiff,
  type TextDocument,
  type Uri,
  window,
  workspace,
} from 'vscode';

/** The text document of this file when it stands in a tab or has unsaved changes; others are no better than the disk. */
export function findDocument(path: string): TextDocument | undefined {
  const isFile = createFileMatcher(path);
  const document = workspace.textDocuments.find((each) => isFile(each.uri));
  if (document === undefined) return undefined;
  return document.isDirty || isShown(document.uri) ? document : undefined;
}

/** Whether a text, notebook or custom editor holds changes of this file that are not on the disk. */
export function hasUnsavedChanges(path: string): boolean {
  const isFile = createFileMatcher(path);
  const isDirtyFile = (document: TextDocument | NotebookDocument): boolean =>
    document.isDirty && isFile(document.uri);
  return (
    workspace.textDocuments.some(isDirtyFile) ||
    workspace.notebookDocuments.some(isDirtyFile) ||
    dirtyCustomEditors().some(isFile)
  );
}

/** Files are the same when their real paths are: a document may have been opened through a link. */
export function createFileMatcher(path: string): (uri: Uri) => boolean {
  let real: string | undefined;
  return (uri) => {
    if (uri.scheme !== 'file') return false;
    if (uri.fsPath === path) return true;
    real ??= realPath(path);
    return realPath(uri.fsPath) === real;
  };
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

/** In a tab, visible or not. */
export function isShown(uri: Uri): boolean {
  const wanted = uri.toString();
  return tabInputs().some((input) => {
    if (input instanceof TabInputText) return input.uri.toString() === wanted;
    if (input instanceof TabInputTextDiff) return input.modified.toString() === wanted;
    return false;
  });
}

function dirtyCustomEditors(): Uri[] {
  const tabs = window.tabGroups.all.flatMap((group) => group.tabs).filter((tab) => tab.isDirty);
  return tabs.flatMap(({ input }) =>
    input instanceof TabInputCustom || input instanceof TabInputNotebook ? [input.uri] : [],
  );
}

function tabInputs(): unknown[] {
  return window.tabGroups.all.flatMap((group) => group.tabs).map((tab) => tab.input);
}
