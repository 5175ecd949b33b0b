/** Messages of a conversation, in short form. */
import type { PanelState } from '../../../src/protocol/panel.ts';

const SESSION = '7f6c0a4e-0000-4000-8000-000000000001';
const envelope = { session_id: SESSION, parent_tool_use_id: null };
const USAGE = { input_tokens: 1200, output_tokens: 300 };

export function buildState(changes: Partial<PanelState> = {}): PanelState {
  return {
    session_id: SESSION,
    title: 'Sort the trail notes by date',
    provider: 'anthropic',
    provider_label: 'Anthropic API',
    model: 'claude-sonnet-5-5',
    models: [
      { value: 'claude-opus-5-5', displayName: 'Opus 5.5', description: 'For the hardest work' },
      { value: 'claude-sonnet-5-5', displayName: 'Sonnet 5.5', description: 'For everyday work' },
      { value: 'claude-haiku-5-5', displayName: 'Haiku 5.5', description: 'Fast and cheap' },
    ],
    permission_mode: 'default',
    bypass_allowed: false,
    cwd: '/home/sam/trail-notes',
    folders: ['/home/sam/trail-notes'],
    workspace_problem: null,
    can_redo: false,
    review: { files: 0, changes: 0 },
    token_colors: {},
    ...changes,
  };
}

export function userSays(text: string, uuid: string): unknown {
  return {
    type: 'user',
    ...envelope,
    uuid,
    isReplay: true,
    message: { role: 'user', content: [{ type: 'text', text }] },
  };
}

export function toolResult(id: string, content: unknown, extra: Record<string, unknown> = {}): unknown {
  const { is_error, ...rest } = extra;
  const block = {
    type: 'tool_result',
    tool_use_id: id,
    content,
    ...(is_error === undefined ? {} : { is_error }),
  };
  return {
    type: 'user',
    ...envelope,
    uuid: `result-of-${id}`,
    message: { role: 'user', content: [block] },
    ...rest,
  };
}

export function assistantSays(
  id: string,
  content: readonly unknown[],
  extra: Record<string, unknown> = {},
): unknown {
  return {
    type: 'assistant',
    ...envelope,
    uuid: `uuid-of-${id}`,
    message: {
      id,
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-5-5',
      content,
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: USAGE,
    },
    ...extra,
  };
}

export const text = (value: string): unknown => ({ type: 'text', text: value });
export const thinking = (value: string): unknown => ({ type: 'thinking', thinking: value, signature: 'sig' });
export const toolUse = (id: string, name: string, input: unknown): unknown => ({
  type: 'tool_use',
  id,
  name,
  input,
});

export function streamEvent(event: unknown): unknown {
  return { type: 'stream_event', ...envelope, uuid: 'stream', event };
}

export function startReply(id: string): unknown {
  const message = {
    id,
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-5-5',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: USAGE,
  };
  return streamEvent({ type: 'message_start', message });
}

export function startBlock(index: number, content_block: unknown): unknown {
  return streamEvent({ type: 'content_block_start', index, content_block });
}

export function addText(index: number, value: string): unknown {
  return streamEvent({ type: 'content_block_delta', index, delta: { type: 'text_delta', text: value } });
}

export function addThinking(index: number, value: string): unknown {
  return streamEvent({
    type: 'content_block_delta',
    index,
    delta: { type: 'thinking_delta', thinking: value },
  });
}

export function addInput(index: number, value: string): unknown {
  return streamEvent({
    type: 'content_block_delta',
    index,
    delta: { type: 'input_json_delta', partial_json: value },
  });
}

export function endBlock(index: number): unknown {
  return streamEvent({ type: 'content_block_stop', index });
}

export function turnEnds(uuid: string, changes: Record<string, unknown> = {}): unknown {
  return {
    type: 'result',
    uuid,
    session_id: SESSION,
    subtype: 'success',
    duration_ms: 14_200,
    duration_api_ms: 9_000,
    is_error: false,
    num_turns: 3,
    result: 'Done.',
    stop_reason: 'end_turn',
    total_cost_usd: 0.0421,
    turn_cost_usd: 0.0123,
    cost_known: true,
    usage: USAGE,
    modelUsage: {},
    permission_denials: [],
    ...changes,
  };
}

export function systemSays(subtype: string, fields: Record<string, unknown>): unknown {
  return {
    type: 'system',
    subtype,
    uuid: `${subtype}-${JSON.stringify(fields).length}`,
    session_id: SESSION,
    ...fields,
  };
}

export function stateIs(state: 'idle' | 'running' | 'requires_action'): unknown {
  return systemSays('session_state_changed', { state });
}

export function usageIs(context_tokens: number, total_cost_usd: number, cost_known = true): unknown {
  return systemSays('belay/usage_changed', {
    context_tokens,
    context_window: 200_000,
    total_cost_usd,
    cost_known,
    turn_cost_usd: cost_known ? total_cost_usd : null,
    model: 'claude-sonnet-5-5',
    usage: USAGE,
  });
}

export function toolRuns(id: string, name: string, fields: Record<string, unknown>): unknown {
  return {
    type: 'tool_progress',
    ...envelope,
    uuid: `progress-${id}`,
    tool_use_id: id,
    tool_name: name,
    elapsed_time_seconds: 1,
    ...fields,
  };
}
