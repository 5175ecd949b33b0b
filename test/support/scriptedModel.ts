/** A model that says what a test tells it to, event by event, without a network. */
import type { ModelRequest } from '../../src/core/model/modelRequest.ts';
import type { StreamModel } from '../../src/core/ports.ts';
import type { ContentBlock } from '../../src/protocol/blocks.ts';
import type { StreamEvent } from '../../src/protocol/streamEvents.ts';

export type ScriptedReply =
  | readonly StreamEvent[]
  /** For replies that wait, fail in the middle, or look at the request. */
  | ((request: ModelRequest, signal: AbortSignal) => AsyncIterable<StreamEvent>);

export interface ScriptedModel {
  readonly streamModel: StreamModel;
  /** What was asked, in order. */
  readonly requests: ModelRequest[];
}

/** Each request gets the next reply; one too many fails the test. */
export function createScriptedModel(replies: readonly ScriptedReply[]): ScriptedModel {
  const requests: ModelRequest[] = [];
  return {
    requests,
    async *streamModel(request, signal) {
      const reply = replies[requests.length];
      requests.push(structuredClone(request));
      if (reply === undefined) throw new Error(`the script has no reply for request ${requests.length}`);
      if (typeof reply === 'function') yield* reply(request, signal);
      else yield* reply;
    },
  };
}

export interface ReplyOptions {
  readonly stopReason?: string;
  readonly id?: string;
  readonly model?: string;
  readonly outputTokens?: number;
}

/** A whole reply as events: text is cut into two deltas, tool input into three. */
export function reply(blocks: readonly ContentBlock[], options: ReplyOptions = {}): StreamEvent[] {
  const hasCalls = blocks.some(({ type }) => type === 'tool_use');
  return [
    messageStart(options),
    ...blocks.flatMap(blockEvents),
    {
      type: 'message_delta',
      delta: { stop_reason: options.stopReason ?? (hasCalls ? 'tool_use' : 'end_turn'), stop_sequence: null },
      usage: { output_tokens: options.outputTokens ?? 10 },
    },
    { type: 'message_stop' },
  ];
}

export function messageStart({ id = 'msg_1', model = 'claude-opus-5-5' }: ReplyOptions = {}): StreamEvent {
  return {
    type: 'message_start',
    message: {
      id,
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 100, output_tokens: 1 },
    },
  };
}

export function blockEvents(block: ContentBlock, index: number): StreamEvent[] {
  switch (block.type) {
    case 'text':
      return around(
        index,
        { type: 'text', text: '' },
        cut(block.text, 2).map((text) => ({ type: 'text_delta', text })),
      );
    case 'thinking':
      return around(index, { type: 'thinking', thinking: '', signature: '' }, [
        { type: 'thinking_delta', thinking: block.thinking },
        { type: 'signature_delta', signature: block.signature },
      ]);
    case 'tool_use': {
      const deltas = cut(JSON.stringify(block.input), 3).map((partial_json) => ({
        type: 'input_json_delta' as const,
        partial_json,
      }));
      return around(index, { ...block, input: {} }, deltas);
    }
    default:
      return around(index, block, []);
  }
}

type Delta = Extract<StreamEvent, { type: 'content_block_delta' }>['delta'];

function around(index: number, block: ContentBlock, deltas: readonly Delta[]): StreamEvent[] {
  return [
    { type: 'content_block_start', index, content_block: block },
    ...deltas.map((delta) => ({ type: 'content_block_delta' as const, index, delta })),
    { type: 'content_block_stop', index },
  ];
}

function cut(text: string, parts: number): string[] {
  const size = Math.ceil(text.length / parts);
  return Array.from({ length: parts }, (_, part) => text.slice(part * size, (part + 1) * size)).filter(
    (part) => part !== '',
  );
}
