/** Which lines of a file the agent has written, whether they wait for an answer or have been kept. Pure. */
import { diffLines, type LineChange } from './lineDiff.ts';
import type { Change, Lines } from './reviewText.ts';

/** From 0, the end is behind the last one. Empty: lines were taken away before this one. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

export interface AgentLines {
  /** As it stood when this was noted. */
  readonly text: Lines;
  readonly ranges: readonly LineRange[];
}

/** `isAgents`: false for what the user has taken back. */
export function noteLines(known: AgentLines | undefined, change: Change, isAgents: boolean): AgentLines {
  const { before, after } = change;
  const earlier = known === undefined ? [] : move(known.ranges, diffLines(known.text, before));
  const changes = diffLines(before, after);
  const written = isAgents
    ? changes.map(({ rightStart, rightEnd }) => ({ start: rightStart, end: rightEnd }))
    : [];
  return { text: after, ranges: joinRanges([...move(earlier, changes), ...written]) };
}

/** Where they stand in the text of now. What somebody has written over since is not theirs. */
export function findLines(known: AgentLines, current: Lines): readonly LineRange[] {
  return joinRanges(move(known.ranges, diffLines(known.text, current)));
}

/** In the order of the text; those that touch are one. */
export function joinRanges(ranges: readonly LineRange[]): readonly LineRange[] {
  const joined: LineRange[] = [];
  for (const range of ranges.toSorted((one, other) => one.start - other.start || one.end - other.end)) {
    const last = joined.at(-1);
    if (last !== undefined && range.start <= last.end)
      joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    else joined.push(range);
  }
  return joined;
}

function move(ranges: readonly LineRange[], changes: readonly LineChange[]): readonly LineRange[] {
  return ranges.flatMap((range) => moveRange(range, changes));
}

/** What is left of it between the changes. */
function moveRange({ start, end }: LineRange, changes: readonly LineChange[]): readonly LineRange[] {
  if (start === end) return movePlace(start, changes);
  const left: LineRange[] = [];
  let at = start;
  let shift = 0;
  for (const { leftStart, leftEnd, rightStart, rightEnd } of changes) {
    if (leftStart >= end) break;
    if (leftStart > at) left.push({ start: at + shift, end: leftStart + shift });
    at = Math.max(at, leftEnd);
    shift += rightEnd - rightStart - (leftEnd - leftStart);
  }
  return at < end ? [...left, { start: at + shift, end: end + shift }] : left;
}

/** Where lines were taken away; nothing where there are others now. */
function movePlace(place: number, changes: readonly LineChange[]): readonly LineRange[] {
  let moved = place;
  for (const { leftStart, leftEnd, rightStart, rightEnd } of changes) {
    if (leftStart <= place && place <= leftEnd) return [];
    if (leftEnd < place) moved += rightEnd - rightStart - (leftEnd - leftStart);
  }
  return [{ start: moved, end: moved }];
}
