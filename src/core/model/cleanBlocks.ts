/** The blocks of one message as the Messages API takes them. */
import {
  type ContentBlock,
  isKnownBlock,
  type RedactedThinkingBlock,
  type ThinkingBlock,
  type ToolResultBlock,
} from '../../protocol/blocks.ts';
import { ModelError } from './modelError.ts';

export type Thinking = ThinkingBlock | RedactedThinkingBlock;

export interface CleanOptions {
  readonly side: 'user' | 'assistant';
  /** Index of the message in the conversation, for the error that names it. */
  readonly place: number;
  /** Whether the model that is asked can read this block of thinking. */
  readonly keepsThinking: (block: Thinking) => boolean;
}

/** Throws ModelError('invalid_request', code 'unsupported_block') for a block that only other providers take. */
export function cleanBlocks(blocks: readonly ContentBlock[], options: CleanOptions): readonly ContentBlock[] {
  // Nearly all are, and each request looks at all there are.
  if (blocks.every((block) => isClean(block, options.side))) return blocks;
  const readable = blocks.filter((block) => !isThinking(block) || isReadable(block, options));
  const lastThinking = readable.findLastIndex(isThinking);
  const cleaned: ContentBlock[] = [];
  for (const [index, block] of readable.entries()) {
    if (block.type === 'cache_point') markLast(cleaned);
    else cleaned.push(...cleanBlock(block, { ...options, isBeforeThinking: index < lastThinking }));
  }
  return options.side === 'assistant' ? withoutThinkingAtEnd(cleaned) : cleaned;
}

/** False where that takes a closer look. */
function isClean(block: ContentBlock, side: CleanOptions['side']): boolean {
  switch (block.type) {
    case 'text':
      return !isBlank(block.text);
    case 'tool_use':
      return side === 'assistant' && isPlainObject(block.input);
    case 'tool_result':
      return side === 'user' && isCleanResult(block);
    default:
      return false;
  }
}

function isCleanResult({ content }: ToolResultBlock): boolean {
  if (!Array.isArray(content)) return content !== undefined && !isBlank(content);
  return content.length > 0 && content.every((part) => part.type === 'text' && !isBlank(part.text));
}

function isBlank(text: string): boolean {
  return !/\S/.test(text);
}

function cleanBlock(
  block: ContentBlock,
  { side, place, isBeforeThinking }: CleanOptions & { readonly isBeforeThinking: boolean },
): readonly ContentBlock[] {
  if (!isKnownBlock(block)) return [block];
  switch (block.type) {
    case 'text':
      // White space between thoughts is part of what the later ones are bound to; elsewhere the API refuses it.
      return block.text.trim() !== '' || (block.text !== '' && isBeforeThinking) ? [block] : [];
    case 'thinking':
    case 'redacted_thinking':
      return [block];
    case 'tool_use':
      if (side === 'user') return [];
      return [isPlainObject(block.input) ? block : { ...block, input: {} }];
    case 'tool_result':
      return side === 'user' ? [cleanToolResult(block)] : [];
    case 'image':
    case 'document':
      // A model of another provider may answer with one; this one takes them from the user only.
      return side === 'user' ? [block] : [];
    case 'reasoning':
      // What another provider's model thought: shown to the person, of no use to this one.
      if (side === 'assistant') return [];
      throw refuse(block.type, { side, place });
    case 'guard_content':
    case 'video':
    case 'cache_point':
      throw refuse(block.type, { side, place });
    default:
      return block satisfies never;
  }
}

/** The API refuses empty texts, an error that says nothing, and an error that isn't text. */
function cleanToolResult(block: ToolResultBlock): ToolResultBlock {
  const { content, ...rest } = block;
  const isError = block.is_error === true;
  const kept = Array.isArray(content)
    ? content.filter((part) => (part.type === 'text' ? part.text.trim() !== '' : !isError))
    : content;
  const isEmpty = kept === undefined || kept.length === 0 || (typeof kept === 'string' && kept.trim() === '');
  if (isEmpty) return isError ? { ...rest, content: '(no output)' } : rest;
  return kept.length === content?.length ? block : { ...rest, content: kept };
}

/** A message of the model can't end with thinking: it does when the reply was cut off there. */
function withoutThinkingAtEnd(blocks: readonly ContentBlock[]): readonly ContentBlock[] {
  return blocks.slice(0, blocks.findLastIndex((block) => !isThinking(block)) + 1);
}

function markLast(blocks: ContentBlock[]): void {
  const last = blocks.at(-1);
  if (last === undefined || isThinking(last)) return;
  blocks[blocks.length - 1] = { ...last, cache_control: { type: 'ephemeral' } };
}

function isThinking(block: ContentBlock): block is Thinking {
  return block.type === 'thinking' || block.type === 'redacted_thinking';
}

function isReadable(block: Thinking, { side, keepsThinking }: CleanOptions): boolean {
  return side === 'assistant' && keepsThinking(block);
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(type: string, { side, place }: Pick<CleanOptions, 'side' | 'place'>): ModelError {
  return new ModelError({
    kind: 'invalid_request',
    code: 'unsupported_block',
    message: `Message ${place + 1} (${side}) holds a block of the type "${type}", which this provider does not take.`,
  });
}
