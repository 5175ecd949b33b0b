/** Changes of several files in VS Code's own diff editors, both sides read-only. What is no text is named in the title. */
import { basename } from 'node:path';
import { commands, Uri, window } from 'vscode';
import type { RewindAnswer, RewindTarget } from '../../protocol/checkpoints.ts';
import type { EarlierTexts } from '../earlierText.ts';
import type { SessionHost } from '../sessionHost.ts';
import type { FileItem } from './checkpointItems.ts';

export interface ShowDeps {
  readonly host: SessionHost;
  readonly earlierTexts: EarlierTexts;
}

/** null on a side: the file is not there. */
export interface ChangedFile {
  readonly path: string;
  readonly left: string | null;
  readonly right: string | null;
  readonly isBinary: boolean;
}

/** More files than these in one editor help nobody. */
const MAX_FILES = 200;

/** What a rewind would change: what stands there now beside what would. */
export async function showRewind(targets: readonly RewindTarget[], deps: ShowDeps): Promise<boolean> {
  const files = await Promise.all(targets.map((target) => previewTarget(target, deps.host)));
  return showFiles('Rewind (now ↔ then)', files.flat(), deps);
}

/** What these changes were, newest first as the tree has them: one entry for each file. */
export async function showItems(title: string, items: readonly FileItem[], deps: ShowDeps): Promise<boolean> {
  const files = await Promise.all(
    items.slice(0, MAX_FILES).map(({ checkpointId, path }) => readChange({ checkpointId, path }, deps.host)),
  );
  return showFiles(title, joinChanges(files.toReversed()), deps);
}

/** Oldest first: of each file what was there before the first change, and after the last. */
export function joinChanges(files: readonly ChangedFile[]): readonly ChangedFile[] {
  const byPath = new Map<string, ChangedFile>();
  for (const file of files) {
    const earlier = byPath.get(file.path);
    const isBinary = file.isBinary || earlier?.isBinary === true;
    byPath.set(file.path, earlier === undefined ? file : { ...file, left: earlier.left, isBinary });
  }
  return [...byPath.values()];
}

interface RecordedChange {
  readonly checkpointId: string;
  readonly path: string;
  /** Of another session. */
  readonly sessionId?: string | undefined;
}

export async function readChange(
  { checkpointId, path, sessionId }: RecordedChange,
  host: SessionHost,
): Promise<ChangedFile> {
  const { before, after, binary } = await host.request('belay/checkpoint_diff', {
    ...(sessionId === undefined ? {} : { session_id: sessionId }),
    checkpoint_id: checkpointId,
    path,
    scope: 'alone',
  });
  return { path, left: before, right: after, isBinary: binary };
}

async function previewTarget(target: RewindTarget, host: SessionHost): Promise<readonly ChangedFile[]> {
  const answer = await host.request('rewind_files', { ...toRequest(target), dry_run: true });
  const files = (answer.files ?? []).filter(
    ({ outcome }) => outcome === 'restored' || outcome === 'conflicted',
  );
  return Promise.all(files.slice(0, MAX_FILES).map((file) => previewFile(file, { target, host })));
}

async function previewFile(
  { path, outcome, change }: NonNullable<RewindAnswer['files']>[number],
  { target, host }: { readonly target: RewindTarget; readonly host: SessionHost },
): Promise<ChangedFile> {
  const { mine, theirs, merged } = await host.request('belay/checkpoint_conflict', {
    ...toRequest({ ...target, paths: [] }),
    path,
  });
  const left = change === 'created' ? null : mine;
  const right = change === 'deleted' ? null : outcome === 'conflicted' ? theirs : (merged ?? theirs);
  const isBinary =
    (change === 'modified' && (left === null || right === null)) || (left === null && right === null);
  return { path, left, right, isBinary };
}

export function toRequest({ user_message_id, checkpoint_id, paths }: RewindTarget) {
  return {
    ...(user_message_id === undefined ? {} : { user_message_id }),
    ...(checkpoint_id === undefined ? {} : { checkpoint_id }),
    ...(paths === undefined || paths.length === 0 ? {} : { paths: [...paths] }),
  };
}

/** False: there is nothing that could be shown. */
export async function showFiles(
  title: string,
  files: readonly ChangedFile[],
  { earlierTexts }: Pick<ShowDeps, 'earlierTexts'>,
): Promise<boolean> {
  const texts = files.filter(({ isBinary }) => !isBinary);
  const named = toFullTitle(title, files);
  const [first] = texts;
  if (first === undefined) {
    void window.showInformationMessage(`Belay: there is no text to compare. ${named}`);
    return false;
  }
  const since = crypto.randomUUID();
  const sides = texts.map(({ path, left, right }) => ({
    label: Uri.file(path),
    left: left === null ? undefined : earlierTexts.show({ path, since: `${since}:left` }, left),
    right: right === null ? undefined : earlierTexts.show({ path, since: `${since}:right` }, right),
  }));
  await commands.executeCommand(
    'vscode.changes',
    named,
    sides.map(({ label, left, right }) => [label, left, right]),
  );
  return true;
}

export function toFullTitle(title: string, files: readonly Pick<ChangedFile, 'path' | 'isBinary'>[]): string {
  const binary = files.filter(({ isBinary }) => isBinary).map(({ path }) => basename(path));
  return binary.length === 0 ? title : `${title}; no text: ${binary.join(', ')}`;
}
