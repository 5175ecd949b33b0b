/** What the model thinks, folded; live while it thinks. */
import type { VNode } from 'preact';
import { Icon } from '../controls/Icon.tsx';
import { Markdown } from '../markdown/Markdown.tsx';
import type { ReplyBlock } from '../state/panelModel.ts';
import { useOpened } from '../view/useOpened.ts';
import './thinking.css';

export interface ThinkingViewProps {
  readonly id: string;
  readonly text: string;
  readonly content: ReplyBlock;
}

export function ThinkingView({ id, text, content }: ThinkingViewProps): VNode | null {
  const { isOpen, durationMs } = content;
  const [isExpanded, toggle] = useOpened(id, false);
  const hasText = text.trim() !== '';
  if (!hasText && !isOpen) return null;
  const label = isOpen ? 'Thinking' : toLabel(durationMs);
  return (
    <div class={`thinking${isOpen ? ' is-live' : ''}`}>
      <button
        type="button"
        class="thinking-head"
        aria-expanded={isExpanded}
        onClick={toggle}
        disabled={!hasText}
      >
        <Icon name={isExpanded ? 'chevron-down' : 'chevron-right'} />
        <span class="thinking-label">{label}</span>
        {!isExpanded && <span class="thinking-now">{isOpen ? toLastLine(text) : toFirstLine(text)}</span>}
      </button>
      {isExpanded && (
        <div class="thinking-body">
          <Markdown text={text} isOpen={isOpen} />
        </div>
      )}
    </div>
  );
}

function toLabel(durationMs: number | undefined): string {
  if (durationMs === undefined || durationMs < 1000) return 'Thought';
  const seconds = Math.round(durationMs / 1000);
  return seconds < 60
    ? `Thought for ${seconds} s`
    : `Thought for ${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** The line being thought, for the folded head. */
function toLastLine(text: string): string {
  return withoutMarks(text.trimEnd().slice(-400).split('\n').at(-1) ?? '');
}

/** What it was about, for the folded head. */
function toFirstLine(text: string): string {
  return withoutMarks(text.trimStart().slice(0, 200).split('\n')[0] ?? '');
}

function withoutMarks(line: string): string {
  return line.replace(/[*_`#>]/g, '').trim();
}
