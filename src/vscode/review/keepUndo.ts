/**
 * Undo and redo of an editor, with the keeps that were done in its document. A keep changes no text, so the editor's own history has
 * no entry for it (docs/architecture.md says why it isn't given one): where a keep is to be met, the keys lead here.
 */
import { createHash } from 'node:crypto';
import {
  commands,
  type Disposable,
  type NotebookDocument,
  type TextDocument,
  type TextDocumentChangeEvent,
  TextDocumentChangeReason,
  window,
  workspace,
} from 'vscode';
import {
  addKeep,
  type KeepHistory,
  type KeepStep,
  leadsToKeep,
  moveKeep,
  nextKeep,
  noteText,
  type TextStep,
  toLikelyStep,
} from '../../core/review/keepHistory.ts';
import { findNotebook } from './editedNotebooks.ts';
import type { KeptFile, Review } from './review.ts';

export interface KeepUndo extends Disposable {
  /** Something was kept in this file just now. */
  note(path: string, kept: KeptFile): void;
  /** In the active editor: takes a keep back, or does it again, where that is next; else what the editor would do. */
  step(step: KeepStep): Promise<void>;
}

type History = KeepHistory<KeptFile>;
/** What an editor holds. */
type Held = TextDocument | NotebookDocument;

const KEYS = { back: 'belay.review.canTakeKeepBack', again: 'belay.review.canKeepAgain' } as const;
/** A keep is what undo would come to first. */
const NEXT_KEY = 'belay.review.isKeepNext';
const EDITORS_OWN = { back: 'undo', again: 'redo' } as const;

/** `review`: where a keep may be taken back in other ways. */
export function createKeepUndo(review: Pick<Review, 'onDidChange'>): KeepUndo {
  const histories = new Map<Held, History>();
  const told = new Map<string, boolean>();
  const tell = (): void => {
    const active = findActive();
    const history = active === undefined ? undefined : histories.get(active);
    const can = {
      [KEYS.back]: history !== undefined && leadsToKeep(history, 'back'),
      [KEYS.again]: history !== undefined && leadsToKeep(history, 'again'),
      [NEXT_KEY]: history !== undefined && nextKeep(skipAnswered(history, 'back'), 'back') !== undefined,
    };
    for (const [key, value] of Object.entries(can)) {
      if ((told.get(key) ?? false) !== value) void commands.executeCommand('setContext', key, value);
      told.set(key, value);
    }
  };
  const put = (held: Held, history: History | undefined): void => {
    if (history === undefined) histories.delete(held);
    else histories.set(held, history);
    tell();
  };
  const take = async (step: KeepStep): Promise<void> => {
    const active = findActive();
    const known = active === undefined ? undefined : histories.get(active);
    const history = known === undefined ? undefined : skipAnswered(known, step);
    if (active === undefined || history === undefined || nextKeep(history, step)?.[step]() !== true)
      await commands.executeCommand(EDITORS_OWN[step]);
    else put(active, moveKeep(history, step));
  };
  const note = (held: Held, step: (history: History, mark: string) => TextStep): void => {
    const history = histories.get(held);
    if (history === undefined) return;
    const mark = toMark(held);
    put(held, noteText(history, step(history, mark), mark));
  };
  let steps = Promise.resolve();
  const listening = [
    review.onDidChange(tell),
    workspace.onDidChangeTextDocument((event) => {
      if (event.contentChanges.length === 0) return;
      const held = findHeld(event.document, histories.keys());
      if (held !== undefined) note(held, () => toTextStep(event));
    }),
    // How cells came or went is not told.
    workspace.onDidChangeNotebookDocument(({ notebook, contentChanges }) => {
      if (contentChanges.length > 0) note(notebook, toLikelyStep);
    }),
    workspace.onDidCloseTextDocument((document) => put(document, undefined)),
    workspace.onDidCloseNotebookDocument((notebook) => put(notebook, undefined)),
    window.onDidChangeActiveTextEditor(tell),
    window.onDidChangeActiveNotebookEditor(tell),
  ];
  return {
    note(path, kept) {
      const held = findNotebook(path) ?? findText(path);
      if (held !== undefined) put(held, addKeep(histories.get(held), toMark(held), kept));
    },
    step(step) {
      // What the editor does for one key is known before the next one is looked at.
      steps = steps.catch(() => undefined).then(() => take(step));
      return steps;
    },
    dispose() {
      for (const each of listening) each.dispose();
    },
  };
}

/** A keep that was taken back by another way is not taken back again. */
function skipAnswered(history: History, step: KeepStep): History {
  const kept = nextKeep(history, step);
  if (kept === undefined || kept.isKept === (step === 'back')) return history;
  return skipAnswered(moveKeep(history, step), step);
}

function toTextStep({ reason }: TextDocumentChangeEvent): TextStep {
  switch (reason) {
    case TextDocumentChangeReason.Undo:
      return 'undo';
    case TextDocumentChangeReason.Redo:
      return 'redo';
    default:
      return 'edit';
  }
}

function toMark(held: Held): string {
  const hash = createHash('sha1');
  if (!('getCells' in held)) return hash.update(held.getText()).digest('base64');
  for (const { kind, document } of held.getCells())
    hash.update(`${kind} ${document.getText().length} ${document.getText()}`);
  return hash.digest('base64');
}

/** Of a notebook the notebook, whichever cell is written in. */
function findActive(): Held | undefined {
  return window.activeNotebookEditor?.notebook ?? window.activeTextEditor?.document;
}

function findText(path: string): TextDocument | undefined {
  return workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === path);
}

/** The one of these that a document is, or is a cell of. */
function findHeld(document: TextDocument, all: Iterable<Held>): Held | undefined {
  return [...all].find(
    (held) =>
      held === document || ('getCells' in held && held.getCells().some((cell) => cell.document === document)),
  );
}
