/** Replies: while they stream, and when they are whole. The whole one is authoritative over what was streamed. */
import type { AssistantMessage, StreamEventMessage } from '../../src/protocol/messages.ts';
import { Accumulator, StreamError } from '../../src/stream/accumulator.ts';
import type { Draft } from './draft.ts';
import { type Item, type LiveReply, MAIN_THREAD, type Reply, type ReplyBlock } from './panelModel.ts';

export function reduceStreamEvent(draft: Draft, message: StreamEventMessage, now: number): void {
  const threadId = message.parent_tool_use_id ?? MAIN_THREAD;
  const { event } = message;
  const thread = draft.thread(threadId);
  const isStart = event.type === 'message_start';
  const live = isStart ? startLive(event.message) : thread.live;
  if (live === null) return;
  // What the person waits for begins to show: it is neither to be tried again nor waited for any more.
  if (isStart && threadId === MAIN_THREAD) draft.set({ retry: null, status: null });
  if (threadId === MAIN_THREAD && draft.get('hasLater')) return;
  try {
    live.accumulator.push(event);
  } catch (error) {
    if (!(error instanceof StreamError)) throw error;
    // Deltas that contradict each other: the whole reply will come and needs none of them.
    draft.setThread(threadId, { ...thread, live: null });
    return;
  }
  draft.setThread(threadId, { ...thread, live: advance(live, now) });
}

function startLive(start: { readonly id: string; readonly model: string }): LiveReply {
  const { id, model } = start;
  return {
    accumulator: new Accumulator(),
    reply: { id, model, blocks: [], isLive: true, isAborted: false, stopReason: null },
    versions: [],
    startedAt: [],
  };
}

/** The live reply after an event: blocks that did not change keep their identity. */
function advance(live: LiveReply, now: number): LiveReply {
  const { accumulator, reply, versions, startedAt } = live;
  const starts = accumulator.blocks.map((_, index) => startedAt[index] ?? now);
  const blocks = accumulator.blocks.map((partial, index): ReplyBlock => {
    const before = reply.blocks[index];
    if (before !== undefined && versions[index] === partial.version) return before;
    const { block, complete, partialInput } = partial;
    if (!complete) return { block, isOpen: true, partialInput };
    return { block, isOpen: false, durationMs: now - (starts[index] ?? now) };
  });
  return {
    accumulator,
    reply: { ...reply, blocks },
    versions: accumulator.blocks.map(({ version }) => version),
    startedAt: starts,
  };
}

export function reduceAssistant(draft: Draft, message: AssistantMessage): void {
  const threadId = message.parent_tool_use_id ?? MAIN_THREAD;
  const thread = draft.thread(threadId);
  const streamed = thread.live?.reply.id === message.message.id ? thread.live.reply : null;
  if (streamed !== null) draft.setThread(threadId, { ...thread, live: null });
  const reply = toReply(message, streamed);
  if (threadId === MAIN_THREAD) noteTodos(draft, reply);
  const key = `reply:${reply.id}`;
  const item: Item = { kind: 'reply', key, reply };
  const known = thread.items.findLastIndex((other) => other.key === key);
  if (known === -1) draft.append(threadId, item);
  else draft.replace(threadId, known, item);
}

function toReply({ message, aborted, error }: AssistantMessage, streamed: Reply | null): Reply {
  return {
    id: message.id,
    model: message.model,
    blocks: message.content.map((block, index): ReplyBlock => {
      const durationMs = streamed?.blocks[index]?.durationMs;
      return { block, isOpen: false, ...(durationMs === undefined ? {} : { durationMs }) };
    }),
    isLive: false,
    isAborted: aborted === true,
    stopReason: message.stop_reason,
    ...(error === undefined ? {} : { error }),
  };
}

function noteTodos(draft: Draft, { blocks }: Reply): void {
  const todos = findTodos(blocks);
  if (todos !== undefined) draft.set({ todos });
}

/** The input of the last call of TodoWrite among these that is whole; undefined: there is none. */
export function findTodos(blocks: readonly ReplyBlock[]): unknown {
  const call = blocks.findLast(
    ({ block, isOpen }) => block.type === 'tool_use' && block.name === 'TodoWrite' && !isOpen,
  );
  return call?.block.type === 'tool_use' ? call.block.input : undefined;
}
