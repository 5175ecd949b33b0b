/** A reviewed notebook as it stood before: the left side of the editor's own comparison of notebooks, which wants a file. Read-only. */
import {
  Disposable,
  EventEmitter,
  type FileChangeEvent,
  FileChangeType,
  FilePermission,
  FileSystemError,
  FileType,
  Uri,
  workspace,
} from 'vscode';
import { writeNotebook } from '../../core/review/notebookText.ts';
import type { Review } from './review.ts';

export const BASELINE_NOTEBOOK_SCHEME = 'belay-notebook';

/** undefined: there is nothing it could be compared with. */
export function toBaselineNotebook(path: string, review: Review): Uri | undefined {
  return readBaseline(path, review) === undefined
    ? undefined
    : Uri.file(path).with({ scheme: BASELINE_NOTEBOOK_SCHEME });
}

/** `scheme`: another one where this one is taken, as it is beside an extension that is active. */
export function registerBaselineNotebooks(
  review: Review,
  scheme: string = BASELINE_NOTEBOOK_SCHEME,
): Disposable {
  const changed = new EventEmitter<FileChangeEvent[]>();
  const told = new Map<string, { readonly text: string | undefined; readonly at: number }>();
  /** With a time that is another one for another text. */
  const look = (path: string): { readonly bytes: Uint8Array; readonly at: number } => {
    const text = readBaseline(path, review) ?? (review.current(path) ?? []).join('');
    const last = told.get(path);
    const at = last?.text === text ? last.at : Math.max(Date.now(), (last?.at ?? 0) + 1);
    told.set(path, { text, at });
    return { bytes: new TextEncoder().encode(text), at };
  };
  const listening = review.onDidChange((paths) => {
    const shown = paths.filter((path) => told.has(path));
    const other = shown.filter((path) => told.get(path)?.at !== look(path).at);
    const uris = other.map((path) => Uri.file(path).with({ scheme }));
    if (uris.length > 0) changed.fire(uris.map((uri) => ({ type: FileChangeType.Changed, uri })));
  });
  const refuse = (uri: Uri): never => {
    throw FileSystemError.NoPermissions(uri);
  };
  const provider = workspace.registerFileSystemProvider(
    scheme,
    {
      onDidChangeFile: changed.event,
      watch: () => new Disposable(() => undefined),
      stat(uri) {
        const { bytes, at } = look(uri.with({ scheme: 'file' }).fsPath);
        const permissions = FilePermission.Readonly;
        return { type: FileType.File, ctime: 0, mtime: at, size: bytes.length, permissions };
      },
      readFile: (uri) => look(uri.with({ scheme: 'file' }).fsPath).bytes,
      readDirectory: () => [],
      createDirectory: refuse,
      writeFile: refuse,
      delete: refuse,
      rename: refuse,
    },
    { isReadonly: true, isCaseSensitive: true },
  );
  return Disposable.from(listening, provider, changed);
}

/** undefined: it is no notebook that an agent has changed, or had not been there. */
function readBaseline(path: string, review: Review): string | undefined {
  const [lines, current] = [review.baselineCells(path), review.current(path)];
  if (lines === undefined || lines.length === 0 || current === undefined) return undefined;
  return writeNotebook(current.join(''), lines);
}
