/** Takes back what an agent has made of a file: hunks of its text, cells, where it stands, or all of it. */
import { FileSystemError, type NotebookDocument, Uri, WorkspaceEdit, window, workspace } from 'vscode';
import { toOutline } from '../../core/review/notebookCells.ts';
import { writeNotebook } from '../../core/review/notebookText.ts';
import { type Hunk, isSamePlace } from '../../core/review/reviewText.ts';
import { hasUnsavedChanges } from '../openDocuments.ts';
import type { OpenSessions } from '../openSessions.ts';
import { applyUndo } from './applyUndo.ts';
import { findNotebook } from './editedNotebooks.ts';
import { removeMadeFolders } from './madeFolders.ts';
import type { Meant, Review, Undoing } from './review.ts';
import { isNotebook, type PartedFile, type RenamedFile } from './reviewFiles.ts';
import { replaceCells } from './undoCells.ts';

export interface UndoDeps {
  readonly review: Review;
  readonly sessions: Pick<OpenSessions, 'host'>;
}

/** What went wrong, for a person; undefined: nothing. */
export async function undoInFile(
  path: string,
  { isMeant, what }: { readonly isMeant: (hunk: Hunk) => boolean; readonly what: Meant },
  deps: UndoDeps,
): Promise<string | undefined> {
  const { review } = deps;
  await review.look(path);
  const file = review.file(path);
  if (file === undefined) return undefined;
  if (file.kind === 'whole') return file.change === 'renamed' ? moveBack(file, deps) : undoWhole(path, deps);
  if (file.change === 'deleted') return undoWhole(path, deps);
  if (review.current(path) === undefined) return `${path} is not there any more.`;
  const isMovedBack = file.change === 'renamed' && what === 'files' && review.parts(path).every(isMeant);
  if (isMovedBack && hasUnsavedChanges(path))
    return `${path} has unsaved changes. Save it, then undo it again.`;
  const undoneIn = file.kind === 'notebook' ? undoInNotebook : undoInText;
  const undone = await undoneIn(file, isMeant, deps);
  if (undone.kind !== 'done') return undone.kind === 'failed' ? undone.problem : undefined;
  return file.change === 'renamed' && isMovedBack ? moveBack(file, deps) : undefined;
}

type Undone =
  | { readonly kind: 'done' }
  /** The person would rather keep it. */
  | { readonly kind: 'left' }
  | { readonly kind: 'failed'; readonly problem: string };

async function undoInText(
  { path, change }: PartedFile,
  isMeant: (hunk: Hunk) => boolean,
  deps: UndoDeps,
): Promise<Undone> {
  const { review } = deps;
  // From here on its text is the document's, whoever changes it.
  const document = await workspace.openTextDocument(Uri.file(path));
  const isAll = review.hunks(path).every(isMeant);
  const mixed = review.hunks(path).filter((hunk) => hunk.kind === 'mixed' && isMeant(hunk));
  if (!(await confirmLoss(mixed, path))) return { kind: 'left' };
  const undoing = review.undoing(path, isMeant);
  if (change === 'created' && isAll && (undoing?.after ?? review.current(path))?.length === 0)
    return toUndone(await removeCreated(path, deps));
  return toUndone(undoing === undefined ? undefined : await applyUndo(document, undoing));
}

async function undoInNotebook(
  { path }: PartedFile,
  isMeant: (hunk: Hunk) => boolean,
  deps: UndoDeps,
): Promise<Undone> {
  const { review } = deps;
  const notebook = findNotebook(path);
  const isAll = review.parts(path).every(isMeant);
  const meant = review.parts(path).filter((hunk) => isMeant(hunk) && (isAll || !isNotebookItself(hunk)));
  const mixed = meant.filter(({ kind }) => kind === 'mixed');
  if (!(await confirmLoss(mixed, path))) return { kind: 'left' };
  const undoing = review.undoing(path, (hunk) => meant.some((each) => isSamePlace(each, hunk)));
  if (undoing === undefined) return { kind: 'done' };
  if (undoing.after.length === 0) return toUndone(await removeCreated(path, deps));
  const text = writeNotebook((review.current(path) ?? []).join(''), undoing.after);
  const problem = await writeCells(path, { notebook, undoing, text });
  await review.look(path);
  return toUndone(problem);
}

function toUndone(problem: string | undefined): Undone {
  return problem === undefined ? { kind: 'done' } : { kind: 'failed', problem };
}

async function writeCells(
  path: string,
  {
    notebook,
    undoing,
    text,
  }: {
    readonly notebook: NotebookDocument | undefined;
    readonly undoing: Undoing;
    readonly text: string;
  },
): Promise<string | undefined> {
  if (notebook === undefined) {
    const document = await workspace.openTextDocument(Uri.file(path));
    return applyUndo(document, { ...undoing, after: [text] });
  }
  if (!(await replaceCells(notebook, { before: undoing.before, text })))
    return `${path} could not be changed: it may be read-only, or was being edited at the same moment.`;
  undoing.done();
  return undefined;
}

/** Of a notebook that was made, all but its cells goes with the last of them. */
function isNotebookItself({ currentStart, base }: Hunk): boolean {
  return currentStart === 0 && base.length === 0;
}

/** Without what other extensions do when a person moves a file (imports, for instance): that is the agent's to undo as well. */
async function moveBack({ path, from, sessionId }: RenamedFile, deps: UndoDeps): Promise<string | undefined> {
  const { review, sessions } = deps;
  try {
    await workspace.fs.rename(Uri.file(path), Uri.file(from.path), { overwrite: false });
  } catch (error) {
    if (error instanceof FileSystemError && error.code === 'FileExists')
      return `${path} was not moved back: there is another ${from.path} by now.`;
    return `${path} could not be moved back to ${from.path}.`;
  }
  await Promise.all([review.look(path), review.look(from.path)]);
  review.forget(path);
  await removeMadeFolders(path, sessions.host(sessionId));
  return undefined;
}

/** Lines the user has written over the agent's would go with them. */
async function confirmLoss(hunks: readonly Hunk[], path: string): Promise<boolean> {
  const users = hunks.filter(({ current }) => current.length > 0);
  if (users.length === 0) return true;
  const detail = users
    .map(({ current }) => (isNotebook(path) ? toOutline(current) : current.join('')))
    .join('…\n')
    .slice(0, 1000);
  const message = `You have changed what Belay wrote in ${path}. To undo it takes these lines of yours, too:`;
  const chosen = await window.showWarningMessage(message, { modal: true, detail }, 'Undo Both');
  return chosen === 'Undo Both';
}

async function removeCreated(path: string, { review, sessions }: UndoDeps): Promise<string | undefined> {
  const file = review.file(path);
  const edit = new WorkspaceEdit();
  edit.deleteFile(Uri.file(path), { ignoreIfNotExists: true });
  if (!(await workspace.applyEdit(edit))) return `${path} could not be removed.`;
  await review.look(path);
  if (file !== undefined) await removeMadeFolders(path, sessions.host(file.sessionId));
  return undefined;
}

/** By the checkpoints: bytes, mode and names as they were. */
async function undoWhole(path: string, { review, sessions }: UndoDeps): Promise<string | undefined> {
  const file = review.file(path);
  if (file === undefined) return undefined;
  const host = sessions.host(file.sessionId);
  if (host === undefined) return `Open the session that has changed ${path}, then undo it.`;
  const answer = await host.request('rewind_files', { checkpoint_id: file.checkpointId, paths: [path] });
  const outcome = answer.files?.find((each) => each.path === path);
  if (!answer.canRewind || outcome?.outcome === 'conflicted' || outcome?.outcome === 'skipped')
    return outcome?.reason ?? answer.error ?? `${path} could not be undone.`;
  review.forget(path);
  return undefined;
}
