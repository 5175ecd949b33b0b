/**
 * Where the prompt cache is asked to remember (https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching): at most
 * four places. One behind the system prompt (tools included), which all sessions share; one where the request before this
 * one ended, which is sure to be found however much a turn has added; one at the end, which the API moves by itself; and one
 * that whoever wrote the messages may place. Marks may move from request to request; the text around them may not.
 */
import type { ContentBlock } from '../../protocol/blocks.ts';
import type { ApiMessage, ModelRequest } from './modelRequest.ts';
import type { ModelRow } from './modelTable.ts';

export interface MarkedPrompt {
  readonly system: readonly object[];
  readonly messages: readonly ApiMessage[];
  /** Ask the API to mark the end itself. Other servers may not know how, so there the end is marked by hand. */
  readonly automatic: boolean;
}

interface Place {
  readonly message: number;
  readonly block: number;
}

const MARK = { type: 'ephemeral' } as const;
const MARKABLE: ReadonlySet<string> = new Set(['text', 'image', 'document', 'tool_use', 'tool_result']);

export function placeCacheMarks({ system, messages }: ModelRequest, row: ModelRow): MarkedPrompt {
  const automatic = row.thinking !== 'none';
  const lastReply = messages.findLastIndex(({ role }) => role === 'assistant');
  const places = [
    automatic ? undefined : lastPlaceIn(messages, messages.length - 1),
    lastReply > 0 ? lastPlaceIn(messages, lastReply - 1) : undefined,
    findGivenMark(messages),
  ].filter((place) => place !== undefined);
  const texts = system.filter((text) => text.trim() !== '');
  return {
    system: texts.map((text, index) => ({
      type: 'text',
      text,
      ...(index === texts.length - 1 ? { cache_control: MARK } : {}),
    })),
    messages: messages.map((message, index) => {
      const here = places.filter((place) => place.message === index);
      return here.length === 0 && !message.content.some(isMarked) ? message : markMessage(message, here);
    }),
    automatic,
  };
}

function lastPlaceIn(messages: readonly ApiMessage[], message: number): Place | undefined {
  const block = messages[message]?.content.findLastIndex(({ type }) => MARKABLE.has(type)) ?? -1;
  return block === -1 ? undefined : { message, block };
}

/** The last mark that came with the messages (from a `cache_point`, or from outside). */
function findGivenMark(messages: readonly ApiMessage[]): Place | undefined {
  const message = messages.findLastIndex(({ content }) => content.some(isMarked));
  const block = messages[message]?.content.findLastIndex(isMarked) ?? -1;
  return block === -1 ? undefined : { message, block };
}

/** With marks in these places and nowhere else. */
function markMessage(message: ApiMessage, places: readonly Place[]): ApiMessage {
  return {
    ...message,
    content: message.content.map((block, index) => {
      if (!places.some((place) => place.block === index)) return withoutMark(block);
      return isMarked(block) ? block : { ...block, cache_control: MARK };
    }),
  };
}

function withoutMark(block: ContentBlock): ContentBlock {
  if (!isMarked(block)) return block;
  const { cache_control: _, ...rest } = block as { readonly cache_control: unknown; readonly type: string };
  return rest as ContentBlock;
}

function isMarked(block: ContentBlock): boolean {
  return 'cache_control' in block && block.cache_control != null;
}
