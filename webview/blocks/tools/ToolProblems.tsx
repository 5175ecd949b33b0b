/** What a change of a file has made of the problems that the editor finds in it: a line, and a list when it is opened. */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { type Problem, type ProblemChange, problemChange } from '../../../src/protocol/problems.ts';
import { Icon } from '../../controls/Icon.tsx';
import { useOpenFile } from '../../view/opening.ts';
import { useOpened } from '../../view/useOpened.ts';
import { describeChange, toOrigin, toPlace } from './describeProblems.ts';
import { toBaseName } from './shownPath.ts';
import { getField, getString } from './toolInput.ts';
import type { ToolCall } from './toolView.ts';
import './toolProblems.css';

export function ToolProblems({ call }: { readonly call: ToolCall }): VNode | null {
  const { details } = call.run;
  const change = useMemo(() => parseChange(details), [details]);
  const [isOpen, toggle] = useOpened(`${call.id} problems`, false);
  if (change === null) return null;
  const path = getString(call.input, 'file_path') || getString(call.input, 'notebook_path');
  const isError = change.added.some(({ severity }) => severity === 'error');
  const icon = change.added.length === 0 ? 'pass' : isError ? 'error' : 'warning';
  const line = (
    <>
      <Icon name={icon} />
      <span class="problems-line">{describeChange(change)}</span>
    </>
  );
  if (change.added.length === 0) return <p class="problems is-good">{line}</p>;
  return (
    <div class={`problems is-${icon}`}>
      <button type="button" class="problems-head" aria-expanded={isOpen} onClick={toggle}>
        {line}
        <Icon name={isOpen ? 'chevron-up' : 'chevron-down'} />
      </button>
      {isOpen && <ProblemList change={change} path={path} />}
    </div>
  );
}

function ProblemList({
  change: { added, more },
  path,
}: {
  readonly change: ProblemChange;
  readonly path: string;
}): VNode {
  const openFile = useOpenFile();
  return (
    <ul class="problem-list" aria-label="Problems">
      {added.map((problem, index) => (
        <li key={index}>
          <button
            type="button"
            class="problem-row"
            onClick={() =>
              openFile(problem.path ?? path, problem.cell === undefined ? { line: problem.line } : {})
            }
          >
            <Icon name={problem.severity} />
            <span class="problem-place">{toFilePlace(problem)}</span>
            <span class="problem-text">{problem.message}</span>
            <span class="problem-origin">{toOrigin(problem)}</span>
          </button>
        </li>
      ))}
      {more > 0 && <li class="problem-more">and {more} more</li>}
    </ul>
  );
}

/** Where there are several files, with the name of the problem's. */
function toFilePlace(problem: Problem): string {
  const place = toPlace(problem);
  return problem.path === undefined ? place : `${toBaseName(problem.path)}:${place}`;
}

function parseChange(details: unknown): ProblemChange | null {
  const parsed = problemChange.safeParse(getField(details, 'problems'));
  return parsed.success ? parsed.data : null;
}
