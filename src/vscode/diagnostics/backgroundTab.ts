/**
 * A tab behind the others, for servers that look only at what stands in one: VS Code's own for JSON, CSS and HTML. Their client library
 * asks them about the documents of `window.tabGroups` and takes back what they have said when the tab goes; an open document is not enough.
 */
import { commands, TabInputText, type Uri, window, workspace } from 'vscode';
import { isShown } from '../openDocuments.ts';
import type { SeenFile } from './openInBackground.ts';

const LANGUAGES: ReadonlySet<string> = new Set(['json', 'jsonc', 'css', 'scss', 'less', 'html']);

export interface BackgroundTab {
  /** A tab that a person has gone to meanwhile is theirs. */
  close(): Promise<void>;
}

/** Neither what is shown nor the focus changes. undefined: none is needed, or none can be had without showing it. */
export async function openBackgroundTab(seen: SeenFile): Promise<BackgroundTab | undefined> {
  if (seen.kind === 'notebook' || !LANGUAGES.has(seen.document.languageId)) return undefined;
  const { uri } = seen.document;
  // The first tab of a group is always shown, and where the number of tabs is limited another one would go.
  const group = [window.tabGroups.activeTabGroup, ...window.tabGroups.all].find(
    ({ tabs }) => tabs.length > 0,
  );
  const isLimited = workspace.getConfiguration('workbench.editor.limit').get('enabled') === true;
  if (group === undefined || isLimited || isShown(uri)) return undefined;
  // `background` is no part of the typings.
  const quiet = { background: true, preserveFocus: true, preview: false, viewColumn: group.viewColumn };
  try {
    await commands.executeCommand('vscode.open', uri, quiet);
  } catch {
    return undefined;
  }
  return { close: () => closeTab(uri) };
}

async function closeTab(uri: Uri): Promise<void> {
  const tabs = window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input, isActive, isDirty }) => {
      const isIts = input instanceof TabInputText && input.uri.toString() === uri.toString();
      return isIts && !isActive && !isDirty;
    });
  await window.tabGroups.close(tabs, true).then(undefined, () => undefined);
}
