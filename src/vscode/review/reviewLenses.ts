/** Above each change that waits: Keep, Undo, and how many there are. */
import { CodeLens, type Disposable, EventEmitter, languages, Range, workspace } from 'vscode';
import type { Review } from './review.ts';

const SETTING = 'belay.review.codeLens';

export function registerReviewLenses(review: Review): Disposable {
  const changed = new EventEmitter<void>();
  const subscriptions = [
    changed,
    review.onDidChange(() => changed.fire()),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(SETTING)) changed.fire();
    }),
    languages.registerCodeLensProvider(
      { scheme: 'file' },
      {
        onDidChangeCodeLenses: changed.event,
        provideCodeLenses({ uri, lineCount }) {
          if (workspace.getConfiguration().get(SETTING) === false) return [];
          const hunks = review.hunks(uri.fsPath);
          return hunks.flatMap(({ currentStart, kind }, index) => {
            const line = Math.min(currentStart, lineCount - 1);
            const range = new Range(line, 0, line, 0);
            const place = [uri, currentStart];
            const count = `Belay ${index + 1} of ${hunks.length}${kind === 'mixed' ? ', changed by you' : ''}`;
            return [
              new CodeLens(range, {
                title: '$(check) Keep',
                tooltip: 'Keep this change',
                command: 'belay.review.keepHunk',
                arguments: place,
              }),
              new CodeLens(range, {
                title: '$(discard) Undo',
                tooltip: 'Undo this change',
                command: 'belay.review.undoHunk',
                arguments: place,
              }),
              new CodeLens(range, {
                title: count,
                tooltip: 'Go to the next change',
                command: 'belay.review.nextHunk',
              }),
            ];
          });
        },
      },
    ),
  ];
  return { dispose: () => subscriptions.forEach((each) => void each.dispose()) };
}
