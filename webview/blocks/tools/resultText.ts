/** The text of a tool's result, as the model reads it. */
import type { ToolResultBlock } from '../../../src/protocol/blocks.ts';

export function toResultText(result: ToolResultBlock | null): string {
  const content = result?.content;
  if (content === undefined) return '';
  if (typeof content === 'string') return content;
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
}
