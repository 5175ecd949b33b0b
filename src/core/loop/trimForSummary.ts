/** A conversation that is too long even to be summarised, with its longest parts cut and without its pictures. */
import type { ContentBlock } from '../../protocol/blocks.ts';
import { blocksOf } from '../sessions/conversation.ts';
import type { VisibleLine } from '../sessions/transcriptLine.ts';
import { toWellFormed } from '../tools/wellFormed.ts';

/** Characters of a text that are kept at each end. */
const KEPT = 1000;

export function trimForSummary(lines: readonly VisibleLine[]): readonly VisibleLine[] {
  return lines.map((line) =>
    line.type === 'user'
      ? { ...line, message: { ...line.message, content: blocksOf(line).map(trimBlock) } }
      : line,
  );
}

function trimBlock(block: ContentBlock): ContentBlock {
  switch (block.type) {
    case 'text':
      return { ...block, text: cut(block.text) };
    case 'image':
    case 'document':
      return { type: 'text', text: `(${block.type}, left out)` };
    case 'tool_result': {
      const { content } = block;
      if (typeof content === 'string') return { ...block, content: cut(content) };
      return content === undefined
        ? block
        : {
            ...block,
            content: content.map((part) =>
              part.type === 'text' ? { ...part, text: cut(part.text) } : { type: 'text', text: '(left out)' },
            ),
          };
    }
    default:
      return block;
  }
}

function cut(text: string): string {
  if (text.length <= 2 * KEPT) return text;
  const gap = `[… ${text.length - 2 * KEPT} characters left out …]`;
  return toWellFormed(`${text.slice(0, KEPT)}\n${gap}\n${text.slice(-KEPT)}`);
}
