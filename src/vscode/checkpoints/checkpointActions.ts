/** What a person does with checkpoints in the editor: from the tree, the explorer and the palette. */
import { commands, l10n, Uri, window } from 'vscode';
import type { RewindTarget } from '../../protocol/checkpoints.ts';
import type { EarlierTexts } from '../earlierText.ts';
import type { OpenSessions } from '../openSessions.ts';
import type { PanelHost } from '../panelHost.ts';
import type { SessionHost } from '../sessionHost.ts';
import { type CheckpointItem, filesOf, toTarget } from './checkpointItems.ts';
import type { Rewinds } from './rewinds.ts';
import { showItems } from './showChanges.ts';
import { showHistory } from './showHistory.ts';

export interface CheckpointActions {
  /** Opens the rewind dialog for these targets. */
  askRewind(targets: readonly RewindTarget[], title: string): Promise<void>;
  rewindToItem(item: CheckpointItem): Promise<void>;
  showItem(item: CheckpointItem): Promise<void>;
  openItem(item: CheckpointItem): Promise<void>;
  showItemHistory(item: CheckpointItem): Promise<void>;
  redoItem(item: CheckpointItem): Promise<void>;
  /** undefined: of the file in the active editor. */
  showFileHistory(uri: Uri | undefined): Promise<void>;
}

export interface CheckpointActionDeps {
  readonly sessions: OpenSessions;
  readonly earlierTexts: EarlierTexts;
  readonly rewinds: Rewinds;
  /** Titles of sessions by their ids. */
  readonly readTitles: () => Promise<ReadonlyMap<string, string>>;
  /** The panel that was used last, brought to the front. */
  readonly showPanel: () => Promise<PanelHost>;
}

export function createCheckpointActions(deps: CheckpointActionDeps): CheckpointActions {
  const { sessions, earlierTexts, rewinds } = deps;
  const askRewind: CheckpointActions['askRewind'] = (targets, title) => ask({ targets, title }, deps);
  const history = async (uri: Uri): Promise<void> => {
    // What earlier sessions did is asked of the one of a panel, too.
    const host = sessions.current()?.host ?? (await deps.showPanel()).host;
    const { readTitles } = deps;
    await showHistory(uri, {
      ...{ host, earlierTexts, readTitles },
      ask: (target, title) => askRewind([target], title),
    });
  };
  return {
    askRewind,
    rewindToItem: (item) =>
      ask(
        {
          targets: [toTarget(item)],
          title: `Back to before “${toTitle(item)}”`,
          ...(item.kind === 'turn' && { userMessageId: item.userMessageId }),
        },
        deps,
      ),
    async showItem(item) {
      const host = sessions.current()?.host;
      if (host !== undefined)
        await showItems(`${toTitle(item)} (before ↔ after)`, filesOf(item), { host, earlierTexts });
    },
    async openItem(item) {
      if (item.kind === 'file') await commands.executeCommand('vscode.open', Uri.file(item.path));
    },
    async showItemHistory(item) {
      if (item.kind === 'file') await history(Uri.file(item.path));
    },
    async redoItem(item) {
      const host = sessions.current()?.host;
      if (item.kind !== 'rewind' || host === undefined) return;
      if (item.isNextRedo) await redo(host, rewinds);
      else await askRewind([toTarget(item)], `Take back: ${item.title}`);
    },
    async showFileHistory(given) {
      const uri = given ?? window.activeTextEditor?.document.uri;
      if (uri?.scheme === 'file') return history(uri);
      await window.showInformationMessage(l10n.t('Belay: open a file first, to see its history.'));
    },
  };
}

interface Asked {
  readonly targets: readonly RewindTarget[];
  readonly title: string;
  /** Of a whole turn: the conversation can go back, too. */
  readonly userMessageId?: string;
}

async function ask(
  { targets, title, userMessageId }: Asked,
  { showPanel }: CheckpointActionDeps,
): Promise<void> {
  if (targets.length === 0) return;
  const panel = await showPanel();
  const prompt = userMessageId === undefined ? undefined : panel.host.conversation.prompt(userMessageId);
  panel.tellWhenReady({
    type: 'system',
    subtype: 'belay/rewind_ask',
    user_message_id: prompt?.uuid ?? null,
    ...(prompt === undefined ? {} : { text: prompt.text }),
    targets: targets.map(({ paths, ...point }) => ({ ...point, ...(paths && { paths: [...paths] }) })),
    title,
  });
}

async function redo(host: SessionHost, rewinds: Rewinds): Promise<void> {
  const answer = await rewinds.run(host, { redo: true });
  if (!answer.canRewind) throw new Error(answer.error ?? 'The rewind could not be taken back.');
}

function toTitle(item: CheckpointItem): string {
  if (item.kind !== 'file') return item.title;
  return item.path.slice(Math.max(item.path.lastIndexOf('/'), item.path.lastIndexOf('\\')) + 1);
}
