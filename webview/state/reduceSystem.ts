/** System messages: what the session is doing, what it spent, what was taken back. */
import type { SystemMessage, SystemMessageOf } from '../../src/protocol/systemMessages.ts';
import { assertNever } from '../assertNever.ts';
import { showHidden } from '../permission/hiddenCharacters.ts';
import type { Draft } from './draft.ts';
import { type Item, MAIN_THREAD, type Notice } from './panelModel.ts';
import { findTodos } from './reduceReply.ts';

export function reduceSystem(draft: Draft, message: SystemMessage, now: number): void {
  switch (message.subtype) {
    case 'init':
      return changeHost(draft, { model: message.model, permission_mode: message.permissionMode });
    case 'status':
      return reduceStatus(draft, message);
    case 'session_state_changed':
      return draft.set({
        activity: message.state,
        ...(message.state === 'idle' ? { status: null, retry: null } : {}),
      });
    case 'compact_boundary': {
      const { trigger, pre_tokens } = message.compact_metadata;
      return addNotice(draft, message.uuid, { kind: 'compacted', trigger, tokens: pre_tokens });
    }
    case 'api_retry':
      return reduceRetry(draft, message, now);
    case 'permission_denied':
      return draft.changeTool(message.tool_use_id, { denial: message.decision_reason ?? message.message });
    case 'informational':
      return addNotice(draft, message.uuid, {
        kind: 'information',
        text: message.content,
        level: message.level,
      });
    case 'hook_started':
    case 'hook_response':
    case 'commands_changed':
    case 'background_tasks_changed':
    case 'task_progress':
    case 'task_updated':
    case 'belay/permission_rules_changed':
    case 'belay/mcp_changed':
      return;
    case 'elicitation_complete':
      return addNotice(draft, message.uuid, {
        kind: 'information',
        text: `The MCP server “${showHidden(message.mcp_server_name)}” has what it asked for by a page.`,
        level: 'info',
      });
    case 'local_command_output':
      return reduceOutput(draft, message);
    case 'task_started':
      return reduceTaskStarted(draft, message);
    case 'task_notification':
      return reduceTaskNotification(draft, message);
    case 'belay/usage_changed':
      return reduceUsage(draft, message);
    case 'belay/reply_discarded':
      return reduceDiscarded(draft, message);
    case 'belay/capture_changed':
      return draft.set({ captures: new Map([...draft.get('captures'), [message.root, message]]) });
    case 'belay/checkpoint_created':
      return reduceCheckpoint(draft, message);
    case 'belay/files_rewound':
      return addNotice(draft, message.uuid, { kind: 'files_rewound', message });
    case 'belay/conversation_rewound':
      return cutConversation(draft, message);
    case 'belay/conversation_restored':
      return forgetRewinds(draft);
    case 'belay/settings_pending':
      return draft.set({ pendingSettings: message.files });
    case 'belay/queue_changed':
      return reduceQueue(draft, message);
    default:
      return assertNever(message);
  }
}

/** Of a typed command it takes the place of what came while it ran. */
function reduceOutput(draft: Draft, message: SystemMessageOf<'local_command_output'>): void {
  const { content, tool_use_id, is_terminal, is_cut_off } = message;
  if (tool_use_id !== undefined)
    draft.changeTool(tool_use_id, { result: { type: 'tool_result', tool_use_id, content: '' }, output: '' });
  const isOutput = is_terminal === true && is_cut_off !== true;
  const level = is_cut_off === true ? 'warning' : 'info';
  addNotice(
    draft,
    message.uuid,
    isOutput ? { kind: 'output', text: content } : { kind: 'information', text: content, level },
  );
}

function addNotice(draft: Draft, id: string, notice: Notice): void {
  const key = `notice:${id}`;
  if (draft.thread(MAIN_THREAD).items.some((item) => item.key === key)) return;
  draft.append(MAIN_THREAD, { kind: 'notice', key, notice });
}

function changeHost(
  draft: Draft,
  changes: { readonly model?: string; readonly permission_mode?: SystemMessageOf<'init'>['permissionMode'] },
): void {
  const host = draft.get('host');
  if (host !== null) draft.set({ host: { ...host, ...changes } });
}

function reduceStatus(draft: Draft, message: SystemMessageOf<'status'>): void {
  draft.set({ status: message.status });
  if (message.status === 'requesting') draft.set({ retry: null });
  changeHost(draft, {
    ...(message.model === undefined ? {} : { model: message.model }),
    ...(message.permissionMode === undefined ? {} : { permission_mode: message.permissionMode }),
  });
}

function reduceRetry(draft: Draft, message: SystemMessageOf<'api_retry'>, now: number): void {
  draft.set({
    retry: {
      attempt: message.attempt,
      maxRetries: message.max_retries,
      until: now + message.retry_delay_ms,
      error: message.error,
      status: message.error_status,
    },
  });
}

function reduceTaskStarted(draft: Draft, message: SystemMessageOf<'task_started'>): void {
  const tasks = draft.get('tasks').filter((task) => task.id !== message.task_id);
  const task = {
    id: message.task_id,
    description: message.description,
    toolUseId: message.tool_use_id ?? null,
  };
  draft.set({ tasks: [...tasks, task] });
}

function reduceTaskNotification(draft: Draft, message: SystemMessageOf<'task_notification'>): void {
  draft.set({ tasks: draft.get('tasks').filter((task) => task.id !== message.task_id) });
  addNotice(draft, message.uuid, { kind: 'task', status: message.status, summary: message.summary });
}

function reduceUsage(draft: Draft, message: SystemMessageOf<'belay/usage_changed'>): void {
  draft.set({
    spending: {
      contextTokens: message.context_tokens,
      contextWindow: message.context_window,
      totalUsd: message.total_cost_usd,
      isCostKnown: message.cost_known,
    },
  });
}

function reduceDiscarded(draft: Draft, message: SystemMessageOf<'belay/reply_discarded'>): void {
  const threadId = message.parent_tool_use_id ?? MAIN_THREAD;
  const thread = draft.thread(threadId);
  if (thread.live === null) return;
  if (message.message_id !== null && message.message_id !== thread.live.reply.id) return;
  draft.setThread(threadId, { ...thread, live: null });
}

function reduceCheckpoint(draft: Draft, message: SystemMessageOf<'belay/checkpoint_created'>): void {
  if (message.tool_use_id === null) return;
  draft.changeTool(message.tool_use_id, { files: message.files, diffSince: message.user_message_id });
}

/** The named message and everything after it are no longer part of the conversation. */
function cutConversation(draft: Draft, message: SystemMessageOf<'belay/conversation_rewound'>): void {
  const { items } = draft.thread(MAIN_THREAD);
  const cut = items.findLastIndex((item) => item.kind === 'user' && item.uuid === message.user_message_id);
  if (cut === -1) {
    // It is further up, or further down, than what is held.
    if (draft.get('hasEarlier') || draft.get('hasLater')) draft.set({ isStale: true });
    return;
  }
  if (draft.get('hasLater')) draft.set({ hasLater: false });
  const last = items.at(-1);
  // Where files and conversation go back together, what happened to the files must stay to be read.
  const report = last?.kind === 'notice' && last.notice.kind === 'files_rewound' ? [last] : [];
  const kept: readonly Item[] = [...items.slice(0, cut), ...report];
  draft.setThread(MAIN_THREAD, { items: kept, live: null });
  draft.set({ todos: kept.reduce<unknown>(lastTodos, null) });
  addNotice(draft, message.uuid, { kind: 'conversation_rewound' });
}

function lastTodos(before: unknown, item: Item): unknown {
  return (item.kind === 'reply' ? findTodos(item.reply.blocks) : undefined) ?? before;
}

/** The messages that were cut come again: nothing of the conversation is rewound any more. */
function forgetRewinds(draft: Draft): void {
  const thread = draft.thread(MAIN_THREAD);
  const items = thread.items.filter(
    (item) => item.kind !== 'notice' || item.notice.kind !== 'conversation_rewound',
  );
  draft.setThread(MAIN_THREAD, { ...thread, items });
}

function reduceQueue(draft: Draft, message: SystemMessageOf<'belay/queue_changed'>): void {
  const acknowledged = message.queued.map(({ uuid, text, is_now: isNow = false }) => ({
    ...{ uuid, text, isNow },
    isAcknowledged: true,
  }));
  const known = new Set(acknowledged.map(({ uuid }) => uuid));
  const sent = draft.get('queue').filter((entry) => !entry.isAcknowledged && !known.has(entry.uuid));
  draft.set({ queue: [...acknowledged, ...sent] });
}
