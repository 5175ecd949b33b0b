/** The commands that need sessions. Each means the panel that was used last. */
import { commands, type QuickPickItem, window } from 'vscode';
import { listSessions } from '../core/sessions/listSessions.ts';
import type { TranscriptStore } from '../core/sessions/transcriptStore.ts';
import type { Rewinds } from './checkpoints/rewinds.ts';
import { type ChooseDeps, pickProvider } from './chooseProvider.ts';
import {
  askToFix,
  type MentionBase,
  type Place,
  type ProblemText,
  toMention,
} from './context/contextTexts.ts';
import { copyConversation, exportConversation, readOpen } from './exportConversation.ts';
import type { OpenSessions } from './openSessions.ts';
import type { PanelHost } from './panelHost.ts';

export interface SessionCommands {
  openView(): Promise<void>;
  newSession(): Promise<void>;
  resumeSession(): Promise<void>;
  continueClaudeSession(): Promise<void>;
  interrupt(): Promise<void>;
  askRewind(): Promise<void>;
  redoRewind(): Promise<void>;
  copyConversation(): Promise<void>;
  exportConversation(): Promise<void>;
  chooseProvider(): Promise<void>;
  /** Puts the places into the message that is being written, without sending it; the next two a request about them. */
  mention(places: readonly Place[]): Promise<void>;
  askToExplain(place: Place): Promise<void>;
  askToFix(place: Place, problems: readonly ProblemText[]): Promise<void>;
  /** Brings the panel to the front on which a question waits. */
  showWaiting(): Promise<void>;
}

export interface SessionCommandDeps extends ChooseDeps {
  readonly sessions: OpenSessions;
  readonly transcripts: TranscriptStore;
  readonly rewinds: Rewinds;
  readonly workspace: MentionBase;
  /** Resolves to the id of a copy that a person has chosen. */
  readonly continueClaude: () => Promise<string | undefined>;
}

export function createSessionCommands(deps: SessionCommandDeps): SessionCommands {
  const { sessions } = deps;
  /** `write` names places by mentions, so that they are read. */
  const writeInto = async (write: (mention: (place: Place) => string) => string): Promise<void> => {
    const insert = write((place) => toMention(place, deps.workspace));
    const panel = await showPanel(sessions);
    panel.tellWhenReady({ type: 'system', subtype: 'belay/composer_focus', insert });
  };
  return {
    async openView() {
      const panel = await showView(sessions);
      panel.tellWhenReady({ type: 'system', subtype: 'belay/composer_focus' });
    },
    async newSession() {
      const panel = await showPanel(sessions);
      await sessions.open(panel, null);
      panel.tellWhenReady({ type: 'system', subtype: 'belay/composer_focus' });
    },
    async resumeSession() {
      const sessionId = await pickSession(deps.transcripts);
      if (sessionId === undefined) return;
      await sessions.open(await showPanel(sessions), sessionId);
    },
    async continueClaudeSession() {
      const sessionId = await deps.continueClaude();
      if (sessionId !== undefined) await sessions.open(await showPanel(sessions), sessionId);
    },
    async interrupt() {
      const panel = sessions.running();
      await panel?.request('interrupt', {});
    },
    async askRewind() {
      const panel = await showPanel(sessions);
      await panel.host.ready;
      const last = panel.host.conversation.prompt();
      if (last === undefined) {
        await window.showInformationMessage(
          'Belay: nothing was said in this session yet, so there is nothing to go back to.',
        );
        return;
      }
      panel.tellWhenReady({
        type: 'system',
        subtype: 'belay/rewind_ask',
        user_message_id: last.uuid,
        text: last.text,
      });
    },
    redoRewind: () => redoRewind(deps),
    copyConversation: () => copyConversation(sessions.current()?.host),
    exportConversation: async () => exportConversation(await readOpen(sessions.current()?.host)),
    chooseProvider: () => pickProvider(deps),
    mention: (places) => writeInto((mention) => `${places.map(mention).join(' ')} `),
    askToExplain: (place) => writeInto((mention) => `Explain ${mention(place)}`),
    askToFix: (place, problems) => writeInto((mention) => askToFix(mention(place), problems)),
    async showWaiting() {
      const panel = sessions.waiting() ?? (await showView(sessions));
      panel.surface.reveal();
    },
  };
}

async function redoRewind({ sessions, rewinds }: SessionCommandDeps): Promise<void> {
  const host = sessions.current()?.host;
  if (host === undefined || !host.canRedo) {
    await window.showInformationMessage('Belay: there is no rewind to take back.');
    return;
  }
  const { canRedoConversation, canRedoFiles } = host.state;
  if (canRedoFiles) {
    const answer = await rewinds.run(host, { redo: true });
    if (!answer.canRewind) throw new Error(answer.error ?? 'The rewind could not be taken back.');
  }
  if (canRedoConversation) await host.request('belay/conversation_redo', {});
}

async function pickSession(transcripts: TranscriptStore): Promise<string | undefined> {
  const items = listSessions(transcripts).then((list) =>
    list.map(({ summary, lastModified, sessionId }): QuickPickItem & { readonly sessionId: string } => ({
      label: summary,
      description: new Date(lastModified).toLocaleString(),
      sessionId,
    })),
  );
  const picked = await window.showQuickPick(items, {
    title: 'Belay: resume a session',
    placeHolder: 'Sessions of this folder, newest first',
    matchOnDescription: true,
  });
  return picked?.sessionId;
}

/** The panel that was used last, brought to the front; the view where there is none. */
export async function showPanel(sessions: OpenSessions): Promise<PanelHost> {
  const panel = sessions.current();
  if (panel === undefined) return showView(sessions);
  if (!panel.surface.isVisible()) panel.surface.reveal();
  return panel;
}

/** VS Code makes the view when it is first shown; then it is attached. */
async function showView(sessions: OpenSessions): Promise<PanelHost> {
  const attached = sessions.view();
  await commands.executeCommand('belay.chat.focus');
  return attached;
}
