/** A text of the model, drawn as it grows. A block whose text is the same as before is not drawn again. */
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { memo } from '../view/memo.ts';
import { advanceMarkdown, type MarkdownProgress } from './advanceMarkdown.ts';
import { BlockToken } from './BlockToken.tsx';
import './markdown.css';

export interface MarkdownProps {
  readonly text: string;
  /** More may come. */
  readonly isOpen: boolean;
}

export const Markdown = memo(function Markdown({ text, isOpen }: MarkdownProps): VNode {
  const progress = useRef<MarkdownProgress | null>(null);
  progress.current = advanceMarkdown(progress.current, text, isOpen);
  const { tokens, isPlain, hasDefinitions } = progress.current;
  if (isPlain) return <div class="markdown is-plain">{text}</div>;
  const lastIndex = tokens.findLastIndex((token) => token.type !== 'space');
  return (
    <div class="markdown" key={hasDefinitions ? 'with-definitions' : 'without'}>
      {tokens.map((token, index) => (
        // Blocks keep their place, so it is their identity.
        <BlockToken key={index} token={token} depth={0} isOpen={isOpen && index === lastIndex} />
      ))}
    </div>
  );
});
