/** Which lines of a text differ from those of another; the same for the same texts, wherever else they differ. */
import { diffArrays } from 'diff';

/** Lines `[leftStart, leftEnd)` stand in the place of `[rightStart, rightEnd)`; from 0. One of both may be empty. */
export interface LineChange {
  readonly leftStart: number;
  readonly leftEnd: number;
  readonly rightStart: number;
  readonly rightEnd: number;
}

/** Beyond so many differing lines the exact answer takes too long: what differs counts as one change. */
const MOST_EDITS = 3_000;

/** In the order of the text; between two there is at least one line that both have. */
export function diffLines(left: readonly string[], right: readonly string[]): readonly LineChange[] {
  const { start, end } = findCommonEnds(left, right);
  const [leftEnd, rightEnd] = [left.length - end, right.length - end];
  if (start === leftEnd && start === rightEnd) return [];
  const whole = { leftStart: start, leftEnd, rightStart: start, rightEnd };
  if (start === leftEnd || start === rightEnd) return [slide(whole, { left, right, until: left.length })];
  const edits = diffArrays(left.slice(start, leftEnd), right.slice(start, rightEnd), {
    maxEditLength: MOST_EDITS,
  });
  if (edits === undefined) return [whole];
  const changes = toChanges(edits, start);
  return changes.map((change, index) => {
    const next = changes[index + 1];
    // One line that both have stays between it and the next one.
    return slide(change, { left, right, until: next === undefined ? left.length : next.leftStart - 1 });
  });
}

function findCommonEnds(left: readonly string[], right: readonly string[]): { start: number; end: number } {
  const shortest = Math.min(left.length, right.length);
  let start = 0;
  while (start < shortest && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < shortest - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end += 1;
  return { start, end };
}

function toChanges(
  edits: readonly {
    readonly added?: boolean;
    readonly removed?: boolean;
    readonly value: readonly string[];
  }[],
  offset: number,
): readonly LineChange[] {
  const changes: LineChange[] = [];
  let [leftAt, rightAt] = [offset, offset];
  let [leftStart, rightStart] = [offset, offset];
  const end = (): void => {
    if (leftAt > leftStart || rightAt > rightStart)
      changes.push({ leftStart, leftEnd: leftAt, rightStart, rightEnd: rightAt });
  };
  for (const { added = false, removed = false, value } of edits) {
    if (removed) leftAt += value.length;
    if (added) rightAt += value.length;
    if (added || removed) continue;
    end();
    leftAt += value.length;
    rightAt += value.length;
    [leftStart, rightStart] = [leftAt, rightAt];
  }
  end();
  return changes;
}

interface Bounds {
  readonly left: readonly string[];
  readonly right: readonly string[];
  /** The line of the left text that it may not reach. */
  readonly until: number;
}

/**
 * Where lines only came or only went, and the line behind is the same as their first, it can't be told which of them they
 * were: the last is taken, always.
 */
function slide(change: LineChange, { left, right, until }: Bounds): LineChange {
  let { leftStart, leftEnd, rightStart, rightEnd } = change;
  const [isAdded, isRemoved] = [leftStart === leftEnd, rightStart === rightEnd];
  if (isAdded === isRemoved) return change;
  const lines = isAdded ? right : left;
  while (leftEnd < until) {
    const [first, behind] = isAdded
      ? [lines[rightStart], lines[rightEnd]]
      : [lines[leftStart], lines[leftEnd]];
    if (first !== behind) break;
    [leftStart, leftEnd, rightStart, rightEnd] = [leftStart + 1, leftEnd + 1, rightStart + 1, rightEnd + 1];
  }
  return { leftStart, leftEnd, rightStart, rightEnd };
}
