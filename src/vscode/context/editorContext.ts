/** What a person has before them: the file in the editor, and the lines they have selected in it. */
import { Disposable, EventEmitter, type TextEditor, window } from 'vscode';
import type { EditorContext } from '../../protocol/editorContext.ts';
import { toLines } from './selectedLines.ts';

export interface WatchedContext extends Disposable {
  /** undefined: no file is open. */
  readonly current: EditorContext | undefined;
  readonly onDidChange: (listener: () => void) => Disposable;
}

/** Milliseconds: while somebody drags a selection nothing is told. */
const SETTLED_MS = 150;

export function watchEditorContext(): WatchedContext {
  const changes = new EventEmitter<void>();
  let current = describe(window.activeTextEditor);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    // A panel in a tab is no text editor: the file beside it is still what the person sees.
    const editor = window.activeTextEditor ?? window.visibleTextEditors.find(isOf(current));
    const next = describe(editor);
    if (isSame(next, current)) return;
    current = next;
    changes.fire();
  };
  const lookSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(look, SETTLED_MS);
  };
  const watched = Disposable.from(
    changes,
    window.onDidChangeActiveTextEditor(lookSoon),
    window.onDidChangeVisibleTextEditors(lookSoon),
    window.onDidChangeTextEditorSelection(lookSoon),
    new Disposable(() => clearTimeout(timer)),
  );
  return {
    get current() {
      return current;
    },
    onDidChange: (listener) => changes.event(listener),
    dispose: () => watched.dispose(),
  };
}

const isOf =
  (context: EditorContext | undefined) =>
  ({ document }: TextEditor): boolean =>
    document.uri.scheme === 'file' && document.uri.fsPath === context?.path;

function describe(editor: TextEditor | undefined): EditorContext | undefined {
  if (editor === undefined || editor.document.uri.scheme !== 'file') return undefined;
  const { document, selection } = editor;
  const path = document.uri.fsPath;
  return selection.isEmpty ? { path } : { path, lines: { ...toLines(selection.start, selection.end) } };
}

function isSame(left: EditorContext | undefined, right: EditorContext | undefined): boolean {
  return (
    left?.path === right?.path &&
    left?.lines?.from === right?.lines?.from &&
    left?.lines?.to === right?.lines?.to
  );
}
