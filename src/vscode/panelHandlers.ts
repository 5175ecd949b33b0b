/** What a panel may ask: the agent's requests are passed on to the session it shows, the editor's are answered here. */
import type { HandlerContext, Handlers } from '../channel/peer.ts';
import type { AttachedText } from '../protocol/attachedText.ts';
import type { AnsweredBy, RequestOf, ResponseOf } from '../protocol/control.ts';
import type { FailureAction } from '../protocol/failure.ts';
import type { ReviewAction } from '../protocol/panel.ts';
import type { PermissionMode } from '../protocol/permissions.ts';
import type { KeptSessions } from './keptSessions.ts';
import type { PanelHost } from './panelHost.ts';
import type { SessionHost } from './sessionHost.ts';
import type { ViewStore } from './viewStore.ts';

/** What the editor does for a panel. */
export interface PanelActions {
  readonly kept: KeptSessions;
  exportSession(sessionId: string): Promise<void>;
  /** null: a new session. */
  openSession(panel: PanelHost, sessionId: string | null): Promise<void>;
  /** Has a person choose a session of Claude Code. Resolves to the id of the copy that was made of it. */
  continueClaude(): Promise<string | undefined>;
  chooseProvider(
    choice: RequestOf<'belay/provider_choose'>,
    signal: AbortSignal,
  ): Promise<ResponseOf<'belay/provider_choose'>>;
  openFile(request: RequestOf<'belay/file_open'>, panel: PanelHost): Promise<ResponseOf<'belay/file_open'>>;
  openProposal(toolUseId: string): Promise<boolean>;
  /** What of the editor a message with this text names. */
  bringAlong(text: string): Promise<readonly AttachedText[]>;
  addMemory(text: string, host: SessionHost): Promise<ResponseOf<'belay/memory_add'>>;
  showSettings(file: string, panel: PanelHost): Promise<ResponseOf<'belay/settings_show'>>;
  /** Passed on to the agent, with what the editor shows of it. */
  rewind(
    host: SessionHost,
    request: RequestOf<'rewind_files'>,
    signal: AbortSignal,
  ): Promise<ResponseOf<'rewind_files'>>;
  showRewind(host: SessionHost, request: RequestOf<'belay/rewind_show'>): Promise<void>;
  openMerge(
    host: SessionHost,
    request: RequestOf<'belay/merge_open'>,
  ): Promise<ResponseOf<'belay/merge_open'>>;
  review(action: ReviewAction): Promise<void>;
  openLink(href: string): Promise<void>;
  actOnFailure(action: FailureAction, host: SessionHost): Promise<void>;
  rememberModel(model: string): void;
  /** Why a mode may not be chosen from a panel; undefined when it may. */
  refuseMode(mode: PermissionMode): string | undefined;
}

export interface PanelHandlerDeps {
  /** The session that is shown at the moment. */
  readonly host: () => SessionHost;
  readonly actions: PanelActions;
  readonly panel: PanelHost;
  readonly views: ViewStore;
  readonly onReady: () => Promise<ResponseOf<'belay/panel_ready'>>;
  /** False: there is no such part of the conversation. */
  readonly loadPage: (request: RequestOf<'belay/page_load'>) => boolean;
}

export function createPanelHandlers(deps: PanelHandlerDeps): Handlers<'agent' | 'editor'> {
  return { ...createForwarders(deps), ...createAnswers(deps) };
}

type ListSubtype = Extract<AnsweredBy<'editor'>, `belay/session_${string}` | 'belay/message_edit'>;

function createListAnswers(
  deps: PanelHandlerDeps,
): Omit<Pick<Handlers<'editor'>, ListSubtype>, 'belay/session_open'> {
  const { actions, panel } = deps;
  const { kept } = actions;
  return {
    'belay/session_list': async () => ({ sessions: [...(await kept.list())] }),
    'belay/session_search': async ({ text }, { signal }) => {
      const { sessionIds, complete } = await kept.search(text, signal);
      return { session_ids: [...sessionIds], complete };
    },
    'belay/session_rename': async ({ session_id, title }) => toChanged(await kept.rename(session_id, title)),
    'belay/session_tag': async ({ session_id, tag }) => toChanged(await kept.tag(session_id, tag)),
    'belay/session_fork': async ({ session_id }) => {
      await actions.openSession(panel, await kept.fork(session_id));
      return {};
    },
    'belay/message_edit': (request) => editMessage(request, deps),
    'belay/session_delete': async ({ session_id }) => toChanged(await kept.remove(session_id)),
    'belay/session_restore': async ({ session_id }) => toChanged(await kept.restore(session_id)),
    'belay/session_export': async ({ session_id }) => {
      await actions.exportSession(session_id);
      return {};
    },
  };
}

/** In the copy it is said with the model and the mode that were chosen in the session. */
async function editMessage(
  { user_message_id, message }: RequestOf<'belay/message_edit'>,
  { host, actions, panel }: PanelHandlerDeps,
): Promise<Record<string, never>> {
  const session = host();
  const { activity, model, permissionMode } = session.state;
  // The same folder is not to be worked on from both.
  if (activity !== 'idle') await session.request('interrupt', { cancel_queued: true });
  await actions.openSession(panel, await actions.kept.fork(session.sessionId, user_message_id));
  const copy = panel.host;
  await copy.ready;
  if (copy.state.model !== model) await copy.request('set_model', { model });
  if (copy.state.permissionMode !== permissionMode && actions.refuseMode(permissionMode) === undefined)
    await copy.request('set_permission_mode', { mode: permissionMode });
  panel.say(message);
  return {};
}

function toChanged(problem: string | undefined): { problem?: string } {
  return problem === undefined ? {} : { problem };
}

function createAnswers(deps: PanelHandlerDeps): Handlers<'editor'> {
  const { host, actions, panel, views, onReady, loadPage } = deps;
  return {
    'belay/panel_ready': onReady,
    'belay/page_load': async (request) => ({ found: loadPage(request) }),
    'belay/conversation_find': async ({ text, first, last }) => {
      const { earlier, later } = host().conversation.find(text, { first, last });
      return { earlier: [...earlier], later: [...later] };
    },
    'belay/view_save': async (view) => {
      await views.save(host().sessionId, view);
      return {};
    },
    ...createListAnswers(deps),
    'belay/session_open': async ({ session_id }) => {
      await actions.openSession(panel, session_id);
      return {};
    },
    'belay/claude_continue': async () => {
      const sessionId = await actions.continueClaude();
      if (sessionId !== undefined) await actions.openSession(panel, sessionId);
      return { opened: sessionId !== undefined };
    },
    'belay/provider_choose': (choice, { signal }) => actions.chooseProvider(choice, signal),
    'belay/file_open': (request) => actions.openFile(request, panel),
    'belay/proposal_open': async ({ tool_use_id }) => ({ opened: await actions.openProposal(tool_use_id) }),
    'belay/settings_show': ({ file }) => actions.showSettings(file, panel),
    'belay/memory_add': ({ text }) => actions.addMemory(text, host()),
    'belay/rewind_show': async (request) => {
      await actions.showRewind(host(), request);
      return {};
    },
    'belay/merge_open': (request) => actions.openMerge(host(), request),
    'belay/review_act': async ({ action }) => {
      await actions.review(action);
      return {};
    },
    'belay/link_open': async ({ href }) => {
      await actions.openLink(href);
      return {};
    },
    'belay/failure_act': async ({ action }) => {
      await actions.actOnFailure(action, host());
      return {};
    },
  };
}

/** A server is a program to run or an address to send to: settings name it, never a web page. */
async function refuseServers(): Promise<never> {
  throw new Error('A panel has no MCP servers to bring along.');
}

/** The view of the servers is the editor's own. */
async function refuseServerView(): Promise<never> {
  throw new Error('A panel does not look after MCP servers.');
}

/** What other sessions did is the editor's own to show. */
async function refuseOtherSessions(): Promise<never> {
  throw new Error('A panel shows what its own session did.');
}

/** Rules come from a person's answer to a question, and from settings; a web page makes none. */
async function refuseSettings(): Promise<never> {
  throw new Error('A panel does not change the settings of a session.');
}

/** What a person says they say in messages, which stand in the conversation. */
async function refuseNotices(): Promise<never> {
  throw new Error('A panel tells the agent nothing but what a person writes.');
}

/** The editor shows them: settings may name keys. */
async function refuseTexts(): Promise<never> {
  throw new Error('A panel does not read settings files.');
}

/** Listed one by one: a request the agent learns to answer is not open to panels before somebody has thought about it. */
function createForwarders({ host, actions }: PanelHandlerDeps): Handlers<'agent'> {
  const forward =
    <S extends AnsweredBy<'agent'>>(subtype: S) =>
    (request: RequestOf<S>, { signal }: HandlerContext): Promise<ResponseOf<S>> =>
      host().request(subtype, request, { signal });
  return {
    // A panel asks what there is; it has no hooks, servers or prompts to bring along.
    initialize: (_request, { signal }) => host().request('initialize', {}, { signal }),
    set_permission_mode: async ({ mode }, { signal }) => {
      const refusal = actions.refuseMode(mode);
      if (refusal !== undefined) throw new Error(refusal);
      return host().request('set_permission_mode', { mode }, { signal });
    },
    interrupt: forward('interrupt'),
    set_model: async (request, context) => {
      const answer = await forward('set_model')(request, context);
      if (typeof request.model === 'string') actions.rememberModel(request.model);
      return answer;
    },
    set_max_thinking_tokens: forward('set_max_thinking_tokens'),
    rewind_files: (request, { signal }) => actions.rewind(host(), request, signal),
    cancel_async_message: forward('cancel_async_message'),
    'belay/queue_change': forward('belay/queue_change'),
    stop_task: forward('stop_task'),
    background_tasks: forward('background_tasks'),
    file_suggestions: forward('file_suggestions'),
    'belay/symbol_suggestions': forward('belay/symbol_suggestions'),
    mcp_status: forward('mcp_status'),
    mcp_reconnect: forward('mcp_reconnect'),
    mcp_toggle: forward('mcp_toggle'),
    'belay/mcp_login': refuseServerView,
    'belay/mcp_logout': refuseServerView,
    'belay/mcp_log': refuseServerView,
    'belay/mcp_resources': forward('belay/mcp_resources'),
    'belay/mcp_tool_toggle': refuseServerView,
    'belay/mcp_tool_change': refuseServerView,
    'belay/mcp_tool_accept': refuseServerView,
    mcp_set_servers: refuseServers,
    mcp_message: refuseServers,
    get_settings: forward('get_settings'),
    list_permission_rules: forward('list_permission_rules'),
    'belay/permission_explain': forward('belay/permission_explain'),
    'belay/permission_change': refuseSettings,
    'belay/settings_diff': refuseTexts,
    'belay/settings_approve': forward('belay/settings_approve'),
    apply_flag_settings: refuseSettings,
    seed_read_state: refuseSettings,
    rename_session: async ({ title }) => {
      await host().rename(title);
      return {};
    },
    'belay/tag_set': forward('belay/tag_set'),
    get_context_usage: forward('get_context_usage'),
    'belay/conversation_rewind': forward('belay/conversation_rewind'),
    'belay/conversation_redo': forward('belay/conversation_redo'),
    'belay/turn_retry': forward('belay/turn_retry'),
    'belay/notice_add': refuseNotices,
    'belay/checkpoint_list': forward('belay/checkpoint_list'),
    'belay/file_history': refuseOtherSessions,
    'belay/checkpoint_diff': (request, context) =>
      request.session_id === undefined
        ? forward('belay/checkpoint_diff')(request, context)
        : refuseOtherSessions(),
    'belay/checkpoint_conflict': forward('belay/checkpoint_conflict'),
  };
}
