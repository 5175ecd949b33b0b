/** A reply of the model: its blocks, and how it ended where that was not well. */
import type { VNode } from 'preact';
import { ReplyBlockView } from '../blocks/ReplyBlockView.tsx';
import type { Reply } from '../state/panelModel.ts';
import { memo } from './memo.ts';
import './messages.css';

export const ReplyView = memo(function ReplyView({ reply }: { readonly reply: Reply }): VNode {
  const ending = toEnding(reply);
  return (
    <div class="reply" data-key={`reply:${reply.id}`}>
      {reply.blocks.map((content, index) => (
        // Blocks of a reply are only ever added, so their place is their identity.
        <ReplyBlockView key={index} content={content} id={`${reply.id}:${index}`} />
      ))}
      {ending !== null && <p class="reply-ending">{ending}</p>}
    </div>
  );
});

function toEnding({ isAborted, isLive, stopReason }: Reply): string | null {
  if (isLive) return null;
  if (isAborted) return 'This reply is incomplete.';
  if (stopReason === 'max_tokens') return 'This reply reached its length limit.';
  if (stopReason === 'model_context_window_exceeded')
    return 'The context window is full; this reply is incomplete.';
  if (stopReason === 'refusal') return 'The model declined to go on.';
  return null;
}
