/** The changes between two texts, each with a name by which one of them can be taken back. */
import { diffArrays } from 'diff';
import { crc32 } from './crc32.ts';
import { fromLines, isSameLines, toLines } from './textLines.ts';

/** Lines are counted from 0. */
export interface TextHunk {
  /** Made of where it is in the old text, and of the lines; good until the file is rewound. */
  readonly id: string;
  readonly oldStart: number;
  readonly oldLines: readonly string[];
  readonly newStart: number;
  readonly newLines: readonly string[];
}

/** Beyond so many differing lines the exact answer takes too long, and nobody would read it. */
const MOST_EDITS = 2_000;

/** undefined: one of them is no text, or too much differs. */
export function findHunks(before: Uint8Array, after: Uint8Array): readonly TextHunk[] | undefined {
  const [old, new_] = [toLines(before), toLines(after)];
  if (old === undefined || new_ === undefined) return undefined;
  const changes = diffArrays([...old], [...new_], { maxEditLength: MOST_EDITS });
  if (changes === undefined) return undefined;
  const hunks: TextHunk[] = [];
  let [oldAt, newAt] = [0, 0];
  let [oldLines, newLines]: [string[], string[]] = [[], []];
  const end = (): void => {
    if (oldLines.length + newLines.length === 0) return;
    const oldStart = oldAt - oldLines.length;
    hunks.push({
      id: toId(oldStart, oldLines, newLines),
      oldStart,
      oldLines,
      newStart: newAt - newLines.length,
      newLines,
    });
    [oldLines, newLines] = [[], []];
  };
  for (const { added, removed, value } of changes) {
    if (!added && !removed) end();
    if (!added) oldAt += value.length;
    if (!removed) newAt += value.length;
    if (removed) oldLines.push(...value);
    if (added) newLines.push(...value);
  }
  end();
  return hunks;
}

/** `after` without these hunks; undefined: one of them isn't there (any more). */
export function takeHunksBack(
  before: Uint8Array,
  after: Uint8Array,
  ids: ReadonlySet<string>,
): Uint8Array | undefined {
  const hunks = findHunks(before, after)?.filter(({ id }) => ids.has(id));
  const lines = toLines(after);
  if (hunks === undefined || lines === undefined || hunks.length !== ids.size) return undefined;
  const kept: string[] = [];
  let at = 0;
  for (const { newStart, newLines, oldLines } of hunks) {
    kept.push(...lines.slice(at, newStart), ...oldLines);
    at = newStart + newLines.length;
  }
  kept.push(...lines.slice(at));
  const wasAll = isSameLines(kept, toLines(before) ?? []);
  return wasAll ? before : fromLines(kept);
}

function toId(oldStart: number, oldLines: readonly string[], newLines: readonly string[]): string {
  const content = new TextEncoder().encode(JSON.stringify([oldLines, newLines]));
  return `${oldStart}-${crc32(content).toString(16).padStart(8, '0')}`;
}
