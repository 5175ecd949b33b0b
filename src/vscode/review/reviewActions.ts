/** What a person does with what waits: keep and undo, by hunk, file, turn or all; go from one to the next; look at all of it. */
import { basename } from 'node:path';
import { commands, Uri, window } from 'vscode';
import type { OpenSessions } from '../openSessions.ts';
import { toBaselineUri } from './baseline.ts';
import { toBaselineNotebook } from './baselineNotebooks.ts';
import type { KeepUndo } from './keepUndo.ts';
import type { KeptFile, Review } from './review.ts';
import { type Choice, type ChoicePlace, pathsOf, toChoice } from './reviewChoice.ts';
import { goToChange } from './reviewWalk.ts';
import { undoInFile } from './undoFiles.ts';

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
        const problem = await undoInFile(path, { isMeant: (hunk) => isMeant(hunk, path), what }, deps);
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
      const left = file?.kind === 'text' ? toBaselineUri(path) : toBaselineNotebook(path, review);
      if (file === undefined || left === undefined)
        return void (await commands.executeCommand('vscode.open', Uri.file(path)));
      const before = file.change === 'renamed' ? `${basename(file.from.path)} → ` : '';
      const title = `${before}${basename(path)} (Belay)`;
      const right = file.change === 'deleted' ? toBaselineUri(path, 'empty') : Uri.file(path);
      await commands.executeCommand('vscode.diff', left, right, title);
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
