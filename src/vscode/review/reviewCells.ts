/** Below each cell of a notebook that Belay has changed: Keep, Undo, and what stood there before. */
import {
  Disposable,
  EventEmitter,
  type NotebookCell,
  NotebookCellStatusBarAlignment,
  NotebookCellStatusBarItem,
  notebooks,
} from 'vscode';
import type { Hunk } from '../../core/review/reviewText.ts';
import type { Review } from './review.ts';

/** `*`: whatever extension shows notebooks of this kind. */
const ANY_NOTEBOOK = '*';

export function registerReviewCells(review: Review): Disposable {
  const changed = new EventEmitter<void>();
  return Disposable.from(
    changed,
    review.onDidChange(() => changed.fire()),
    notebooks.registerNotebookCellStatusBarItemProvider(ANY_NOTEBOOK, {
      onDidChangeCellStatusBarItems: changed.event,
      provideCellStatusBarItems: (cell) => hunksOfCell(cell, review).flatMap((hunk) => toItems(hunk, cell)),
    }),
  );
}

/** The hunks that are answered at this cell: its own, what stood before it, and at the last cell what stood behind it. */
export function hunksOfCell({ notebook, index }: NotebookCell, review: Review): readonly Hunk[] {
  const path = notebook.uri.fsPath;
  const cells = review.cells(path);
  if (notebook.uri.scheme !== 'file' || cells.length === 0) return [];
  const place = index + 1;
  // The editor, or the disk, is a moment ahead of the other.
  if (review.currentParts(path)?.length !== notebook.cellCount + 1) return [];
  const isLast = index === notebook.cellCount - 1;
  return cells.filter(({ currentStart, current }) =>
    current.length > 0
      ? currentStart === place || (currentStart === 0 && index === 0)
      : currentStart === place || (isLast && currentStart > place),
  );
}

function toItems(hunk: Hunk, { notebook }: NotebookCell): readonly NotebookCellStatusBarItem[] {
  const place = [notebook.uri, hunk.currentStart, hunk.current.length];
  const create = (
    text: string,
    tooltip: string,
    [command, ...args]: readonly [string, ...unknown[]],
  ): NotebookCellStatusBarItem => {
    const item = new NotebookCellStatusBarItem(text, NotebookCellStatusBarAlignment.Left);
    item.tooltip = tooltip;
    item.command = { title: tooltip, command, arguments: args };
    return item;
  };
  const what = describe(hunk);
  return [
    new NotebookCellStatusBarItem(`Belay: ${what}`, NotebookCellStatusBarAlignment.Left),
    create('$(check) Keep', `Keep: ${what}`, ['belay.review.keepHunk', ...place]),
    create('$(discard) Undo', `Undo: ${what}`, ['belay.review.undoHunk', ...place]),
    create('$(diff) Compare', 'Compare the notebook with what stood there before', [
      'belay.review.showFile',
      { resourceUri: notebook.uri },
    ]),
  ];
}

function describe({ kind, currentStart, base, current }: Hunk): string {
  if (currentStart === 0) return 'notebook metadata changed';
  if (current.length === 0)
    return base.length === 1 ? 'a cell removed here' : `${base.length} cells removed here`;
  const what = base.length === 0 ? 'cell added' : 'cell changed';
  return kind === 'mixed' ? `${what}, and by you` : what;
}
