/** In the file itself: the lines that Belay has written, and what it has taken away, in a hover where it stood. */
import {
  ColorThemeKind,
  type DecorationOptions,
  Disposable,
  MarkdownString,
  OverviewRulerLane,
  Range,
  type TextEditor,
  type TextEditorDecorationType,
  ThemeColor,
  window,
} from 'vscode';
import type { Hunk } from '../../core/review/reviewText.ts';
import type { Review } from './review.ts';

/** Lines of what was there before that a hover shows. */
const MOST_LINES = 40;

export function registerReviewDecorations(review: Review): Disposable {
  let written = createWritten();
  const removed = window.createTextEditorDecorationType({
    isWholeLine: true,
    borderColor: new ThemeColor('gitDecoration.deletedResourceForeground'),
    borderStyle: 'dashed',
    borderWidth: '1px 0 0 0',
    overviewRulerColor: new ThemeColor('gitDecoration.deletedResourceForeground'),
    overviewRulerLane: OverviewRulerLane.Left,
  });
  const draw = (editor: TextEditor): void => {
    const { uri, lineCount } = editor.document;
    if (uri.scheme !== 'file') return;
    const hunks = review.hunks(uri.fsPath);
    editor.setDecorations(
      written,
      hunks.filter(({ current }) => current.length > 0).map((hunk) => toOptions(hunk, lineCount)),
    );
    editor.setDecorations(
      removed,
      hunks.filter(({ current }) => current.length === 0).map((hunk) => toOptions(hunk, lineCount)),
    );
  };
  const drawAll = (): void => {
    for (const editor of window.visibleTextEditors) draw(editor);
  };
  drawAll();
  return Disposable.from(
    { dispose: () => written.dispose() },
    removed,
    window.onDidChangeActiveColorTheme(() => {
      written.dispose();
      written = createWritten();
      drawAll();
    }),
    window.onDidChangeVisibleTextEditors(drawAll),
    review.onDidChange((paths) => {
      const changed = new Set(paths);
      for (const editor of window.visibleTextEditors)
        if (changed.has(editor.document.uri.fsPath)) draw(editor);
    }),
  );
}

/** Themes of high contrast have no backgrounds for changed lines but frames. */
function createWritten(): TextEditorDecorationType {
  const { kind } = window.activeColorTheme;
  const isHighContrast = kind === ColorThemeKind.HighContrast || kind === ColorThemeKind.HighContrastLight;
  const frame = {
    borderColor: new ThemeColor('diffEditor.insertedTextBorder'),
    borderStyle: 'dashed',
    borderWidth: '1px',
  };
  return window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new ThemeColor('diffEditor.insertedLineBackground'),
    overviewRulerColor: new ThemeColor('belay.changedFileForeground'),
    overviewRulerLane: OverviewRulerLane.Left,
    ...(isHighContrast ? frame : {}),
  });
}

function toOptions({ currentStart, current, base }: Hunk, lineCount: number): DecorationOptions {
  const start = Math.min(currentStart, lineCount - 1);
  const end = Math.min(currentStart + Math.max(current.length, 1) - 1, lineCount - 1);
  return { range: new Range(start, 0, end, 0), hoverMessage: describeBase(base) };
}

function describeBase(base: readonly string[]): MarkdownString {
  const hover = new MarkdownString();
  if (base.length === 0) return hover.appendText('Belay has put this in.');
  hover.appendText('Before Belay changed it:').appendCodeblock(base.slice(0, MOST_LINES).join(''));
  if (base.length > MOST_LINES) hover.appendText(`… and ${base.length - MOST_LINES} more lines`);
  return hover;
}
