/**
 * Many small messages of a stream as few: adjacent text of the same block, and adjacent output of the same tool, become
 * one message each. What the panel ends up with is the same; there is only less to carry and to draw.
 */
import type { StreamEventMessage, ToolProgressMessage } from '../protocol/messages.ts';
import type { BlockDelta } from '../protocol/streamEvents.ts';

/** Whether a message may wait for the next frame: it only adds to what is being shown already. */
export function isDelta(message: unknown): boolean {
  return isDeltaEvent(message) || isOutput(message);
}

/** The same messages in the same order, neighbours that continue each other joined. Shares nothing that it changes. */
export function joinDeltas(messages: readonly unknown[]): unknown[] {
  const joined: unknown[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    const both = joinPair(last, message);
    if (both === undefined) joined.push(message);
    else joined[joined.length - 1] = both;
  }
  return joined;
}

function joinPair(first: unknown, second: unknown): unknown {
  if (isDeltaEvent(first) && isDeltaEvent(second)) return joinEvents(first, second);
  if (isOutput(first) && isOutput(second)) return joinOutputs(first, second);
  return undefined;
}

type DeltaMessage = StreamEventMessage & {
  readonly event: {
    readonly type: 'content_block_delta';
    readonly index: number;
    readonly delta: BlockDelta;
  };
};

function joinEvents(first: DeltaMessage, second: DeltaMessage): DeltaMessage | undefined {
  if (first.event.index !== second.event.index) return undefined;
  if (first.parent_tool_use_id !== second.parent_tool_use_id) return undefined;
  const delta = concatDeltas(first.event.delta, second.event.delta);
  return delta && { ...first, event: { ...first.event, delta } };
}

function concatDeltas(first: BlockDelta, second: BlockDelta): BlockDelta | undefined {
  if (first.type === 'text_delta' && second.type === 'text_delta') {
    return { type: 'text_delta', text: first.text + second.text };
  }
  if (first.type === 'thinking_delta' && second.type === 'thinking_delta') {
    return { type: 'thinking_delta', thinking: first.thinking + second.thinking };
  }
  if (first.type === 'input_json_delta' && second.type === 'input_json_delta') {
    return { type: 'input_json_delta', partial_json: first.partial_json + second.partial_json };
  }
  return undefined;
}

function joinOutputs(
  first: ToolProgressMessage,
  second: ToolProgressMessage,
): ToolProgressMessage | undefined {
  if (first.tool_use_id !== second.tool_use_id) return undefined;
  return { ...second, output: (first.output ?? '') + (second.output ?? '') };
}

function isDeltaEvent(message: unknown): message is DeltaMessage {
  return hasType(message, 'stream_event') && hasType(message.event, 'content_block_delta');
}

function isOutput(message: unknown): message is ToolProgressMessage {
  return hasType(message, 'tool_progress');
}

function hasType(value: unknown, type: string): value is { readonly type: string; readonly event?: unknown } {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === type;
}
