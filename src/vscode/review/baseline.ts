/** The text a reviewed file is compared with, as a read-only document: in diffs, and for the marks in the editor's gutter. */
import { type Disposable, EventEmitter, Uri, workspace } from 'vscode';
import type { Review } from './review.ts';

export const BASELINE_SCHEME = 'belay-baseline';

/** `empty`: a document without any text, in the place of a file that is gone. */
export function toBaselineUri(path: string, what: 'baseline' | 'empty' = 'baseline'): Uri {
  return Uri.file(path).with({ scheme: BASELINE_SCHEME, query: what === 'empty' ? 'empty' : '' });
}

export function registerBaseline(review: Review): Disposable {
  const changed = new EventEmitter<Uri>();
  const told = new Map<string, string>();
  const listening = review.onDidChange((paths) => {
    for (const path of paths) {
      const text = textOf(path, review);
      // Only of those that somebody has asked for.
      if (!told.has(path) || told.get(path) === text) continue;
      told.set(path, text);
      changed.fire(toBaselineUri(path));
    }
  });
  const provider = workspace.registerTextDocumentContentProvider(BASELINE_SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent(uri) {
      if (uri.query === 'empty') return '';
      const path = uri.with({ scheme: 'file', query: '' }).fsPath;
      const text = textOf(path, review);
      told.set(path, text);
      return text;
    },
  });
  return {
    dispose() {
      listening.dispose();
      provider.dispose();
      changed.dispose();
    },
  };
}

/** Without anything that waits a file is compared with itself. */
function textOf(path: string, review: Review): string {
  return review.baseline(path) ?? (review.current(path) ?? []).join('');
}
