/** What stands in the files that are reviewed: in the editor where one holds the file, else on the disk. Told when it changes. */
import { type Disposable, EventEmitter, type TextDocument, Uri, workspace } from 'vscode';
import { type Lines, toReviewLines } from '../../core/review/reviewText.ts';
import { decodeText } from '../../core/tools/textEncoding.ts';
import { createEditedNotebooks } from './editedNotebooks.ts';
import { isNotebook } from './reviewFiles.ts';
import { watchOutside } from './watchOutside.ts';

export interface CurrentTexts extends Disposable {
  /** undefined: there is no such file, or it has not been looked at yet (`look`). */
  get(path: string): Lines | undefined;
  /** Reads what no document holds. Never rejects. */
  look(path: string): Promise<void>;
  /** The paths of files that have changed; of those only that are looked at. */
  readonly onDidChange: (listener: (paths: readonly string[]) => void) => Disposable;
}

/** Changes that come close together are told at once, in ms: who listens may look at all files for each time. */
const REST_MS = 120;

/** `isWatched`: whether anybody wants to know about this file. */
export function watchCurrentTexts(isWatched: (path: string) => boolean): CurrentTexts {
  const changed = new EventEmitter<readonly string[]>();
  const onDisk = new Map<string, Lines | undefined>();
  const inNotebooks = createEditedNotebooks();
  const inDocuments = new WeakMap<TextDocument, DocumentLines>();
  const untold = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tellSoon = (path: string): void => {
    untold.add(path);
    timer ??= setTimeout(() => {
      timer = undefined;
      const paths = [...untold];
      untold.clear();
      changed.fire(paths);
    }, REST_MS);
  };
  const look = async (path: string): Promise<void> => {
    outside.follow(path);
    onDisk.set(path, await readLines(path));
  };
  const lookAgain = (uri: Uri): void => {
    if (uri.scheme !== 'file' || !isWatched(uri.fsPath)) return;
    void look(uri.fsPath).then(() => tellSoon(uri.fsPath));
  };
  const watcher = workspace.createFileSystemWatcher('**/*');
  const outside = watchOutside(isWatched, lookAgain);
  const subscriptions = [
    watcher,
    outside,
    watcher.onDidChange(lookAgain),
    watcher.onDidCreate(lookAgain),
    watcher.onDidDelete(lookAgain),
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      const { uri } = document;
      if (contentChanges.length > 0 && uri.scheme === 'file' && isWatched(uri.fsPath)) tellSoon(uri.fsPath);
    }),
    workspace.onDidChangeNotebookDocument(({ notebook: { uri } }) => {
      if (uri.scheme === 'file' && isWatched(uri.fsPath)) tellSoon(uri.fsPath);
    }),
    workspace.onDidSaveNotebookDocument(({ uri }) => lookAgain(uri)),
    workspace.onDidCloseNotebookDocument(({ uri }) => lookAgain(uri)),
    workspace.onDidOpenTextDocument(({ uri }) => lookAgain(uri)),
    workspace.onDidCloseTextDocument(({ uri }) => lookAgain(uri)),
    workspace.onDidSaveTextDocument(({ uri }) => lookAgain(uri)),
  ];
  return {
    get(path) {
      const document = workspace.textDocuments.find(
        ({ uri }) => uri.scheme === 'file' && uri.fsPath === path,
      );
      const isSaved = document?.isDirty !== true;
      // One that has been deleted or not been written yet is no file. A notebook is saved past its text.
      if (document === undefined || (isSaved && (onDisk.get(path) === undefined || isNotebook(path)))) {
        const saved = onDisk.get(path);
        return saved !== undefined && isNotebook(path) ? inNotebooks.get(path, saved) : saved;
      }
      const last = inDocuments.get(document);
      const known = last?.version === document.version ? last : readDocument(document);
      inDocuments.set(document, known);
      return isSaved && known.isLossy ? (onDisk.get(path) ?? known.lines) : known.lines;
    },
    look,
    onDidChange: changed.event,
    dispose() {
      clearTimeout(timer);
      for (const subscription of subscriptions) subscription.dispose();
      changed.dispose();
    },
  };
}

interface DocumentLines {
  readonly version: number;
  readonly lines: Lines;
  /** It has been read in an encoding that is not its own. */
  readonly isLossy: boolean;
}

function readDocument(document: TextDocument): DocumentLines {
  const text = document.getText();
  return {
    version: document.version,
    lines: toReviewLines(text),
    isLossy: text.includes(REPLACEMENT),
  };
}

/** What stands in the place of bytes that are no character. */
const REPLACEMENT = '\uFFFD';

/** As the agent reads it. undefined: there is none, or it can't be read. */
async function readLines(path: string): Promise<Lines | undefined> {
  try {
    const bytes = await workspace.fs.readFile(Uri.file(path));
    return toReviewLines(decodeText(bytes)?.text ?? Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
