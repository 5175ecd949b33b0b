/** Puts the review of a window together. */
import { join } from 'node:path';
import { commands, Disposable, type ExtensionContext, window } from 'vscode';
import type { EditorLog } from '../log.ts';
import type { OpenSessions } from '../openSessions.ts';
import { registerBaseline } from './baseline.ts';
import { registerBaselineNotebooks } from './baselineNotebooks.ts';
import { watchCurrentTexts } from './currentTexts.ts';
import { createKeepUndo, type KeepUndo } from './keepUndo.ts';
import { Review } from './review.ts';
import { createReviewActions, type ReviewActions } from './reviewActions.ts';
import { registerReviewCells } from './reviewCells.ts';
import { registerReviewDecorations } from './reviewDecorations.ts';
import { registerReviewLenses } from './reviewLenses.ts';
import { registerReviewScm } from './reviewScm.ts';
import { createReviewStorage } from './reviewStorage.ts';

/** Whether there was anything to look at when the window was closed; extension.ts asks for it. */
const WAITING_KEY = 'belay.review.waiting';

export interface Reviews extends Disposable {
  readonly review: Review;
  readonly actions: ReviewActions;
  readonly keepUndo: KeepUndo;
  /** A file that outlives the window; undefined: the window has no workspace. */
  storageFile(name: string): string | undefined;
}

export function createReviews(
  context: ExtensionContext,
  { log, sessions }: { readonly log: EditorLog; readonly sessions: () => OpenSessions },
): Reviews {
  const folder = context.storageUri?.fsPath;
  const storageFile = (name: string) => (folder === undefined ? undefined : join(folder, name));
  const review = new Review({
    storage: createReviewStorage(storageFile('review.json'), log),
    currentTexts: watchCurrentTexts,
    log,
  });
  const keepUndo = createKeepUndo(review);
  const host = (sessionId: string) => sessions().host(sessionId);
  const parts = Disposable.from(
    review,
    keepUndo,
    registerBaseline(review),
    registerBaselineNotebooks(review),
    registerReviewScm(review, (sessionId, turn) => host(sessionId)?.titles.ofPrompt(turn)),
    registerReviewLenses(review),
    registerReviewCells(review),
    registerReviewDecorations(review),
    followContext(review, (isWaiting) => void context.workspaceState.update(WAITING_KEY, isWaiting)),
  );
  return {
    review,
    keepUndo,
    actions: createReviewActions({ review, keepUndo, sessions: { host } }),
    storageFile,
    dispose: () => parts.dispose(),
  };
}

/** What menus and keys go by: whether anything waits, and whether it does in the active editor. */
function followContext(review: Review, onWaiting: (isWaiting: boolean) => void): Disposable {
  let told: readonly [boolean, boolean] | undefined;
  const tell = (): void => {
    const path =
      (window.activeNotebookEditor?.notebook ?? window.activeTextEditor?.document)?.uri.fsPath ?? '';
    const next = [review.waiting().length > 0, review.parts(path).length > 0] as const;
    if (told?.[0] !== next[0]) {
      void commands.executeCommand('setContext', 'belay.review.isWaiting', next[0]);
      onWaiting(next[0]);
    }
    if (told?.[1] !== next[1]) void commands.executeCommand('setContext', 'belay.review.hasHunks', next[1]);
    told = next;
  };
  tell();
  return Disposable.from(
    review.onDidChange(tell),
    window.onDidChangeActiveTextEditor(tell),
    window.onDidChangeActiveNotebookEditor(tell),
  );
}
