import { blocksOf } from './conversation.ts';
import type { ChainLine } from './transcriptLine.ts';

/** What a person typed, without attachments and tool results. */
export function promptText(line: ChainLine): string {
  return blocksOf(line)
    .flatMap((block) => (block.type === 'text' ? [block.text] : []))
    .join('\n')
    .trim();
}
