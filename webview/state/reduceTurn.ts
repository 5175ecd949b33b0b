/** User messages, tool results, progress and the end of a turn. */
import { type ContentBlock, isKnownBlock } from '../../src/protocol/blocks.ts';
import type { ResultMessage, ToolProgressMessage, UserMessage } from '../../src/protocol/messages.ts';
import type { Draft } from './draft.ts';
import { type Item, MAIN_THREAD, type Thread } from './panelModel.ts';

/** Characters of a running tool's output that are kept. */
export const OUTPUT_LIMIT = 200_000;

export function reduceUser(draft: Draft, message: UserMessage): void {
  const content = toBlocks(message.message.content);
  const said: ContentBlock[] = [];
  for (const block of content) {
    if (isKnownBlock(block) && block.type === 'tool_result') {
      draft.changeTool(block.tool_use_id, { result: block, details: message.tool_use_result });
    } else said.push(block);
  }
  const uuid = message.uuid ?? null;
  if (uuid !== null) dropFromQueue(draft, uuid);
  if (said.length === 0 || message.isSynthetic === true) return;
  const threadId = message.parent_tool_use_id ?? MAIN_THREAD;
  const items = draft.thread(threadId).items;
  const key = uuid === null ? `user:${items.length}` : `user:${uuid}`;
  const { belay_context: context, belay_input: input } = message;
  const item: Item = {
    ...{ kind: 'user', key, uuid, blocks: said },
    ...(input === 'command' ? { isCommand: true } : {}),
    ...(context === undefined ? {} : { context }),
  };
  const known = items.findLastIndex((other) => other.key === key);
  if (known === -1) draft.append(threadId, item);
  else draft.replace(threadId, known, item);
}

function toBlocks(content: UserMessage['message']['content']): readonly ContentBlock[] {
  if (typeof content !== 'string') return content;
  return content === '' ? [] : [{ type: 'text', text: content }];
}

function dropFromQueue(draft: Draft, uuid: string): void {
  const queue = draft.get('queue');
  if (queue.some((message) => message.uuid === uuid)) {
    draft.set({ queue: queue.filter((message) => message.uuid !== uuid) });
  }
}

export function reduceToolProgress(draft: Draft, message: ToolProgressMessage): void {
  const tool = draft.tool(message.tool_use_id);
  const grown = tool.output + (message.output ?? '');
  const output = grown.length > OUTPUT_LIMIT ? grown.slice(-OUTPUT_LIMIT) : grown;
  draft.changeTool(message.tool_use_id, {
    title: message.title ?? tool.title,
    output,
    outputCut: tool.outputCut + grown.length - output.length,
    elapsedSeconds: message.elapsed_time_seconds,
  });
}

export function reduceResult(draft: Draft, message: ResultMessage): void {
  settleLive(draft);
  const key = `result:${message.uuid}`;
  if (!draft.thread(MAIN_THREAD).items.some((item) => item.key === key))
    draft.append(MAIN_THREAD, { kind: 'turn_end', key, result: message });
  draft.set({ activity: 'idle', status: null, retry: null });
  const spending = draft.get('spending');
  if (spending !== null) {
    draft.set({
      spending: {
        ...spending,
        totalUsd: message.total_cost_usd,
        isCostKnown: message.cost_known ?? spending.isCostKnown,
      },
    });
  }
}

/** A reply that never got its final message (the stream broke) stays, as it is, above the end of the turn. */
function settleLive(draft: Draft): void {
  const thread: Thread = draft.thread(MAIN_THREAD);
  if (thread.live === null) return;
  const { reply } = thread.live;
  const blocks = reply.blocks.map((block) => ({ ...block, isOpen: false }));
  draft.setThread(MAIN_THREAD, { ...thread, live: null });
  if (blocks.length === 0) return;
  draft.append(MAIN_THREAD, {
    kind: 'reply',
    key: `reply:${reply.id}`,
    reply: { ...reply, blocks, isLive: false, isAborted: true },
  });
}
