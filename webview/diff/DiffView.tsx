/** A change, line by line, in the colours of the diff editor. */
import type { VNode } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import { CodeSegments } from '../markdown/CodeSegments.tsx';
import { type CodeLine, languageOfPath } from '../markdown/highlight.ts';
import { useNearView } from '../markdown/useNearView.ts';
import { showHidden } from '../permission/hiddenCharacters.ts';
import { memo } from '../view/memo.ts';
import { colourLines } from './colourLines.ts';
import type { DiffLine, LineDiff } from './diffLines.ts';
import './diff.css';

export interface DiffViewProps {
  readonly diff: LineDiff;
  /** Of the file; its name tells the language. */
  readonly path: string;
  /** Lines shown until "Show all" is pressed. */
  readonly limit: number;
  /** Line numbers that are true only within the change are better not shown. */
  readonly hasNumbers: boolean;
  /** Makes invisible characters visible: where somebody decides by what is shown. */
  readonly isExact?: boolean;
  readonly onShowAll?: () => void;
}

export const DiffView = memo(function DiffView(props: DiffViewProps): VNode {
  const { diff, path, limit, hasNumbers, isExact = false, onShowAll } = props;
  const element = useRef<HTMLDivElement>(null);
  const isNear = useNearView(element);
  const [showsAll, setShowsAll] = useState(false);
  const hidden = showsAll ? 0 : countHidden(diff, limit);
  const lines = useMemo(
    () => (hidden === 0 ? diff.lines : diff.lines.slice(0, limit)),
    [diff, limit, hidden],
  );
  const colours = useMemo(
    () => (isNear ? colourLines(lines, languageOfPath(path)) : null),
    [isNear, lines, path],
  );
  const showAll = (): void => {
    setShowsAll(true);
    onShowAll?.();
  };
  return (
    <div class={hasNumbers ? 'diff' : 'diff has-no-numbers'} ref={element}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div class="diff-lines" tabIndex={0} role="region" aria-label={toLabel(diff)}>
        {lines.map((line, index) => (
          <Line key={index} line={line} colours={colours?.[index] ?? null} isExact={isExact} />
        ))}
      </div>
      {hidden > 0 && (
        <button type="button" class="more-lines" onClick={showAll}>
          +{hidden} {hidden === 1 ? 'line' : 'lines'}, show all
        </button>
      )}
    </div>
  );
});

/** How many lines stand behind "show all". */
export function countHidden(diff: LineDiff, limit: number): number {
  return Math.max(0, diff.lines.length - limit);
}

function toLabel({ insertions, deletions }: LineDiff): string {
  return `Change: ${insertions} added, ${deletions} removed`;
}

const SIGNS = { added: '+', removed: '−', context: ' ', gap: '⋯' } as const;

interface LineProps {
  readonly line: DiffLine;
  readonly colours: CodeLine | null;
  readonly isExact: boolean;
}

function Line({ line, colours, isExact }: LineProps): VNode {
  const show = isExact && line.kind !== 'gap' ? showHidden : (text: string): string => text;
  return (
    <div class={`diff-line is-${line.kind}`}>
      <span class="diff-number" aria-hidden="true">
        {line.newNumber ?? line.oldNumber ?? ''}
      </span>
      <span class="diff-sign">{SIGNS[line.kind]}</span>
      <span class="diff-text">
        {colours === null ? (
          show(line.text)
        ) : (
          <CodeSegments line={colours.map(({ text, token }) => ({ text: show(text), token }))} />
        )}
      </span>
    </div>
  );
}
