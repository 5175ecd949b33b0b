/**
 * Which files the user has saved in the editor, in order: what is saved while a command runs is no work of the command's. Saves
 * that Belay itself asks for are none of the user's.
 */
import { Disposable, type Uri, workspace } from 'vscode';

export interface UserSaves extends Disposable {
  /** The files saved after the save of this number, absolute, and the number of the last. */
  since(number: number): { readonly last: number; readonly paths: readonly string[] };
  /** Runs the task, in which saves of this file are not the user's. */
  without<Result>(path: string, task: () => Promise<Result>): Promise<Result>;
}

/** More than anybody saves while a command runs. */
const MOST = 1000;

export function watchUserSaves(): UserSaves {
  const saves: { readonly number: number; readonly path: string }[] = [];
  const ours = new Set<string>();
  let last = 0;
  const note = ({ scheme, fsPath }: Uri): void => {
    if (scheme !== 'file' || ours.has(fsPath)) return;
    last += 1;
    saves.push({ number: last, path: fsPath });
    if (saves.length > MOST) saves.shift();
  };
  const listening = Disposable.from(
    workspace.onDidSaveTextDocument(({ uri }) => note(uri)),
    workspace.onDidSaveNotebookDocument(({ uri }) => note(uri)),
  );
  return {
    since: (number) => ({
      last,
      paths: saves.filter((save) => save.number > number).map(({ path }) => path),
    }),
    async without(path, task) {
      ours.add(path);
      try {
        return await task();
      } finally {
        ours.delete(path);
      }
    },
    dispose: () => listening.dispose(),
  };
}
