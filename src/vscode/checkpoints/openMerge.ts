/** A file that both the agent and somebody else have changed: VS Code's merge editor, or a diff where that can't be had. */
import { basename } from 'node:path';
import { commands, Uri } from 'vscode';
import type { RewindTarget } from '../../protocol/checkpoints.ts';
import { type ShowDeps, toRequest } from './showChanges.ts';

export interface MergeRequest {
  readonly target: RewindTarget;
  readonly path: string;
}

/** The result is written by the person, into the file itself. undefined: it is shown; else why it can't be. */
export async function openMerge(
  { target, path }: MergeRequest,
  { host, earlierTexts }: ShowDeps,
): Promise<string | undefined> {
  const { base, mine, theirs } = await host.request('belay/checkpoint_conflict', {
    ...toRequest({ ...target, paths: [] }),
    path,
  });
  if (mine === null && theirs === null) return `${basename(path)} is no text, so there is nothing to merge.`;
  const since = crypto.randomUUID();
  const show = (side: string, text: string | null): Uri =>
    earlierTexts.show({ path, since: `${since}:${side}` }, text ?? '');
  const sides = { base: show('base', base), mine: show('mine', mine), theirs: show('theirs', theirs) };
  if (base !== null && mine !== null && theirs !== null && (await openMergeEditor(path, sides)))
    return undefined;
  const right = mine === null ? sides.mine : Uri.file(path);
  await commands.executeCommand('vscode.diff', sides.theirs, right, `${basename(path)} (rewound ↔ yours)`);
  return undefined;
}

interface Sides {
  readonly base: Uri;
  readonly mine: Uri;
  readonly theirs: Uri;
}

/** The command behind git's "Resolve in Merge Editor": internal to VS Code, so it may be gone. */
const MERGE_EDITOR = '_open.mergeEditor';

async function openMergeEditor(path: string, { base, mine, theirs }: Sides): Promise<boolean> {
  const known = await commands.getCommands(false);
  if (!known.includes(MERGE_EDITOR)) return false;
  await commands.executeCommand(MERGE_EDITOR, {
    base,
    input1: { uri: mine, title: 'Yours' },
    input2: { uri: theirs, title: 'Rewound' },
    output: Uri.file(path),
  });
  return true;
}
