/**
 * The host and the agent behind a panel, for tests: answers what the panel asks from a script, keeps what it was asked and
 * sent, and sends messages and permission requests as told.
 */
import type { Channel } from '../../../src/channel/channel.ts';
import { createPeer, type Handlers, type Peer } from '../../../src/channel/peer.ts';
import type { RequestOf } from '../../../src/protocol/control.ts';
import type { ElicitationAnswer } from '../../../src/protocol/mcp.ts';
import type { PanelState, PanelView } from '../../../src/protocol/panel.ts';
import type { PermissionResult } from '../../../src/protocol/permissions.ts';

export interface Snapshot {
  state: PanelState;
  view: PanelView;
  messages: unknown[];
  language?: string;
  texts?: Record<string, string>;
  earlier?: boolean;
  later?: boolean;
}

export type Answers = Handlers<'agent' | 'editor'>;

export interface ScriptedHost {
  /** What the next `belay/panel_ready` is answered with. */
  readonly snapshot: Snapshot;
  /** Requests of the panel, in order. */
  readonly asked: { readonly subtype: string; readonly request: unknown }[];
  /** What the panel sent that is no control traffic. */
  readonly sent: unknown[];
  readonly problems: string[];
  send(...messages: unknown[]): void;
  askPermission(request: RequestOf<'can_use_tool'>, signal?: AbortSignal): Promise<PermissionResult>;
  elicit(request: RequestOf<'elicitation'>, signal?: AbortSignal): Promise<ElicitationAnswer>;
  sample(request: RequestOf<'belay/mcp_sample'>, signal?: AbortSignal): Promise<object>;
  /** Resolves when the panel has asked this. */
  untilAsked(subtype: string): Promise<unknown>;
  readonly peer: Peer;
}

export function createScriptedHost(
  channel: Channel,
  snapshot: Snapshot,
  answers: Partial<Answers> = {},
): ScriptedHost {
  const asked: { subtype: string; request: unknown }[] = [];
  const sent: unknown[] = [];
  const problems: string[] = [];
  const waiting: { subtype: string; resolve: (request: unknown) => void }[] = [];

  const note = (subtype: string, request: unknown): void => {
    asked.push({ subtype, request });
    for (const entry of waiting.filter((other) => other.subtype === subtype)) entry.resolve(request);
  };
  const handlers = Object.fromEntries(
    Object.entries({ ...buildAnswers(snapshot), ...answers }).map(([subtype, answer]) => [
      subtype,
      (request: never, context: never) => {
        note(subtype, request);
        return (answer as (request: never, context: never) => Promise<unknown>)(request, context);
      },
    ]),
  ) as unknown as Answers;
  const peer = createPeer<'agent' | 'editor'>(channel, {
    handlers,
    onMessage: (message) => sent.push(message),
    onProblem: (problem) => problems.push(problem),
  });
  return {
    snapshot,
    asked,
    sent,
    problems,
    peer,
    send: (...messages) => {
      for (const message of messages) void peer.send(message);
    },
    askPermission: (request, signal) =>
      peer.request('can_use_tool', request, signal === undefined ? {} : { signal }),
    elicit: (request, signal) => peer.request('elicitation', request, signal === undefined ? {} : { signal }),
    sample: (request, signal) =>
      peer.request('belay/mcp_sample', request, signal === undefined ? {} : { signal }),
    untilAsked: (subtype) => {
      const before = asked.find((entry) => entry.subtype === subtype);
      if (before !== undefined) return Promise.resolve(before.request);
      return new Promise((resolve) => waiting.push({ subtype, resolve }));
    },
  };
}

/** Everything works and nothing happens. */
function buildAnswers(snapshot: Snapshot): Answers {
  const nothing = async (): Promise<Record<string, never>> => ({});
  return {
    initialize: async () => ({
      commands: [],
      agents: [],
      output_style: '',
      available_output_styles: [],
      models: [],
      account: {},
    }),
    interrupt: async () => ({ still_queued: [] }),
    'belay/file_history': async () => ({ changes: [] }),
    set_permission_mode: nothing,
    set_model: nothing,
    set_max_thinking_tokens: nothing,
    rewind_files: async () => ({ canRewind: true, filesChanged: [], files: [] }),
    cancel_async_message: async () => ({ cancelled: true }),
    'belay/queue_change': async () => ({ changed: true }),
    stop_task: nothing,
    background_tasks: async () => ({ backgrounded: true }),
    file_suggestions: async () => ({ suggestions: [] }),
    'belay/symbol_suggestions': async () => ({ symbols: [] }),
    mcp_status: async () => ({ mcpServers: [] }),
    mcp_reconnect: nothing,
    mcp_toggle: nothing,
    'belay/mcp_login': nothing,
    'belay/mcp_logout': nothing,
    'belay/mcp_log': async () => ({ entries: [] }),
    'belay/mcp_resources': async () => ({ resources: [] }),
    'belay/mcp_tool_toggle': nothing,
    'belay/mcp_tool_change': async () => ({ before: '', after: '' }),
    'belay/mcp_tool_accept': nothing,
    mcp_set_servers: async () => ({ added: [], removed: [], errors: {} }),
    mcp_message: nothing,
    get_settings: async () => ({ effective: {}, sources: [], applied: { model: '', effort: null } }),
    list_permission_rules: async () => ({
      state: { rules: [], workspaceDirectories: [], originalCwd: '', managedOnly: false },
    }),
    'belay/permission_explain': async () => ({ behavior: 'ask', mode: 'default', reasons: [], parts: [] }),
    'belay/permission_change': nothing,
    apply_flag_settings: nothing,
    seed_read_state: nothing,
    rename_session: nothing,
    'belay/tag_set': nothing,
    get_context_usage: async () => ({
      categories: [],
      totalTokens: 0,
      maxTokens: 200_000,
      percentage: 0,
      model: '',
    }),
    'belay/conversation_rewind': async () => ({ text: 'What was said' }),
    'belay/conversation_redo': async () => ({ restored: true }),
    'belay/turn_retry': async () => ({ started: true }),
    'belay/notice_add': nothing,
    'belay/checkpoint_list': async () => ({ checkpoints: [] }),
    'belay/checkpoint_diff': async () => ({ before: null, after: null, binary: false, hunks: [] }),
    'belay/checkpoint_conflict': async () => ({ base: null, mine: null, theirs: null, merged: null }),
    'belay/panel_ready': async () => ({ ...snapshot }),
    'belay/page_load': async () => ({ found: false }),
    'belay/conversation_find': async () => ({ earlier: [], later: [] }),
    'belay/view_save': async (view) => {
      snapshot.view = view;
      return {};
    },
    'belay/session_list': async () => ({ sessions: [] }),
    'belay/session_search': async () => ({ session_ids: [], complete: true }),
    'belay/session_rename': nothing,
    'belay/session_tag': nothing,
    'belay/session_fork': nothing,
    'belay/message_edit': nothing,
    'belay/session_delete': nothing,
    'belay/session_restore': nothing,
    'belay/session_export': nothing,
    'belay/claude_continue': async () => ({ opened: false }),
    'belay/session_open': nothing,
    'belay/provider_choose': async () => ({ chosen: true }),
    'belay/file_open': async () => ({ opened: true }),
    'belay/proposal_open': async () => ({ opened: true }),
    'belay/settings_show': async () => ({ hash: '' }),
    'belay/settings_diff': async () => ({ hash: '', before: '', after: '' }),
    'belay/settings_approve': nothing,
    'belay/memory_add': async () => ({ outcome: 'added', path: '/work/CLAUDE.md' }),
    'belay/rewind_show': nothing,
    'belay/merge_open': nothing,
    'belay/link_open': nothing,
    'belay/review_act': nothing,
    'belay/failure_act': nothing,
  };
}
