/** A fenced block of code: language, copy button, colours once it is finished and in sight. */
import type { RefObject, VNode } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { CopyButton } from '../controls/CopyButton.tsx';
import { memo } from '../view/memo.ts';
import { CodeSegments } from './CodeSegments.tsx';
import { type CodeLine, highlightCode } from './highlight.ts';
import { useNearView } from './useNearView.ts';
import './codeBlock.css';

/** Characters up to which a block is coloured anew while it is written. */
const LIVE_LIMIT = 3_000;

export interface CodeBlockProps {
  readonly code: string;
  readonly language: string;
  readonly isOpen: boolean;
}

export const CodeBlock = memo(function CodeBlock({ code, language, isOpen }: CodeBlockProps): VNode {
  const element = useRef<HTMLDivElement>(null);
  const lines = useHighlight({ code, language, isOpen }, element);
  return (
    <div class="code-block" ref={element}>
      <div class="code-head">
        <span class="code-language">{language === '' ? 'text' : language}</span>
        <CopyButton text={code} label="Copy code" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>
        <code>
          {lines === null
            ? code
            : lines.map((line, index) => <Line key={index} line={line} isFirst={index === 0} />)}
        </code>
      </pre>
    </div>
  );
});

interface LineProps {
  readonly line: CodeLine;
  readonly isFirst: boolean;
}

const Line = memo(function Line({ line, isFirst }: LineProps): VNode {
  return (
    <>
      {isFirst ? '' : '\n'}
      <CodeSegments line={line} />
    </>
  );
});

/** null: not coloured (yet). */
function useHighlight(
  { code, language, isOpen }: CodeBlockProps,
  element: RefObject<Element | null>,
): readonly CodeLine[] | null {
  const isNear = useNearView(element);
  const isColoured = isOpen ? code.length <= LIVE_LIMIT : isNear;
  return useMemo(
    () => (isColoured && language !== '' ? highlightCode(code, language) : null),
    [code, language, isColoured],
  );
}
