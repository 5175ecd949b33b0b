/**
 * Undo and redo of an editor, with the keeps that were done in its document. A keep changes no text, so the editor's own history has
 * no entry for it (docs/architecture.md says why it isn't given one): where a keep is to be met, the keys lead here.
 */
import { createHash } from 'node:crypto';
import {
  commands,
  type Disposable,
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
} from '../../core/review/keepHistory.ts';
import type { KeptFile } from './review.ts';

export interface KeepUndo extends Disposable {
  /** Something was kept in this file just now. */
  note(path: string, kept: KeptFile): void;
  /** In the active editor: takes a keep back, or does it again, where that is next; else what the editor would do. */
  step(step: KeepStep): Promise<void>;
}

type History = KeepHistory<KeptFile>;

const KEYS = { back: 'belay.review.canTakeKeepBack', again: 'belay.review.canKeepAgain' } as const;
const EDITORS_OWN = { back: 'undo', again: 'redo' } as const;

export function createKeepUndo(): KeepUndo {
  const histories = new Map<TextDocument, History>();
  const told = { back: false, again: false };
  const tell = (): void => {
    const document = window.activeTextEditor?.document;
    const history = document === undefined ? undefined : histories.get(document);
    for (const step of ['back', 'again'] as const) {
      const can = history !== undefined && leadsToKeep(history, step);
      if (can !== told[step]) void commands.executeCommand('setContext', KEYS[step], can);
      told[step] = can;
    }
  };
  const put = (document: TextDocument, history: History | undefined): void => {
    if (history === undefined) histories.delete(document);
    else histories.set(document, history);
    tell();
  };
  const take = async (step: KeepStep): Promise<void> => {
    const document = window.activeTextEditor?.document;
    const known = document === undefined ? undefined : histories.get(document);
    const history = known === undefined ? undefined : skipAnswered(known, step);
    if (document === undefined || history === undefined || nextKeep(history, step)?.[step]() !== true)
      await commands.executeCommand(EDITORS_OWN[step]);
    else put(document, moveKeep(history, step));
  };
  let steps = Promise.resolve();
  const listening = [
    workspace.onDidChangeTextDocument((event) => {
      const history = histories.get(event.document);
      if (history !== undefined && event.contentChanges.length > 0)
        put(event.document, noteText(history, toTextStep(event), toMark(event.document)));
    }),
    workspace.onDidCloseTextDocument((document) => put(document, undefined)),
    window.onDidChangeActiveTextEditor(tell),
  ];
  return {
    note(path, kept) {
      const document = workspace.textDocuments.find(
        ({ uri }) => uri.scheme === 'file' && uri.fsPath === path,
      );
      if (document !== undefined) put(document, addKeep(histories.get(document), toMark(document), kept));
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

function toMark(document: TextDocument): string {
  return createHash('sha1').update(document.getText()).digest('base64');
}
