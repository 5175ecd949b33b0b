/** Lines as they stand in a transcript. */
import type { ChainLine, NoteLine } from '../../../../src/core/sessions/transcriptLine.ts';
import type { ContentBlock } from '../../../../src/protocol/blocks.ts';

const local = (uuid: string, parentUuid: string | null) => ({
  uuid,
  parentUuid,
  session_id: 's',
  sessionId: 's',
  timestamp: '2026-11-21T07:00:00.000Z',
});

export function userLine(
  uuid: string,
  parentUuid: string | null,
  content: string | ContentBlock[] = 'hello',
): ChainLine {
  const blocks: ContentBlock[] = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  return {
    type: 'user',
    ...local(uuid, parentUuid),
    parent_tool_use_id: null,
    message: { role: 'user', content: blocks },
  };
}

export function assistantLine(
  uuid: string,
  parentUuid: string | null,
  content: ContentBlock[] = [{ type: 'text', text: 'hi' }],
): ChainLine {
  return {
    type: 'assistant',
    ...local(uuid, parentUuid),
    parent_tool_use_id: null,
    message: {
      id: `msg_${uuid}`,
      type: 'message',
      role: 'assistant',
      model: 'claude-opus-5-5',
      content,
      stop_reason: 'end_turn',
      usage: { input_tokens: 1, output_tokens: 1 },
    },
  };
}

export function noteLine(uuid: string, parentUuid: string | null): NoteLine {
  return {
    type: 'system',
    subtype: 'informational',
    ...local(uuid, parentUuid),
    content: 'a note',
    level: 'info',
  };
}

/** The end of a turn, with the totals of the session until then. */
export function resultLine(
  uuid: string,
  parentUuid: string,
  modelUsage: Extract<NoteLine, { type: 'result' }>['modelUsage'],
): NoteLine {
  return {
    type: 'result',
    subtype: 'success',
    ...local(uuid, parentUuid),
    duration_ms: 1,
    duration_api_ms: 1,
    is_error: false,
    num_turns: 1,
    result: 'hi',
    stop_reason: 'end_turn',
    total_cost_usd: 0,
    usage: { input_tokens: 1, output_tokens: 1 },
    modelUsage,
    permission_denials: [],
  };
}
