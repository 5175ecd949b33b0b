/** How many tokens the next request will carry: what the last reply's usage says, and an estimate of what came since. */
import type { ContentBlock } from '../../protocol/blocks.ts';
import type { ModelRow } from '../model/modelTable.ts';
import { blocksOf } from '../sessions/conversation.ts';
import type { VisibleLine } from '../sessions/transcriptLine.ts';
import type { Prefix } from './sessionSetup.ts';

/** Rather too many than too few tokens: code has fewer characters to the token than prose. */
const CHARACTERS_PER_TOKEN = 3.5;
const IMAGE_TOKENS = 1600;
/** Base64 characters of a document to the token. */
const DOCUMENT_RATIO = 50;
/** Tokens kept free for the reply; a model with a smaller limit needs no more than that. */
const REPLY_ROOM = 32_000;

export function estimateContext(
  visible: readonly VisibleLine[],
  { system, apiTools }: Pick<Prefix, 'system' | 'apiTools'>,
): number {
  const last = visible.findLastIndex((line) => line.type === 'assistant');
  const reply = visible[last];
  const since = sum(
    visible
      .slice(last + 1)
      .flatMap(blocksOf)
      .map(estimateBlock),
  );
  if (reply?.type !== 'assistant') return since + toTokens(JSON.stringify([system, apiTools]).length);
  const { usage } = reply.message;
  const known =
    usage.input_tokens +
    usage.output_tokens +
    (usage.cache_read_input_tokens ?? 0) +
    (usage.cache_creation_input_tokens ?? 0);
  return known + since;
}

/** From here on the conversation is to be compacted before the next request. Tokens. */
export function compactionThreshold({ contextWindow, maxOutput }: ModelRow): number {
  const room = Math.min(REPLY_ROOM, maxOutput);
  return Math.max(contextWindow - room, Math.floor(contextWindow / 2));
}

function estimateBlock(block: ContentBlock): number {
  if (block.type === 'image') return IMAGE_TOKENS;
  if (block.type === 'document') return Math.ceil(JSON.stringify(block).length / DOCUMENT_RATIO);
  if (block.type === 'tool_result' && Array.isArray(block.content))
    return sum(block.content.map(estimateBlock));
  return toTokens(JSON.stringify(block).length);
}

function toTokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
