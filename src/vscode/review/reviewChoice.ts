/** From whatever the place of a command passes along (a lens, a cell, a key, the change peek, a row) to what is meant. */
import { type NotebookCell, Uri, window } from 'vscode';
import { type Hunk, isSamePlace } from '../../core/review/reviewText.ts';
import type { Meant, Review } from './review.ts';
import { hunksOfCell } from './reviewCells.ts';

/** What is meant: hunks of files, or all of them. */
export interface Choice {
  readonly what: Meant;
  readonly paths: readonly string[];
  readonly isMeant: (hunk: Hunk, path: string) => boolean;
}

export type ChoicePlace = 'Hunk' | 'File' | 'Turn' | 'All';

/** As VS Code gives it to `scm/change/title`; lines from 1, `end` 0: only put in, or only taken away, behind `start`. */
interface LineChange {
  readonly modifiedStartLineNumber: number;
  readonly modifiedEndLineNumber: number;
}

/** What is meant by a command that was given this; undefined: there is nothing here. */
export function toChoice(place: ChoicePlace, args: readonly unknown[], review: Review): Choice | undefined {
  switch (place) {
    case 'Hunk':
      return toHunkChoice(args, review);
    case 'File': {
      const paths = pathsOf(args).filter((path) => review.file(path) !== undefined);
      return paths.length === 0 ? undefined : { what: 'files', paths, isMeant: () => true };
    }
    case 'Turn': {
      const [group] = args;
      const turn = isGroup(group) ? group.id : undefined;
      if (turn === undefined) return undefined;
      const paths = review
        .waiting()
        .flatMap((file) => (isOfTurn(file.path, turn, review) ? [file.path] : []));
      return { what: 'files', paths, isMeant: ({ turns }) => turns.includes(turn) };
    }
    case 'All': {
      const paths = review.waiting().map(({ path }) => path);
      return paths.length === 0 ? undefined : { what: 'files', paths, isMeant: () => true };
    }
    default:
      return place satisfies never;
  }
}

function isOfTurn(path: string, turn: string, review: Review): boolean {
  const hunks = review.parts(path);
  if (hunks.length > 0) return hunks.some(({ turns }) => turns.includes(turn));
  return review.turns(path).includes(turn);
}

/** A lens gives the line, a cell of a notebook its place and length, or itself, the change peek its changes, a key nothing: then the cursor says it. */
function toHunkChoice(args: readonly unknown[], review: Review): Choice | undefined {
  const [given, second, index] = args;
  const cell = isCell(given) ? given : given instanceof Uri ? undefined : activeCell();
  if (cell !== undefined) return toHunks(cell.notebook.uri.fsPath, hunksOfCell(cell, review));
  const editor = window.activeTextEditor;
  const uri = given instanceof Uri ? given : editor?.document.uri;
  if (uri === undefined) return undefined;
  const path = uri.with({ scheme: 'file', query: '' }).fsPath;
  const hunks = review.parts(path);
  const chosen =
    typeof second === 'number'
      ? hunks.filter(
          ({ currentStart, current }) =>
            currentStart === second && current.length === (index ?? current.length),
        )
      : Array.isArray(second) && typeof index === 'number'
        ? hunks.filter((hunk) => isInChange(hunk, second[index]))
        : hunkAt(hunks, editor?.selection.active.line ?? -1);
  return toHunks(path, chosen);
}

function isCell(value: unknown): value is NotebookCell {
  return typeof value === 'object' && value !== null && 'notebook' in value && 'index' in value;
}

function activeCell(): NotebookCell | undefined {
  const { notebook, selection } = window.activeNotebookEditor ?? {};
  return selection === undefined || selection.isEmpty ? undefined : notebook?.cellAt(selection.start);
}

function toHunks(path: string, chosen: readonly Hunk[]): Choice | undefined {
  return chosen.length === 0
    ? undefined
    : { what: 'hunks', paths: [path], isMeant: (hunk) => chosen.some((each) => isSamePlace(each, hunk)) };
}

function isInChange({ currentStart, current }: Hunk, change: LineChange | undefined): boolean {
  if (change === undefined) return false;
  const { modifiedStartLineNumber: start, modifiedEndLineNumber: end } = change;
  const [from, to] = end === 0 ? [start, start] : [start - 1, end];
  return currentStart <= to && from <= currentStart + current.length;
}

function hunkAt(hunks: readonly Hunk[], line: number): readonly Hunk[] {
  return hunks.filter(
    ({ currentStart, current }) => currentStart <= line && line < currentStart + Math.max(current.length, 1),
  );
}

/** Rows of the view (one, or the chosen ones), a file in the explorer or the editor's title, else the active editor. */
export function pathsOf(args: readonly unknown[]): readonly string[] {
  const uris = args.flat().flatMap((each) => {
    if (each instanceof Uri) return [each];
    return isRow(each) ? [each.resourceUri] : [];
  });
  const active = window.activeNotebookEditor?.notebook.uri ?? window.activeTextEditor?.document.uri;
  const meant = uris.length > 0 ? uris : active === undefined ? [] : [active];
  return [...new Set(meant.map((uri) => uri.with({ scheme: 'file', query: '' }).fsPath))];
}

function isRow(value: unknown): value is { readonly resourceUri: Uri } {
  return (
    typeof value === 'object' && value !== null && 'resourceUri' in value && value.resourceUri instanceof Uri
  );
}

function isGroup(value: unknown): value is { readonly id: string } {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string';
}
