/** From what came as the content of a user message to content blocks, checked before anything is done with them. */
import type { ContentBlock } from '../../protocol/blocks.ts';
import { findInputProblem } from './inputProblems.ts';
import { withTrueType } from './withTrueType.ts';

export type InputOutcome =
  | { readonly kind: 'blocks'; readonly blocks: readonly ContentBlock[] }
  /** For the person: what is wrong and what to do. */
  | { readonly kind: 'refused'; readonly problem: string };

/** A string becomes one text block; empty texts are dropped; a message with nothing left is refused. */
export function toContentBlocks(content: string | readonly ContentBlock[]): InputOutcome {
  const given: readonly ContentBlock[] =
    typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  const blocks = given.filter((block) => block.type !== 'text' || block.text.trim() !== '').map(withTrueType);
  if (blocks.length === 0) return { kind: 'refused', problem: 'The message is empty, so it was not sent.' };
  for (const block of blocks) {
    const problem = findInputProblem(block);
    if (problem !== undefined) return { kind: 'refused', problem };
  }
  return { kind: 'blocks', blocks };
}
