/** How many lines a change adds and takes away, as `diff --numstat` tells it; 0 and 0 for binary files. */
import { diffLines } from 'diff';

export interface LineCounts {
  readonly insertions: number;
  readonly deletions: number;
}

const none: LineCounts = { insertions: 0, deletions: 0 };
/** Beyond so many differing lines the exact answer takes too long, and nobody would read it. */
const MOST_EDITS = 2_000;

/** undefined: not there, or a folder. */
export function countLines(before: Uint8Array | undefined, after: Uint8Array | undefined): LineCounts {
  const old = toText(before);
  const new_ = toText(after);
  if (old === undefined || new_ === undefined || old === new_) return none;
  if (old === '') return { insertions: linesOf(new_).length, deletions: 0 };
  if (new_ === '') return { insertions: 0, deletions: linesOf(old).length };
  const changes = diffLines(old, new_, { maxEditLength: MOST_EDITS });
  if (changes === undefined) return countWithoutCommonEnds(linesOf(old), linesOf(new_));
  let insertions = 0;
  let deletions = 0;
  for (const { added, removed, count } of changes) {
    if (added) insertions += count;
    if (removed) deletions += count;
  }
  return { insertions, deletions };
}

/** Everything between the common beginning and the common end counts as changed. */
function countWithoutCommonEnds(old: readonly string[], new_: readonly string[]): LineCounts {
  const shorter = Math.min(old.length, new_.length);
  let start = 0;
  while (start < shorter && old[start] === new_[start]) start += 1;
  let end = 0;
  while (end < shorter - start && old[old.length - 1 - end] === new_[new_.length - 1 - end]) end += 1;
  return { insertions: new_.length - start - end, deletions: old.length - start - end };
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

const NUL = 0;

/** undefined: binary. */
function toText(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return '';
  if (bytes.includes(NUL)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
