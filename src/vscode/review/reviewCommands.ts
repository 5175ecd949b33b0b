/** From a command with whatever the place it was given in passes along (a lens, a key, the change peek, a row) to what is meant. */
import { commands, Disposable, Uri, window } from 'vscode';
import type { Hunk } from '../../core/review/reviewText.ts';
import type { LazySessions } from '../lazySessions.ts';
import type { KeepUndo } from './keepUndo.ts';
import type { Review } from './review.ts';
import type { Choice, ReviewActions } from './reviewActions.ts';

/** As VS Code gives it to `scm/change/title`; lines from 1, `end` 0: only put in, or only taken away, behind `start`. */
interface LineChange {
  readonly modifiedStartLineNumber: number;
  readonly modifiedEndLineNumber: number;
}

const ANSWERS = ['keep', 'undo'] as const;
const PLACES = ['Hunk', 'File', 'Turn', 'All'] as const;

/** Nothing is loaded for a command without a session: then nothing waits either. */
export function registerReviewCommands(sessions: LazySessions): Disposable {
  const register = (
    name: string,
    run: (
      parts: { readonly review: Review; readonly actions: ReviewActions; readonly keepUndo: KeepUndo },
      args: unknown[],
    ) => Promise<void>,
  ): Disposable =>
    commands.registerCommand(`belay.review.${name}`, (...args: unknown[]) =>
      sessions.use(async ({ review, reviewActions: actions, keepUndo }) => {
        await review.ready;
        await run({ review, actions, keepUndo }, args);
      }),
    );
  return Disposable.from(
    ...ANSWERS.flatMap((answer) =>
      PLACES.map((place) =>
        register(`${answer}${place}`, async ({ review, actions }, args) => {
          const choice = toChoice(place, args, review);
          if (choice === undefined) await tellNothing();
          else await actions[answer](choice);
        }),
      ),
    ),
    register('nextHunk', ({ actions }) => actions.go('next')),
    register('previousHunk', ({ actions }) => actions.go('previous')),
    register('showAll', ({ actions }) => actions.showAll()),
    register('showFile', async ({ actions }, args) => {
      const [path] = pathsOf(args);
      if (path !== undefined) await actions.showFile(path);
    }),
    register('takeKeepBack', ({ keepUndo }) => keepUndo.step('back')),
    register('keepAgain', ({ keepUndo }) => keepUndo.step('again')),
    register('undoKeep', async ({ actions }) => {
      if (!actions.undoKeep())
        await window.showInformationMessage('Belay: there is no keep that could be taken back.');
    }),
  );
}

async function tellNothing(): Promise<void> {
  await window.showInformationMessage('Belay: no change that waits is here.');
}

/** undefined: there is none here. */
function toChoice(place: (typeof PLACES)[number], args: unknown[], review: Review): Choice | undefined {
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
  const hunks = review.hunks(path);
  if (hunks.length > 0) return hunks.some(({ turns }) => turns.includes(turn));
  return review.turns(path).includes(turn);
}

/** A lens gives the line, the change peek its changes, a key nothing: then the cursor says it. */
function toHunkChoice(args: unknown[], review: Review): Choice | undefined {
  const [given, second, index] = args;
  const editor = window.activeTextEditor;
  const uri = given instanceof Uri ? given : editor?.document.uri;
  if (uri === undefined) return undefined;
  const path = uri.with({ scheme: 'file', query: '' }).fsPath;
  const hunks = review.hunks(path);
  const chosen =
    typeof second === 'number'
      ? hunks.filter(({ currentStart }) => currentStart === second)
      : Array.isArray(second) && typeof index === 'number'
        ? hunks.filter((hunk) => isInChange(hunk, second[index]))
        : hunkAt(hunks, editor?.selection.active.line ?? -1);
  return chosen.length === 0
    ? undefined
    : { what: 'hunks', paths: [path], isMeant: (hunk) => chosen.some((each) => isSame(each, hunk)) };
}

function isSame(left: Hunk, right: Hunk): boolean {
  return left.currentStart === right.currentStart && left.current.length === right.current.length;
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
function pathsOf(args: unknown[]): readonly string[] {
  const uris = args.flat().flatMap((each) => {
    if (each instanceof Uri) return [each];
    return isRow(each) ? [each.resourceUri] : [];
  });
  const active = window.activeTextEditor?.document.uri;
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
