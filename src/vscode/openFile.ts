/** Opens a file that the conversation names, at a line or as a diff against what it was before. */
import { basename, isAbsolute, relative, resolve } from 'node:path';
import { commands, Range, Uri, ViewColumn } from 'vscode';
import type { FileSystem, Workspace } from '../core/ports.ts';
import type { RequestOf, ResponseOf } from '../protocol/control.ts';
import type { EarlierTexts } from './earlierText.ts';
import type { SessionHost } from './sessionHost.ts';

type Answer = ResponseOf<'belay/file_open'>;

export interface OpenFileDeps {
  readonly host: SessionHost;
  readonly files: Pick<FileSystem, 'stat' | 'realPath'>;
  readonly workspace: Workspace;
  readonly earlierTexts: EarlierTexts;
  /** Beside the editor that has the focus: the panel itself stands there. */
  readonly beside: boolean;
}

export async function openFile(request: RequestOf<'belay/file_open'>, deps: OpenFileDeps): Promise<Answer> {
  const path = resolve(deps.workspace.cwd, request.path);
  if (!(await mayOpen(path, deps))) {
    return {
      opened: false,
      problem: `${path} is outside of this workspace, and Belay has not worked on it.`,
    };
  }
  if (request.diff_since !== undefined) return openDiff({ path, since: request.diff_since }, deps);
  const stat = await deps.files.stat(path);
  if (stat === undefined) return { opened: false, problem: `${path} is not there (any more).` };
  const uri = Uri.file(path);
  if (stat.kind === 'directory') await commands.executeCommand('revealInExplorer', uri);
  else
    await commands.executeCommand('vscode.open', uri, { ...toOptions(deps), ...toSelection(request.line) });
  return { opened: true };
}

async function openDiff(
  file: { readonly path: string; readonly since: string },
  deps: OpenFileDeps,
): Promise<Answer> {
  const { path, since } = file;
  const diff = await deps.host.request('belay/checkpoint_diff', { path, user_message_id: since });
  if (diff.binary)
    return { opened: false, problem: `${basename(path)} is no text, so there is no diff to show.` };
  const left = deps.earlierTexts.show(file, diff.before ?? '');
  const isThere = (await deps.files.stat(path)) !== undefined;
  const right = isThere ? Uri.file(path) : deps.earlierTexts.show({ path, since: 'deleted' }, '');
  const title = `${basename(path)} (before ↔ now)`;
  await commands.executeCommand('vscode.diff', left, right, title, toOptions(deps));
  return { opened: true };
}

/** Files of the workspace, wherever links lead, and files the agent has named. */
async function mayOpen(path: string, { host, files, workspace }: OpenFileDeps): Promise<boolean> {
  if (host.hasTold(path)) return true;
  const real = await files.realPath(path);
  const roots = await Promise.all(workspace.roots.map((root) => files.realPath(root)));
  return roots.some((root) => isInside(real, root));
}

function isInside(path: string, root: string): boolean {
  const way = relative(root, path);
  return (
    way === '' || (!isAbsolute(way) && way !== '..' && !way.startsWith('../') && !way.startsWith('..\\'))
  );
}

function toOptions({ beside }: OpenFileDeps) {
  return { preview: true, viewColumn: beside ? ViewColumn.Beside : ViewColumn.Active };
}

/** `line` is 1-based. */
function toSelection(line: number | undefined): { readonly selection?: Range } {
  if (line === undefined) return {};
  const index = Math.max(0, Math.floor(line) - 1);
  return { selection: new Range(index, 0, index, 0) };
}
