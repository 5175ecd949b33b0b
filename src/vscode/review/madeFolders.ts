/** Folders that an agent has made and that are empty when its files have left them again: they go, too. */
import { dirname } from 'node:path';
import { Uri, workspace } from 'vscode';
import type { SessionHost } from '../sessionHost.ts';

/** Those that `path` lay in, from the innermost on. Without its session nobody knows who has made them. Never rejects. */
export async function removeMadeFolders(
  path: string,
  host: Pick<SessionHost, 'request'> | undefined,
): Promise<void> {
  if (host === undefined) return;
  try {
    for (let folder = dirname(path); await isEmpty(folder); folder = dirname(folder)) {
      if (!(await isMadeByAgent(folder, host))) return;
      // Not what somebody has put into it meanwhile.
      await workspace.fs.delete(Uri.file(folder), { recursive: false, useTrash: false });
    }
  } catch {
    // It can't be told, or not be removed: then it stays.
  }
}

async function isEmpty(folder: string): Promise<boolean> {
  return (await workspace.fs.readDirectory(Uri.file(folder))).length === 0;
}

/** A rewind of all that the session has done would take the folder away. */
async function isMadeByAgent(folder: string, host: Pick<SessionHost, 'request'>): Promise<boolean> {
  const [first] = (await host.request('belay/checkpoint_list', {})).checkpoints;
  if (first === undefined) return false;
  const { user_message_id } = first;
  const would = await host.request('rewind_files', { user_message_id, paths: [folder], dry_run: true });
  return (would.folders ?? []).some(
    ({ path, outcome, change }) =>
      Uri.file(path).fsPath === folder && outcome === 'restored' && change === 'deleted',
  );
}
