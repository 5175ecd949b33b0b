/** What a person does with what waits: keep and undo, by hunk, file, turn or all; go from one to the next; look at all of it. */
import { basename } from 'node:path';
import {
  commands,
  EndOfLine,
  FileSystemError,
  type NotebookDocument,
  Range,
  type TextDocument,
  Uri,
  WorkspaceEdit,
  window,
  workspace,
} from 'vscode';
import { writeNotebook } from '../../core/review/notebookText.ts';
import { type Hunk, isSamePlace } from '../../core/review/reviewText.ts';
import type { OpenSessions } from '../openSessions.ts';
import { toTextReplacements } from '../textEdits.ts';
import { toBaselineUri } from './baseline.ts';
import type { KeepUndo } from './keepUndo.ts';
import type { KeptFile, Meant, Review, Undoing } from './review.ts';
import { type Choice, type ChoicePlace, pathsOf, toChoice } from './reviewChoice.ts';
import type { RenamedFile } from './reviewFiles.ts';
import { goToChange } from './reviewWalk.ts';
import { findNotebook, replaceCells } from './undoCells.ts';

export interface ReviewActions {
  /** What a command means; undefined: nothing that waits. */
  choose(place: ChoicePlace, args: readonly unknown[]): Choice | undefined;
  keep(choice: Choice): Promise<void>;
  undo(choice: Choice): Promise<void>;
  /** Takes the last keep back; false: it can't be, since the file is another one by now. */
  undoKeep(): boolean;
  /** From the cursor on, also in the next file. */
  go(direction: 'next' | 'previous'): Promise<void>;
  showAll(): Promise<void>;
  /** The file that a command means. */
  showFile(args: readonly unknown[]): Promise<void>;
}

export interface ReviewActionDeps {
  readonly review: Review;
  readonly sessions: Pick<OpenSessions, 'host'>;
  /** Learns of each keep. */
  readonly keepUndo: Pick<KeepUndo, 'note'>;
}

type UndoDeps = Pick<ReviewActionDeps, 'review' | 'sessions'>;

export function createReviewActions(deps: ReviewActionDeps): ReviewActions {
  const { review, keepUndo } = deps;
  const keeps: (readonly KeptFile[])[] = [];
  return {
    choose: (place, args) => toChoice(place, args, review),
    async keep({ paths, isMeant, what }) {
      const files: KeptFile[] = [];
      for (const path of paths) {
        await review.look(path);
        const kept = review.keep(path, (hunk) => isMeant(hunk, path), what);
        if (kept === undefined) continue;
        keepUndo.note(path, kept);
        files.push(kept);
      }
      keeps.push(files);
    },
    async undo({ paths, isMeant, what }) {
      const problems: string[] = [];
      for (const path of paths) {
        const problem = await undoIn(path, { isMeant: (hunk) => isMeant(hunk, path), what }, deps);
        if (problem !== undefined) problems.push(problem);
      }
      if (problems.length > 0) await window.showWarningMessage(`Belay: ${problems.join(' ')}`);
    },
    undoKeep: () => takeLastBack(keeps),
    go: (direction) => goToChange(direction, review),
    showAll: () => showAll(review),
    async showFile(args) {
      const [path] = pathsOf(args);
      if (path === undefined) return;
      const file = review.file(path);
      if (file?.kind !== 'text') return void (await commands.executeCommand('vscode.open', Uri.file(path)));
      const before = file.change === 'renamed' ? `${basename(file.from.path)} → ` : '';
      const title = `${before}${basename(path)} (Belay)`;
      const right = file.change === 'deleted' ? toBaselineUri(path, 'empty') : Uri.file(path);
      await commands.executeCommand('vscode.diff', toBaselineUri(path), right, title);
    },
  };
}

/** Those that were taken back in the editor are not the last any more. */
function takeLastBack(keeps: (readonly KeptFile[])[]): boolean {
  const files = keeps.pop();
  if (files === undefined) return false;
  if (!files.some(({ isKept }) => isKept)) return takeLastBack(keeps);
  return files.map((file) => file.back()).includes(true);
}

/** What went wrong; undefined: nothing. */
async function undoIn(
  path: string,
  { isMeant, what }: { readonly isMeant: (hunk: Hunk) => boolean; readonly what: Meant },
  deps: UndoDeps,
): Promise<string | undefined> {
  const { review } = deps;
  await review.look(path);
  const file = review.file(path);
  if (file === undefined) return undefined;
  if (file.kind === 'whole' || file.change === 'deleted') return undoWhole(path, deps);
  if (review.current(path) === undefined) return `${path} is not there any more.`;
  if (file.kind === 'notebook') return undoInNotebook(path, isMeant, review);
  // From here on its text is the document's, whoever changes it.
  const document = await workspace.openTextDocument(Uri.file(path));
  const isAll = review.hunks(path).every(isMeant);
  const mixed = review.hunks(path).filter((hunk) => hunk.kind === 'mixed' && isMeant(hunk));
  const isMovedBack = file.change === 'renamed' && what === 'files' && isAll;
  if (isMovedBack && document.isDirty) return `${path} has unsaved changes. Save it, then undo it again.`;
  if (!(await confirmLoss(mixed, path))) return undefined;
  const undoing = review.undoing(path, isMeant);
  if (file.change === 'created' && isAll && (undoing?.after ?? review.current(path))?.length === 0)
    return removeCreated(path, review);
  const problem = undoing === undefined ? undefined : await applyUndo(document, undoing);
  return isMovedBack && problem === undefined ? moveBack(file, review) : problem;
}

async function undoInNotebook(
  path: string,
  isMeant: (hunk: Hunk) => boolean,
  review: Review,
): Promise<string | undefined> {
  const notebook = findNotebook(path);
  if (notebook?.isDirty === true) return `${path} has unsaved changes. Save it, then undo it again.`;
  const isAll = review.parts(path).every(isMeant);
  const meant = review.parts(path).filter((hunk) => isMeant(hunk) && (isAll || !isNotebookItself(hunk)));
  if (
    !(await confirmLoss(
      meant.filter(({ kind }) => kind === 'mixed'),
      path,
    ))
  )
    return undefined;
  const undoing = review.undoing(path, (hunk) => meant.some((each) => isSamePlace(each, hunk)));
  if (undoing === undefined) return undefined;
  if (undoing.after.length === 0) return removeCreated(path, review);
  const text = writeNotebook((review.current(path) ?? []).join(''), undoing.after);
  const problem = await writeCells(path, { notebook, undoing, text });
  await review.look(path);
  return problem;
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
async function moveBack({ path, from }: RenamedFile, review: Review): Promise<string | undefined> {
  try {
    await workspace.fs.rename(Uri.file(path), Uri.file(from.path), { overwrite: false });
  } catch (error) {
    if (error instanceof FileSystemError && error.code === 'FileExists')
      return `${path} was not moved back: there is another ${from.path} by now.`;
    return `${path} could not be moved back to ${from.path}.`;
  }
  await Promise.all([review.look(path), review.look(from.path)]);
  review.forget(path);
  return undefined;
}

async function applyUndo(document: TextDocument, undoing: Undoing): Promise<string | undefined> {
  const { uri, isDirty: wasDirty } = document;
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

/** Lines the user has written over the agent's would go with them. */
async function confirmLoss(hunks: readonly Hunk[], path: string): Promise<boolean> {
  const users = hunks.filter(({ current }) => current.length > 0);
  if (users.length === 0) return true;
  const detail = users
    .map(({ current }) => current.join(''))
    .join('…\n')
    .slice(0, 1000);
  const message = `You have changed what Belay wrote in ${path}. To undo it takes these lines of yours, too:`;
  const chosen = await window.showWarningMessage(message, { modal: true, detail }, 'Undo Both');
  return chosen === 'Undo Both';
}

async function removeCreated(path: string, review: Review): Promise<string | undefined> {
  const edit = new WorkspaceEdit();
  edit.deleteFile(Uri.file(path), { ignoreIfNotExists: true });
  if (!(await workspace.applyEdit(edit))) return `${path} could not be removed.`;
  await review.look(path);
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
  if (!answer.canRewind || outcome?.outcome === 'conflicted')
    return outcome?.reason ?? answer.error ?? `${path} could not be undone.`;
  review.forget(path);
  return undefined;
}

async function showAll(review: Review): Promise<void> {
  const files = review.waiting();
  const texts = files.filter(({ kind }) => kind === 'text');
  const whole = files.length - texts.length;
  const rest = whole === 1 ? '1 file that is' : `${whole} files that are`;
  const title = whole === 0 ? 'Belay: all changes' : `Belay: all changes but ${rest} no text`;
  if (texts.length === 0) {
    await window.showInformationMessage('Belay: there is nothing to show.');
    return;
  }
  await commands.executeCommand(
    'vscode.changes',
    title,
    texts.map(({ path, change }) => [
      Uri.file(path),
      change === 'created' ? undefined : toBaselineUri(path),
      change === 'deleted' ? undefined : Uri.file(path),
    ]),
  );
}
