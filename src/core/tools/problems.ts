/** What a change has made of the problems of a file: compared by what is said, since lines move, and told to the model. */
import type { Problem, ProblemBaseline, ProblemChange, ProblemsFound } from '../../protocol/problems.ts';
import { counted } from './counted.ts';

/** New problems that are listed. */
const MAX_LISTED = 20;
/** Characters of one message. */
const MAX_MESSAGE = 400;

/** undefined: nothing has changed. */
export function compareProblems(before: ProblemBaseline, after: ProblemsFound): ProblemChange | undefined {
  const { left: added, over } = pair(before.problems, after.problems, after.lineCount - before.lineCount);
  const gone = before.isKnown ? over : 0;
  if (added.length === 0 && gone === 0) return undefined;
  const sorted = added.toSorted(compareForReading);
  return {
    added: sorted.slice(0, MAX_LISTED),
    more: Math.max(0, sorted.length - MAX_LISTED),
    gone,
    ...(before.isKnown ? {} : { mayBeOlder: true }),
  };
}

/** Of several files, which their problems name. undefined: nothing has changed in any. */
export function joinChanges(changes: readonly ProblemChange[]): ProblemChange | undefined {
  if (changes.length === 0) return undefined;
  // Errors of all files come first; within a file they have their order.
  const added = changes
    .flatMap((change) => change.added)
    .toSorted((one, other) => rankOf(one) - rankOf(other));
  const sum = (of: 'more' | 'gone'): number => changes.reduce((all, change) => all + change[of], 0);
  return {
    added: added.slice(0, MAX_LISTED),
    more: sum('more') + Math.max(0, added.length - MAX_LISTED),
    gone: sum('gone'),
    ...(changes.some(({ mayBeOlder }) => mayBeOlder === true) ? { mayBeOlder: true } : {}),
  };
}

/** For the model. `toName`: of the file in which a problem is, where there are several. */
export function describeProblems(
  { added, more, gone, mayBeOlder }: ProblemChange,
  toName?: (path: string) => string,
): string {
  const count = added.length + more;
  const lines: string[] = [];
  if (count > 0) {
    const what = mayBeOlder === true ? counted(count, 'problem') : counted(count, 'new problem');
    const doubt = mayBeOlder === true ? ' (it was not open before, so some may be older)' : '';
    const where = toName === undefined ? 'the file' : 'these files';
    const format = (problem: Problem): string =>
      problem.path === undefined || toName === undefined
        ? formatProblem(problem)
        : `${toName(problem.path)}:${formatProblem(problem)}`;
    lines.push(`The editor finds ${what} in ${where}${doubt}:`, ...added.map(format));
    if (more > 0) lines.push(`… and ${more} more`);
  }
  if (gone > 0) lines.push(`${counted(gone, 'problem')} of before ${gone === 1 ? 'is' : 'are'} gone.`);
  return lines.join('\n');
}

/** "12:5 error: Cannot find name 'x'. (ts 2304)" */
export function formatProblem({ severity, line, column, message, source, code, cell }: Problem): string {
  const place = `${cell === undefined ? '' : `cell ${cell}, `}${line}:${column}`;
  const origin = [source, code].filter((word) => word !== undefined && word !== '').join(' ');
  return `${place} ${severity}: ${toOneLine(message)}${origin === '' ? '' : ` (${toOneLine(origin)})`}`;
}

function toOneLine(text: string): string {
  const line = text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  return line.length <= MAX_MESSAGE ? line : `${line.slice(0, MAX_MESSAGE)}…`;
}

function compareForReading(a: Problem, b: Problem): number {
  return rankOf(a) - rankOf(b) || (a.cell ?? 0) - (b.cell ?? 0) || a.line - b.line || a.column - b.column;
}

function rankOf({ severity }: Problem): number {
  return severity === 'error' ? 0 : 1;
}

interface Paired {
  /** Of the later ones those that none of the earlier stands for. */
  readonly left: readonly Problem[];
  /** How many of the earlier ones have no counterpart. */
  readonly over: number;
}

/**
 * One for one, among those that say the same. Where there are more than before, those count as new that stand neither where an
 * earlier one stood nor as far from it as the file has grown.
 */
function pair(before: readonly Problem[], after: readonly Problem[], shift: number): Paired {
  const earlier = groupByWords(before);
  const later = groupByWords(after);
  const left: Problem[] = [];
  let over = 0;
  for (const [key, found] of later) {
    const known = earlier.get(key)?.map(placeOf) ?? [];
    let rest = takeOut(found, known, placeOf);
    rest = takeOut(rest, known, (each) => placeOf({ ...each, line: each.line - shift }));
    left.push(...rest.slice(known.length));
    over += Math.max(0, known.length - rest.length);
  }
  for (const [key, known] of earlier) if (!later.has(key)) over += known.length;
  return { left, over };
}

/** Those for which there is none in `known`; the others' are taken out of it. */
function takeOut(found: readonly Problem[], known: string[], toPlace: (each: Problem) => string): Problem[] {
  return found.filter((each) => {
    const index = known.indexOf(toPlace(each));
    if (index !== -1) known.splice(index, 1);
    return index === -1;
  });
}

function groupByWords(problems: readonly Problem[]): Map<string, readonly Problem[]> {
  const groups = new Map<string, Problem[]>();
  for (const problem of problems) {
    const key = keyOf(problem);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [problem]);
    else group.push(problem);
  }
  return groups;
}

function keyOf({ message, code, source }: Problem): string {
  return JSON.stringify([message, code, source]);
}

function placeOf({ cell, line }: Problem): string {
  return `${cell ?? ''}:${line}`;
}
