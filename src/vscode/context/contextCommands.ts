/** Brings what a person points at in the editor into the message they write: a selection, files, problems. */
import {
  type CodeAction,
  CodeActionKind,
  commands,
  type Diagnostic,
  Disposable,
  l10n,
  languages,
  Range,
  type TextDocument,
  Uri,
  window,
} from 'vscode';
import type { LazySessions } from '../lazySessions.ts';
import type { LineRange, Place, ProblemText } from './contextTexts.ts';
import { toLines } from './selectedLines.ts';

const FIX = 'belay.fix';

export function registerContextCommands(sessions: LazySessions): Disposable {
  const table: Readonly<Record<string, (...given: readonly unknown[]) => unknown>> = {
    'belay.addToChat': (uri, uris) => {
      const places = toPlaces(uri, uris);
      if (places.length > 0) sessions.use((loaded) => loaded.mention(places));
      else void window.showInformationMessage(l10n.t('Belay: open a file first, or select something in it.'));
    },
    'belay.explain': () => {
      const [place] = toPlaces(undefined, undefined);
      if (place !== undefined) sessions.use((loaded) => loaded.askToExplain(place));
    },
    [FIX]: (uri, range, problems) => {
      if (!(uri instanceof Uri) || !(range instanceof Range)) return;
      const place = { path: uri.fsPath, lines: toRange(range) };
      sessions.use((loaded) => loaded.askToFix(place, problems as readonly ProblemText[]));
    },
  };
  return Disposable.from(
    ...Object.entries(table).map(([name, run]) => commands.registerCommand(name, run)),
    languages.registerCodeActionsProvider(
      { scheme: 'file' },
      { provideCodeActions: (document, _range, { diagnostics }) => offerFix(document, diagnostics) },
      { providedCodeActionKinds: [CodeActionKind.QuickFix] },
    ),
  );
}

function offerFix(document: TextDocument, diagnostics: readonly Diagnostic[]): CodeAction[] {
  const [first] = diagnostics;
  if (first === undefined) return [];
  const range = diagnostics.reduce((all, each) => all.union(each.range), first.range);
  const problems = diagnostics.map(({ message, source, code }): ProblemText => {
    const name = typeof code === 'object' ? code.value : code;
    return { message, source, code: name === undefined ? undefined : String(name) };
  });
  const title = l10n.t('Fix with Belay');
  const command = { title, command: FIX, arguments: [document.uri, range, problems] };
  return [{ title, kind: CodeActionKind.QuickFix, diagnostics: [...diagnostics], command }];
}

/** What the explorer has chosen, or a tab; else what the editor with the focus shows. */
function toPlaces(uri: unknown, uris: unknown): readonly Place[] {
  const chosen = [uris, uri]
    .flat()
    .filter((each): each is Uri => each instanceof Uri && each.scheme === 'file');
  const editor = window.activeTextEditor;
  const paths = [...new Set(chosen.map(({ fsPath }) => fsPath))];
  if (editor === undefined || editor.document.uri.scheme !== 'file') return paths.map((path) => ({ path }));
  const { fsPath } = editor.document.uri;
  const lines = editor.selection.isEmpty ? undefined : toRange(editor.selection);
  return (paths.length === 0 ? [fsPath] : paths).map((path) => ({
    path,
    // From the menu of the editor comes its file, and the selection is meant.
    lines: paths.length <= 1 && path === fsPath ? lines : undefined,
  }));
}

function toRange({ start, end }: Range): LineRange {
  return toLines(start, end);
}
