/** What became of each hunk of a proposal while a person looked at it, told from the texts alone. Pure. */
import { findHunks, keepHunks, type LineHunk, splitLines } from './lineHunks.ts';

/** `changed`: neither the lines that were proposed stand there, nor those of before. */
export type HunkFate = 'accepted' | 'rejected' | 'changed';

export interface ProposalTexts {
  /** What stands in the file. */
  readonly left: string;
  /** What was proposed. */
  readonly proposed: string;
  /** What the person has made of it. */
  readonly visible: string;
}

export interface Fates {
  /** One for each hunk between `left` and `proposed`, in their order. */
  readonly fates: readonly HunkFate[];
  /** The person has changed lines that were no part of the proposal. */
  readonly changesMore: boolean;
}

export function findFates(texts: ProposalTexts): Fates {
  const left = splitLines(texts.left);
  const proposed = splitLines(texts.proposed);
  const visible = splitLines(texts.visible);
  const hunks = findHunks(left, proposed);
  const made = findHunks(left, visible);
  const edits = findHunks(proposed, visible);
  const fates = hunks.map((hunk): HunkFate => {
    const isUntouched = !edits.some((edit) =>
      touches(edit.leftStart, edit.leftEnd, [hunk.rightStart, hunk.rightEnd]),
    );
    if (isUntouched || made.some((other) => isSame(hunk, other, { proposed, visible }))) return 'accepted';
    const isUndone = !made.some((other) =>
      touches(other.leftStart, other.leftEnd, [hunk.leftStart, hunk.leftEnd]),
    );
    return isUndone ? 'rejected' : 'changed';
  });
  const expected = keepHunks({ left, right: proposed }, hunks, (_hunk, index) => fates[index] === 'accepted');
  return { fates, changesMore: !fates.includes('changed') && expected !== texts.visible };
}

/** For the model: "hunks 1 and 3 accepted, 2 rejected"; empty when there was none. */
export function describeFates({ fates, changesMore }: Fates): string {
  const parts = (['accepted', 'rejected', 'changed'] as const).flatMap((kind) => {
    const numbers = fates.flatMap((fate, index) => (fate === kind ? [index + 1] : []));
    return numbers.length === 0 ? [] : [{ numbers, kind }];
  });
  const words = parts.map(({ numbers, kind }, index) => {
    const noun = index > 0 ? '' : numbers.length === 1 ? 'hunk ' : 'hunks ';
    return `${noun}${listNumbers(numbers)} ${kind}`;
  });
  return [...words, ...(changesMore ? ['other lines changed too'] : [])].join(', ');
}

function listNumbers(numbers: readonly number[]): string {
  const last = numbers.at(-1);
  return numbers.length < 2 ? `${last}` : `${numbers.slice(0, -1).join(', ')} and ${last}`;
}

/** An empty range stands between two lines: it is touched by what reaches to it from either side. */
function touches(start: number, end: number, [otherStart, otherEnd]: readonly [number, number]): boolean {
  if (start === end || otherStart === otherEnd) return start <= otherEnd && otherStart <= end;
  return start < otherEnd && otherStart < end;
}

function isSame(
  hunk: LineHunk,
  made: LineHunk,
  { proposed, visible }: { readonly proposed: readonly string[]; readonly visible: readonly string[] },
): boolean {
  if (hunk.leftStart !== made.leftStart || hunk.leftEnd !== made.leftEnd) return false;
  const lines = proposed.slice(hunk.rightStart, hunk.rightEnd);
  const others = visible.slice(made.rightStart, made.rightEnd);
  return lines.length === others.length && lines.every((line, index) => line === others[index]);
}
