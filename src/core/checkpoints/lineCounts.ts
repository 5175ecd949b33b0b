/** How many lines a change adds and takes away, as `diff --numstat` tells it; 0 and 0 for binary files. */
import { diffLines } from 'diff';

export interface LineCounts {
  readonly insertions: number;
  readonly deletions: number;
}

const none: LineCounts = { insertions: 0, deletions: 0 };
/** Beyond so many differing lines the exact answer takes too long, and nobody would read it. */
const MOST_EDITS = 2_000;
/** Beyond this between the common ends, all of it counts as changed. */
const MOST_BYTES = 4 * 1024 * 1024;

const NUL = 0;
const NEWLINE = 0x0a;
const nothing = new Uint8Array();

/** undefined: not there, or a folder. */
export function countLines(before: Uint8Array | undefined, after: Uint8Array | undefined): LineCounts {
  const [old, new_] = withoutCommonEnds(before ?? nothing, after ?? nothing);
  if (old.length + new_.length === 0) return none;
  if (before?.includes(NUL) === true || after?.includes(NUL) === true) return none;
  if (old.length + new_.length > MOST_BYTES) return { insertions: linesIn(new_), deletions: linesIn(old) };
  const [oldText, newText] = [toText(old), toText(new_)];
  return oldText === undefined || newText === undefined ? none : countTexts(oldText, newText);
}

function countTexts(old: string, new_: string): LineCounts {
  if (old === '') return { insertions: linesOf(new_).length, deletions: 0 };
  if (new_ === '') return { insertions: 0, deletions: linesOf(old).length };
  const changes = diffLines(old, new_, { maxEditLength: MOST_EDITS });
  if (changes === undefined) return { insertions: linesOf(new_).length, deletions: linesOf(old).length };
  let insertions = 0;
  let deletions = 0;
  for (const { added, removed, count } of changes) {
    if (added) insertions += count;
    if (removed) deletions += count;
  }
  return { insertions, deletions };
}

/** Whole lines at the beginning and at the end that are the same are no part of any difference. */
function withoutCommonEnds(old: Uint8Array, new_: Uint8Array): readonly [Uint8Array, Uint8Array] {
  const shorter = Math.min(old.length, new_.length);
  let same = 0;
  while (same < shorter && old[same] === new_[same]) same += 1;
  if (same === old.length && same === new_.length) return [nothing, nothing];
  const start = same === 0 ? 0 : old.lastIndexOf(NEWLINE, same - 1) + 1;
  let end = 0;
  while (end < shorter - start && old[old.length - 1 - end] === new_[new_.length - 1 - end]) end += 1;
  const newline = old.indexOf(NEWLINE, old.length - end);
  const kept = end === 0 || newline < 0 ? 0 : old.length - newline - 1;
  return [old.subarray(start, old.length - kept), new_.subarray(start, new_.length - kept)];
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function linesIn(bytes: Uint8Array): number {
  let lines = bytes.length === 0 || bytes.at(-1) === NEWLINE ? 0 : 1;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}

/** undefined: binary. */
function toText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
