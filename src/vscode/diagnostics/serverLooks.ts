/** When language servers and linters last had something to say about the open documents, and about which text of theirs. */
import { type Disposable, languages, type TextDocument, workspace } from 'vscode';
import { documentsOf, type SeenFile } from './openInBackground.ts';

export interface ServerLooks extends Disposable {
  /** When the last counted look at the file was, by the clock; undefined: there was none. */
  last(seen: SeenFile, counted: CountedLooks): number | undefined;
  /** Returns how to stop. */
  onLook(listener: () => void): () => void;
}

export interface CountedLooks {
  /** What was said about the text of this version, or an earlier one, doesn't count. In a notebook versions don't tell. */
  readonly laterThan: number;
  /** What was said before this doesn't count. */
  readonly since: number;
}

interface Look {
  readonly time: number;
  /** Of the document then. */
  readonly version: number;
}

export function watchServerLooks(monotonic: () => number): ServerLooks {
  const looks = new WeakMap<TextDocument, Look>();
  const listeners = new Set<() => void>();
  const listening = languages.onDidChangeDiagnostics(({ uris }) => {
    const touched = new Set(uris.map((uri) => uri.toString()));
    const time = monotonic();
    for (const document of workspace.textDocuments) {
      if (touched.has(document.uri.toString())) looks.set(document, { time, version: document.version });
    }
    for (const listener of [...listeners]) listener();
  });
  return {
    last(seen, { laterThan, since }) {
      const times = documentsOf(seen).flatMap((document) => {
        const look = looks.get(document);
        if (look === undefined) return [];
        const isOfText = seen.kind === 'notebook' || look.version > laterThan;
        return isOfText && look.time >= since ? [look.time] : [];
      });
      return times.length === 0 ? undefined : Math.max(...times);
    },
    onLook(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose: () => void listening.dispose(),
  };
}
