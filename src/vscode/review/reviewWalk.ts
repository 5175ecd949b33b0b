/** From one change that waits to the next, through all files and notebooks. */
import {
  NotebookEditorRevealType,
  NotebookRange,
  Position,
  Range,
  Selection,
  TextEditorRevealType,
  Uri,
  window,
  workspace,
} from 'vscode';
import type { Review } from './review.ts';

/** Lines from 0; of a notebook its cells, from 1. */
interface Place {
  readonly path: string;
  readonly line: number;
  readonly lines: number;
  readonly isCell: boolean;
}

export async function goToChange(direction: 'next' | 'previous', review: Review): Promise<void> {
  const places = review.waiting().flatMap(({ path, kind }) => toPlaces(path, kind === 'notebook', review));
  if (places.length === 0) {
    await window.showInformationMessage('Belay: nothing waits for you to look at it.');
    return;
  }
  const here = findHere();
  const order = direction === 'next' ? places : places.toReversed();
  const isBehind = (place: Place): boolean => {
    const comes = place.path === here.path ? place.line - here.line : place.path < here.path ? -1 : 1;
    return direction === 'next' ? comes > 0 : comes < 0;
  };
  const place = order.find(isBehind) ?? order[0];
  if (place === undefined) return;
  await (place.isCell ? showCell(place) : showLines(place));
}

function toPlaces(path: string, isCell: boolean, review: Review): readonly Place[] {
  // What stands before the first cell, or stood behind the last, is shown there.
  const last = (review.currentParts(path)?.length ?? 0) - 1;
  const toLine = (start: number): number => (isCell ? Math.max(1, Math.min(start, last)) : start);
  return review.parts(path).map(({ currentStart, current }) => ({
    ...{ path, isCell, line: toLine(currentStart), lines: current.length },
  }));
}

function findHere(): Pick<Place, 'path' | 'line'> {
  const { notebook, selection } = window.activeNotebookEditor ?? {};
  if (notebook !== undefined)
    return { path: notebook.uri.fsPath, line: selection === undefined ? -1 : selection.start + 1 };
  const editor = window.activeTextEditor;
  return { path: editor?.document.uri.fsPath ?? '', line: editor?.selection.active.line ?? -1 };
}

async function showLines({ path, line, lines }: Place): Promise<void> {
  const document = await workspace.openTextDocument(Uri.file(path));
  const shown = await window.showTextDocument(document, { preview: true });
  const start = new Position(Math.min(line, document.lineCount - 1), 0);
  shown.selection = new Selection(start, start);
  shown.revealRange(new Range(start, start.translate(lines)), TextEditorRevealType.InCenterIfOutsideViewport);
}

async function showCell({ path, line }: Place): Promise<void> {
  const notebook = await workspace.openNotebookDocument(Uri.file(path));
  const index = Math.min(line, notebook.cellCount) - 1;
  const range = new NotebookRange(index, index + 1);
  const shown = await window.showNotebookDocument(notebook, { preview: true, selections: [range] });
  shown.revealRange(range, NotebookEditorRevealType.InCenterIfOutsideViewport);
}
