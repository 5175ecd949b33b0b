/**
 * What of a reply that was cut off may stay in the conversation, so that the next request is valid: whole blocks, begun
 * text, no tool call that was not complete, no thinking at the end (the API refuses a message that ends with it).
 */
import type { ContentBlock } from '../../protocol/blocks.ts';

export interface PartialContent {
  readonly block: ContentBlock;
  readonly complete: boolean;
}

/** Empty when nothing is worth keeping. */
export function keepPartial(blocks: readonly PartialContent[]): readonly ContentBlock[] {
  const kept = blocks.filter(isKept).map(({ block }) => block);
  const lastSaid = kept.findLastIndex(
    (block) => block.type !== 'thinking' && block.type !== 'redacted_thinking',
  );
  return kept.slice(0, lastSaid + 1);
}

function isKept({ block, complete }: PartialContent): boolean {
  if (block.type === 'text') return block.text.trim() !== '';
  return complete;
}
