/** Tells when files of the workspace come and go. The editor watches them, and only once somebody has asked. */
import { Disposable, workspace } from 'vscode';
import type { FileNews } from '../../core/ports.ts';

export interface WatchedFileNews extends FileNews, Disposable {}

export function createFileNews(): WatchedFileNews {
  let count = 0;
  let watched: Disposable | undefined;
  const note = (): void => {
    count += 1;
  };
  return {
    async now() {
      watched ??= watch(note);
      return { count, hidden: findHidden() };
    },
    dispose: () => watched?.dispose(),
  };
}

function watch(note: () => void): Disposable {
  const files = workspace.createFileSystemWatcher('**', false, true, false);
  // What they say decides which files are listed.
  const ignores = workspace.createFileSystemWatcher('**/{.gitignore,.ignore,.rgignore}', true, false, true);
  return Disposable.from(
    files,
    files.onDidCreate(note),
    files.onDidDelete(note),
    ignores,
    ignores.onDidChange(note),
  );
}

/** Those that depend on a file beside them are left out: they hide what is made from another file that is shown. */
function findHidden(): readonly string[] {
  const folder = workspace.workspaceFolders?.[0];
  const patterns = workspace
    .getConfiguration('files', folder?.uri)
    .get<Readonly<Record<string, unknown>>>('exclude', {});
  return Object.keys(patterns).filter((pattern) => patterns[pattern] === true);
}
