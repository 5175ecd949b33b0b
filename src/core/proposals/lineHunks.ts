/** The difference of two texts as hunks of whole lines, and texts in which only some of them are made. Pure. */
import { diffArrays } from 'diff';

/** Lines are counted from 0, the ends are behind the last one: an insertion has an empty left side, a deletion an empty right. */
export interface LineHunk {
  readonly leftStart: number;
  readonly leftEnd: number;
  readonly rightStart: number;
  readonly rightEnd: number;
}

/** Beyond so many differing lines the exact answer takes too long: all that differs is then one hunk. */
const MOST_EDITS = 2_000;

/** Each line with its "\n"; the last one may have none. An empty text has no lines. */
export function splitLines(text: string): readonly string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

/** From the first to the last. Between two of them stands at least one line that both sides have. */
export function findHunks(left: readonly string[], right: readonly string[]): readonly LineHunk[] {
  const { start, end } = findCommonEnds(left, right);
  const middle = (lines: readonly string[]): string[] => lines.slice(start, lines.length - end);
  const [leftMiddle, rightMiddle] = [middle(left), middle(right)];
  if (leftMiddle.length + rightMiddle.length === 0) return [];
  const changes = diffArrays(leftMiddle, rightMiddle, { maxEditLength: MOST_EDITS });
  if (changes === undefined) {
    const [leftEnd, rightEnd] = [left.length - end, right.length - end];
    return [{ leftStart: start, leftEnd, rightStart: start, rightEnd }];
  }
  return joinChanges(changes, start);
}

/** `left` with those hunks made of which `isKept` says so. The hunks are those of `findHunks(left, right)`. */
export function keepHunks(
  { left, right }: { readonly left: readonly string[]; readonly right: readonly string[] },
  hunks: readonly LineHunk[],
  isKept: (hunk: LineHunk, index: number) => boolean,
): string {
  const lines: string[] = [];
  let at = 0;
  for (const [index, hunk] of hunks.entries()) {
    lines.push(...left.slice(at, hunk.leftStart));
    if (isKept(hunk, index)) lines.push(...right.slice(hunk.rightStart, hunk.rightEnd));
    else lines.push(...left.slice(hunk.leftStart, hunk.leftEnd));
    at = hunk.leftEnd;
  }
  lines.push(...left.slice(at));
  return lines.join('');
}

function joinChanges(changes: ReturnType<typeof diffArrays<string>>, start: number): readonly LineHunk[] {
  const hunks: LineHunk[] = [];
  let [leftAt, rightAt] = [start, start];
  let isOpen = false;
  for (const { added, removed, value } of changes) {
    const [leftStart, rightStart] = [leftAt, rightAt];
    if (!added) leftAt += value.length;
    if (!removed) rightAt += value.length;
    const isChange = added || removed;
    const last = isOpen ? hunks.pop() : undefined;
    if (isChange) {
      const from = last ?? { leftStart, rightStart };
      hunks.push({
        leftStart: from.leftStart,
        leftEnd: leftAt,
        rightStart: from.rightStart,
        rightEnd: rightAt,
      });
    } else if (last !== undefined) hunks.push(last);
    isOpen = isChange;
  }
  return hunks;
}

/** Lines that both have at the beginning and at the end. */
function findCommonEnds(
  left: readonly string[],
  right: readonly string[],
): { readonly start: number; readonly end: number } {
  const shorter = Math.min(left.length, right.length);
  let start = 0;
  while (start < shorter && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < shorter - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end += 1;
  return { start, end };
}
