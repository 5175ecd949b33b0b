/** Files that lie in no folder of the workspace, where VS Code watches nothing by itself: a watcher for the folder of each, a few at most. */
import { dirname } from 'node:path';
import { type Disposable, RelativePattern, Uri, workspace } from 'vscode';

export interface OutsideWatch extends Disposable {
  /** From now on changes of this file are told, if it lies outside. */
  follow(path: string): void;
}

/** Folders that are watched. Of more, those that were needed longest ago are left. */
const MOST_FOLDERS = 20;

interface Folder {
  readonly watcher: Disposable;
  readonly paths: Set<string>;
}

/** `isWatched`: whether anybody still wants to know about a file. */
export function watchOutside(
  isWatched: (path: string) => boolean,
  onChange: (uri: Uri) => void,
): OutsideWatch {
  const folders = new Map<string, Folder>();
  const leave = (name: string): void => {
    folders.get(name)?.watcher.dispose();
    folders.delete(name);
  };
  const leaveNeedless = (): void => {
    for (const [name, { paths }] of folders) if (![...paths].some(isWatched)) leave(name);
  };
  return {
    follow(path) {
      const uri = Uri.file(path);
      if (!isWatched(path) || workspace.getWorkspaceFolder(uri) !== undefined) return;
      leaveNeedless();
      const name = dirname(uri.fsPath);
      const folder = folders.get(name) ?? { watcher: watch(name, onChange), paths: new Set() };
      folder.paths.add(uri.fsPath);
      // The one that was needed last comes last.
      folders.delete(name);
      folders.set(name, folder);
      const [oldest] = folders.keys();
      if (folders.size > MOST_FOLDERS && oldest !== undefined) leave(oldest);
    },
    dispose() {
      for (const name of [...folders.keys()]) leave(name);
    },
  };
}

/** Not what lies in folders below. */
function watch(folder: string, onChange: (uri: Uri) => void): Disposable {
  const watcher = workspace.createFileSystemWatcher(new RelativePattern(Uri.file(folder), '*'));
  watcher.onDidChange(onChange);
  watcher.onDidCreate(onChange);
  watcher.onDidDelete(onChange);
  return watcher;
}
