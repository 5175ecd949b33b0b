/**
 * Several calls that wait with changes of one file: one proposal has them all, and each part of it still knows its call. Pure.
 * Texts have lines that end in "\n".
 */
import { mergeTexts } from '../checkpoints/mergeTexts.ts';
import { findHunks, keepHunks, type LineHunk, splitLines } from './lineHunks.ts';

/** What a call would make of the file it has seen; null: there was none. */
export interface CallChange {
  readonly before: string | null;
  readonly after: string;
}

/** The change, made in a text that is no longer what the call has seen; undefined: both touch the same lines. */
export function mergeChange({ before, after }: CallChange, text: string): string | undefined {
  if (text === (before ?? '')) return after;
  const encode = (value: string): Uint8Array => new TextEncoder().encode(value);
  const merge = mergeTexts({ base: encode(before ?? ''), mine: encode(text), theirs: encode(after) });
  return merge.kind === 'clean'
    ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(merge.bytes)
    : undefined;
}

/**
 * Whose each of these hunks is, by the call's index. A hunk is of the call whose lines it touches, else of the first: what a
 * person adds goes with the first answer.
 */
export function findOwners(
  hunks: readonly LineHunk[],
  left: string,
  changes: readonly CallChange[],
): readonly number[] {
  const lines = splitLines(left);
  const own = changes.map((change) => {
    const alone = mergeChange(change, left);
    return alone === undefined ? [] : findHunks(lines, splitLines(alone));
  });
  return hunks.map((hunk) => {
    const owner = own.findIndex((others) => others.some((other) => reaches(hunk, other)));
    return Math.max(0, owner);
  });
}

/** The left text with those parts of the right one that are of these calls. */
export function keepParts(
  { left, right }: { readonly left: string; readonly right: string },
  changes: readonly CallChange[],
  isKept: (index: number) => boolean,
): string {
  if (changes.length === 1) return isKept(0) ? right : left;
  const sides = { left: splitLines(left), right: splitLines(right) };
  const hunks = findHunks(sides.left, sides.right);
  const owners = findOwners(hunks, left, changes);
  return keepHunks(sides, hunks, (_hunk, index) => isKept(owners[index] ?? 0));
}

function reaches(hunk: LineHunk, other: LineHunk): boolean {
  return hunk.leftStart <= other.leftEnd && other.leftStart <= hunk.leftEnd;
}
