// Messages of a conversation, with only what a test says about them.
import type {
  AssistantMessage,
  ResultMessage,
  StreamEventMessage,
  ToolProgressMessage,
  UserMessage,
} from '../../../src/protocol/messages.ts';
import type { StreamEvent } from '../../../src/protocol/streamEvents.ts';
import type { SystemMessageOf, SystemSubtype } from '../../../src/protocol/systemMessages.ts';

const envelope = { uuid: 'x', session_id: 's' };
const usage = { input_tokens: 1, output_tokens: 1 };

export function prompt(uuid: string, text: string): UserMessage {
  return {
    type: 'user',
    uuid,
    session_id: 's',
    parent_tool_use_id: null,
    message: { role: 'user', content: [{ type: 'text', text }] },
    isReplay: true,
  };
}

export function toolResult(uuid: string, toolUseId: string): UserMessage {
  return {
    type: 'user',
    uuid,
    session_id: 's',
    parent_tool_use_id: null,
    message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: toolUseId, content: 'done' }] },
  };
}

export function assistant(id: string, text: string): AssistantMessage {
  return {
    type: 'assistant',
    ...envelope,
    parent_tool_use_id: null,
    message: {
      id,
      type: 'message',
      role: 'assistant',
      model: 'a-model',
      content: [{ type: 'text', text }],
      stop_reason: 'end_turn',
      usage,
    },
  };
}

export function streamEvent(event: StreamEvent, parent: string | null = null): StreamEventMessage {
  return { type: 'stream_event', ...envelope, parent_tool_use_id: parent, event };
}

export function toolProgress(toolUseId: string, output: string): ToolProgressMessage {
  return {
    type: 'tool_progress',
    ...envelope,
    parent_tool_use_id: null,
    tool_use_id: toolUseId,
    tool_name: 'Bash',
    elapsed_time_seconds: 1,
    output,
  };
}

export function result(): ResultMessage {
  return {
    type: 'result',
    ...envelope,
    subtype: 'success',
    duration_ms: 1,
    duration_api_ms: 1,
    is_error: false,
    num_turns: 1,
    result: 'done',
    stop_reason: 'end_turn',
    total_cost_usd: 0,
    usage,
    modelUsage: {},
    permission_denials: [],
  };
}

export function checkpoint(userMessageId: string): SystemMessageOf<'belay/checkpoint_created'> {
  return system('belay/checkpoint_created', {
    id: 'c1',
    tool_use_id: 'toolu_1',
    user_message_id: userMessageId,
    files: [{ path: '/outside/a.ts', change: 'modified', insertions: 1, deletions: 0 }],
    origin: 'tool',
  });
}

export function system<Subtype extends SystemSubtype>(
  subtype: Subtype,
  fields: Omit<SystemMessageOf<Subtype>, keyof typeof envelope | 'type' | 'subtype'> &
    Record<string, unknown>,
): SystemMessageOf<Subtype> {
  return { type: 'system', subtype, ...envelope, ...fields } as unknown as SystemMessageOf<Subtype>;
}
