/** "History of This File": the versions the session and earlier ones made of a file, what each changed, and the way back to it. */
import { basename } from 'node:path';
import { type QuickInputButton, type QuickPickItem, QuickPickItemKind, ThemeIcon, Uri, window } from 'vscode';
import type { RewindTarget } from '../../protocol/checkpoints.ts';
import type { EarlierTexts } from '../earlierText.ts';
import type { SessionHost } from '../sessionHost.ts';
import { type FileVersion, toFileVersions, toOtherVersions } from './fileVersions.ts';
import { putBack } from './putBack.ts';
import { readChange, showFiles } from './showChanges.ts';

export interface HistoryDeps {
  readonly host: SessionHost;
  readonly earlierTexts: EarlierTexts;
  /** Titles of sessions by their ids. */
  readonly readTitles: () => Promise<ReadonlyMap<string, string>>;
  /** Asks for the rewind to this target, as the rewind dialog does. */
  readonly ask: (target: RewindTarget, title: string) => Promise<void>;
}

const RESTORE: QuickInputButton = { iconPath: new ThemeIcon('discard'), tooltip: 'Restore This Version…' };
const PUT_BACK: QuickInputButton = {
  iconPath: new ThemeIcon('discard'),
  tooltip: 'Put This Version into the Editor',
};

export interface VersionPick extends QuickPickItem {
  /** null: a line between sessions. */
  readonly version: FileVersion | null;
}

export async function showHistory(uri: Uri, deps: HistoryDeps): Promise<void> {
  const name = basename(uri.fsPath);
  const versions = await listVersions(uri, deps.host);
  const others = await listOtherVersions(uri, deps.host);
  if (versions.length + others.length === 0) {
    await window.showInformationMessage(`Belay has not changed ${name} in any session that is kept.`);
    return;
  }
  const pick = window.createQuickPick<VersionPick>();
  pick.title = `Belay: history of ${name}`;
  pick.placeholder = 'A version, to see what it changed';
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.items = toPicks(versions, others, others.length === 0 ? new Map() : await deps.readTitles());
  const shown = { uri, deps, versions };
  pick.onDidAccept(() => {
    const version = pick.activeItems[0]?.version;
    pick.hide();
    if (version !== undefined && version !== null) void tellFailure(showVersion(version, shown));
  });
  pick.onDidTriggerItemButton(({ item: { version } }) => {
    pick.hide();
    if (version !== null) void tellFailure(restore(version, shown));
  });
  pick.onDidHide(() => pick.dispose());
  pick.show();
}

export async function listVersions(uri: Uri, host: SessionHost): Promise<readonly FileVersion[]> {
  await host.ready;
  const { checkpoints } = await host.request('belay/checkpoint_list', {});
  const wanted = uri.toString();
  return toFileVersions({ checkpoints, titles: host.titles }, (path) => Uri.file(path).toString() === wanted);
}

async function listOtherVersions(uri: Uri, host: SessionHost): Promise<readonly FileVersion[]> {
  return toOtherVersions((await host.request('belay/file_history', { path: uri.fsPath })).changes);
}

/** With a line above what each session did. */
export function toPicks(
  versions: readonly FileVersion[],
  others: readonly FileVersion[],
  titles: ReadonlyMap<string, string>,
): readonly VersionPick[] {
  const own = versions.map(toPick);
  const picks = own.length > 0 && others.length > 0 ? [toLine('This session'), ...own] : [...own];
  let last: string | undefined;
  for (const version of others) {
    const { sessionId = '' } = version;
    if (sessionId !== last) picks.push(toLine(titles.get(sessionId) ?? 'An earlier session'));
    last = sessionId;
    picks.push(toPick(version));
  }
  return picks;
}

function toLine(label: string): VersionPick {
  return { label, kind: QuickPickItemKind.Separator, version: null };
}

function toPick(version: FileVersion): VersionPick {
  const { title, prompt, description, at, restore: back, sessionId } = version;
  const when = at === null ? '' : new Date(at).toLocaleString();
  const isNow = back === null && sessionId === undefined;
  return {
    label: title,
    description: [description, when, isNow ? 'now' : ''].filter(Boolean).join(' · '),
    ...(prompt === '' ? {} : { detail: prompt }),
    buttons: back === null ? [] : [back === 'text' ? PUT_BACK : RESTORE],
    version,
  };
}

interface Shown {
  readonly uri: Uri;
  readonly deps: HistoryDeps;
  readonly versions: readonly FileVersion[];
}

async function restore(version: FileVersion, { uri, deps }: Shown): Promise<void> {
  const { checkpointId, restore: back, sessionId, title } = version;
  if (back === null) return;
  if (back !== 'text') return deps.ask(back, `${basename(uri.fsPath)}, as of “${title}”`);
  if (checkpointId === null) return;
  const change = await readChange({ checkpointId, path: uri.fsPath, sessionId }, deps.host);
  await putBack(uri, change);
}

/** Of the oldest one: what has been changed since, in one. */
async function showVersion(version: FileVersion, { uri, deps, versions }: Shown): Promise<void> {
  const { host } = deps;
  const path = uri.fsPath;
  const { checkpointId, sessionId } = version;
  const title = `${basename(path)}: ${version.title}`;
  if (checkpointId !== null) {
    const file = await readChange({ checkpointId, path, sessionId }, host);
    await showFiles(`${title} (before ↔ after)`, [file], deps);
    return;
  }
  const first = versions.at(-2)?.checkpointId;
  const newest = versions[0]?.checkpointId;
  if (first === null || first === undefined || newest === null || newest === undefined) return;
  const [before, after] = await Promise.all([
    readChange({ checkpointId: first, path }, host),
    readChange({ checkpointId: newest, path }, host),
  ]);
  const file = {
    path,
    left: before.left,
    right: after.right,
    isBinary: before.isBinary || after.isBinary,
  };
  await showFiles(`${title} ↔ newest`, [file], deps);
}

async function tellFailure(task: Promise<unknown>): Promise<void> {
  try {
    await task;
  } catch (error) {
    void window.showErrorMessage(`Belay: ${error instanceof Error ? error.message : String(error)}`);
  }
}
