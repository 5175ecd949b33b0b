/** "History of This File": the versions the session made of a file, what each changed, and the way back to it. */
import { basename } from 'node:path';
import { type QuickInputButton, type QuickPickItem, ThemeIcon, Uri, window } from 'vscode';
import type { RewindTarget } from '../../protocol/checkpoints.ts';
import type { EarlierTexts } from '../earlierText.ts';
import type { SessionHost } from '../sessionHost.ts';
import { type FileVersion, toFileVersions } from './fileVersions.ts';
import { readChange, showFiles } from './showChanges.ts';

export interface HistoryDeps {
  readonly host: SessionHost;
  readonly earlierTexts: EarlierTexts;
  /** Asks for the rewind to this target, as the rewind dialog does. */
  readonly ask: (target: RewindTarget, title: string) => Promise<void>;
}

const RESTORE: QuickInputButton = { iconPath: new ThemeIcon('discard'), tooltip: 'Restore This Version…' };

interface VersionPick extends QuickPickItem {
  readonly version: FileVersion;
}

export async function showHistory(uri: Uri, deps: HistoryDeps): Promise<void> {
  const versions = await listVersions(uri, deps.host);
  const name = basename(uri.fsPath);
  if (versions.length === 0) {
    await window.showInformationMessage(`Belay has not changed ${name} in this session.`);
    return;
  }
  const pick = window.createQuickPick<VersionPick>();
  pick.title = `Belay: history of ${name}`;
  pick.placeholder = 'A version, to see what it changed';
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.items = versions.map(toPick);
  pick.onDidAccept(() => {
    const [chosen] = pick.activeItems;
    pick.hide();
    if (chosen !== undefined) void tellFailure(showVersion(chosen.version, { uri, deps, versions }));
  });
  pick.onDidTriggerItemButton(({ item: { version } }) => {
    pick.hide();
    if (version.restore !== null)
      void tellFailure(deps.ask(version.restore, `${name}, as of “${version.title}”`));
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

function toPick(version: FileVersion): VersionPick {
  const { title, prompt, description, at, restore } = version;
  const when = at === null ? '' : new Date(at).toLocaleString();
  return {
    label: title,
    description: [description, when, restore === null ? 'now' : ''].filter(Boolean).join(' · '),
    ...(prompt === '' ? {} : { detail: prompt }),
    buttons: restore === null ? [] : [RESTORE],
    version,
  };
}

interface Shown {
  readonly uri: Uri;
  readonly deps: HistoryDeps;
  readonly versions: readonly FileVersion[];
}

/** Of the oldest one: what has been changed since, in one. */
async function showVersion(version: FileVersion, { uri, deps, versions }: Shown): Promise<void> {
  const { host } = deps;
  const path = uri.fsPath;
  const title = `${basename(path)}: ${version.title}`;
  if (version.checkpointId !== null) {
    const file = await readChange({ checkpointId: version.checkpointId, path }, host);
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
