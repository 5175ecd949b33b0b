/** What the editor does when a panel asks for it. */
import { commands, type QuickPickItem, window } from 'vscode';
import type { FileSystem } from '../core/ports.ts';
import type { FailureAction } from '../protocol/failure.ts';
import type { ReviewAction } from '../protocol/panel.ts';
import type { PermissionMode } from '../protocol/permissions.ts';
import { openMerge } from './checkpoints/openMerge.ts';
import type { Rewinds } from './checkpoints/rewinds.ts';
import { showRewind } from './checkpoints/showChanges.ts';
import { chooseProvider } from './chooseProvider.ts';
import type { CommentActions } from './comments/createComments.ts';
import type { EditorSources } from './context/editorSources.ts';
import type { EarlierTexts } from './earlierText.ts';
import { exportConversation } from './exportConversation.ts';
import type { KeptSessions } from './keptSessions.ts';
import type { EditorLog } from './log.ts';
import { addMemory } from './memory/addMemory.ts';
import { openFile } from './openFile.ts';
import { openLink } from './openLink.ts';
import type { PanelActions } from './panelHandlers.ts';
import type { PanelHost } from './panelHost.ts';
import type { Proposals } from './proposals/proposals.ts';
import type { Providers } from './providers.ts';
import type { Review } from './review/review.ts';
import type { ReviewActions } from './review/reviewActions.ts';
import { type EditorSecrets, readOwnServer } from './secrets.ts';
import type { SessionHost } from './sessionHost.ts';
import type { Settings } from './settings.ts';
import { showSettings } from './showSettings.ts';
import type { EditorWorkspace } from './workspacePort.ts';

export interface ActionDeps {
  readonly kept: KeptSessions;
  readonly files: FileSystem;
  /** Absolute path of the folder with the user's own files. */
  readonly configDir: string;
  readonly workspace: EditorWorkspace;
  readonly providers: Providers;
  readonly secrets: EditorSecrets;
  readonly earlierTexts: EarlierTexts;
  readonly editorSources: Pick<EditorSources, 'read'>;
  readonly rewinds: Rewinds;
  readonly review: Pick<Review, 'waiting'>;
  readonly reviewActions: ReviewActions;
  readonly comments: Pick<CommentActions, 'send'>;
  readonly proposals: Pick<Proposals, 'open'>;
  readonly settings: () => Settings;
  readonly log: EditorLog;
  readonly continueClaude: () => Promise<string | undefined>;
  readonly openSession: (panel: PanelHost, sessionId: string | null) => Promise<void>;
}

export function createPanelActions(deps: ActionDeps): PanelActions {
  return {
    kept: deps.kept,
    exportSession: async (sessionId) => exportConversation(await deps.kept.read(sessionId)),
    openSession: deps.openSession,
    continueClaude: deps.continueClaude,
    chooseProvider: async (choice, signal) => {
      // Only the first-start page asks. Where a provider is chosen, a person changes it, not a page.
      if (deps.providers.kind === null) return chooseProvider(choice, deps, signal);
      return {
        chosen: false,
        problem: 'A provider is chosen already. Change it with “Choose Model Provider…”.',
      };
    },
    openFile: (request, panel) =>
      openFile(request, { ...deps, host: panel.host, beside: panel.surface.place === 'tab' }),
    openProposal: (toolUseId) => deps.proposals.open(toolUseId),
    bringAlong: (text) => deps.editorSources.read(text),
    addMemory: (text, host) => addMemory(text, host, deps),
    showSettings: (file, panel) =>
      showSettings(file, { ...deps, host: panel.host, beside: panel.surface.place === 'tab' }),
    rewind: (host, request, signal) => deps.rewinds.run(host, request, { signal }),
    showRewind: async (host, { targets }) => {
      await showRewind(targets, { host, earlierTexts: deps.earlierTexts });
    },
    openMerge: async (host, { target, path }) => {
      const problem = await openMerge({ target, path }, { host, earlierTexts: deps.earlierTexts });
      return problem === undefined ? {} : { problem };
    },
    review: (action) => reviewAll(action, deps),
    openLink,
    actOnFailure: (action, host) => actOnFailure(action, host, deps),
    rememberModel: (model) => deps.providers.rememberModel(model),
    refuseMode: (mode) => refuseMode(mode, deps),
  };
}

async function reviewAll(
  action: ReviewAction,
  { reviewActions: actions, review, comments }: Pick<ActionDeps, 'reviewActions' | 'review' | 'comments'>,
): Promise<void> {
  const all = {
    what: 'files' as const,
    paths: review.waiting().map(({ path }) => path),
    isMeant: () => true,
  };
  switch (action) {
    case 'next':
      return actions.go('next');
    case 'show':
      return actions.showAll();
    case 'keep_all':
      return actions.keep(all);
    case 'undo_all':
      return actions.undo(all);
    case 'send_comments':
      return comments.send();
    default:
      action satisfies never;
  }
}

async function actOnFailure(action: FailureAction, host: SessionHost, deps: ActionDeps): Promise<void> {
  switch (action) {
    case 'retry':
    case 'continue':
      await host.request('belay/turn_retry', {});
      return;
    case 'set_key':
      if (await deps.secrets.askApiKey(readOwnServer())) await host.request('belay/turn_retry', {});
      return;
    case 'choose_provider':
      await commands.executeCommand('belay.chooseProvider');
      return;
    case 'choose_model':
      await pickModel(host, deps.providers);
      return;
    case 'open_log':
      deps.log.show();
      return;
    default:
      action satisfies never;
  }
}

async function pickModel(host: SessionHost, providers: Providers): Promise<void> {
  const items: (QuickPickItem & { readonly model: string })[] = providers.modelList().map((model) => ({
    label: model.displayName,
    description: model.value === host.state.model ? 'in use' : '',
    detail: model.description,
    model: model.value,
  }));
  const picked = await window.showQuickPick(items, { title: 'Belay: which model?' });
  if (picked === undefined) return;
  await host.request('set_model', { model: picked.model });
  providers.rememberModel(picked.model);
}

/** A mode that asks less than the user's settings and the folder allow can't be chosen from a page. */
function refuseMode(mode: PermissionMode, { settings, workspace }: ActionDeps): string | undefined {
  if (mode === 'bypassPermissions' && settings().permissionMode !== 'bypassPermissions') {
    return 'Permissions may only be bypassed when the setting belay.permissionMode says so.';
  }
  if (!workspace.trusted && mode !== 'default' && mode !== 'plan') {
    return 'In a folder that you have not trusted, Belay asks before everything.';
  }
  return undefined;
}
