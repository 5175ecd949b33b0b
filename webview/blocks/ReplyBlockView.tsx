/** One block of a reply, by its type. */
import type { VNode } from 'preact';
import { isKnownBlock } from '../../src/protocol/blocks.ts';
import { assertNever } from '../assertNever.ts';
import type { ReplyBlock } from '../state/panelModel.ts';
import { memo } from '../view/memo.ts';
import { DocumentView } from './DocumentView.tsx';
import { ImageView } from './ImageView.tsx';
import { TextView } from './TextView.tsx';
import { ThinkingView } from './ThinkingView.tsx';
import { ToolCard } from './tools/ToolCard.tsx';
import { UnknownBlockView } from './UnknownBlockView.tsx';

export interface ReplyBlockViewProps {
  readonly content: ReplyBlock;
  /** Stable across streaming and reload: `MESSAGE:INDEX`. */
  readonly id: string;
}

export const ReplyBlockView = memo(function ReplyBlockView({
  content,
  id,
}: ReplyBlockViewProps): VNode | null {
  const { block, isOpen } = content;
  if (!isKnownBlock(block)) return <UnknownBlockView block={block} />;
  switch (block.type) {
    case 'text':
      return <TextView text={block.text} isOpen={isOpen} />;
    case 'guard_content':
      return <TextView text={block.text} isOpen={isOpen} />;
    case 'thinking':
      return <ThinkingView id={`thinking:${id}`} text={block.thinking} content={content} />;
    case 'reasoning':
      return <ThinkingView id={`thinking:${id}`} text={block.text} content={content} />;
    case 'redacted_thinking':
      return <ThinkingView id={`thinking:${id}`} text="" content={content} />;
    case 'tool_use':
      return <ToolCard block={block} content={content} />;
    case 'image':
      return <ImageView block={block} />;
    case 'document':
      return <DocumentView block={block} />;
    case 'tool_result':
    case 'cache_point':
      return null;
    case 'video':
      return <UnknownBlockView block={block} />;
    default:
      return assertNever(block) ?? null;
  }
});
