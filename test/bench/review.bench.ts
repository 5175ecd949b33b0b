/**
 * What the review costs the extension host: 200 changed files with 1,000 hunks to be listed, a hunk to be kept or undone, and a key
 * typed into a file of 10,000 lines in which 100 hunks wait (its lines, the hunks, and the text it is compared with). Wall clock.
 */
import {
  isHunk,
  keepHunks,
  type Lines,
  noteWrite,
  type ReviewText,
  toBaseline,
  toHunks,
  toReviewLines,
  undoHunks,
} from '../../src/core/review/reviewText.ts';
import { toSegments } from '../../src/core/review/segments.ts';
import { median, spread } from './figures.ts';
import type { BenchRow } from './types.ts';

const RUNS = 31;

export default async function bench(): Promise<BenchRow[]> {
  const files = Array.from({ length: 200 }, (_, index) => changed(400, 5, `file ${index}`));
  if (countHunks(files) !== 1_000) throw new Error('there are not 1,000 hunks');
  const large = changed(10_000, 100, 'large');
  const [first] = toHunks(large.text, large.now);
  const isFirst = ({ currentStart }: { readonly currentStart: number }): boolean =>
    currentStart === first?.currentStart;
  const typed = Array.from({ length: RUNS + 5 }, (_, index) => type(large.now, index));
  return [
    row('200 files with 1,000 hunks are listed', { limit: 300, run: () => countHunks(files) }),
    row('a hunk of 100 is kept', { limit: 30, run: () => keepHunks(large.text, large.now, isFirst) }),
    row('a hunk of 100 is undone', { limit: 30, run: () => undoHunks(large.text, large.now, isFirst) }),
    row('a key in 10,000 lines with 100 hunks', {
      limit: 4,
      run: (index) => {
        const now = toReviewLines(typed[index] ?? '');
        const segments = toSegments(large.text, now);
        return [segments.filter(isHunk), toBaseline(segments).join('')];
      },
    }),
  ];
}

interface Reviewed {
  readonly text: ReviewText;
  readonly now: Lines;
}

/** So many lines, of which every so-many-th is another one now. */
function changed(length: number, hunks: number, name: string): Reviewed {
  const before = Array.from({ length }, (_, index) => `${name}, line ${index}: ${'x'.repeat(index % 60)}\n`);
  const step = Math.floor(length / hunks);
  const after = before.flatMap((line, index) =>
    index % step === step - 1 ? [line.toUpperCase(), 'and one more\n'] : [line],
  );
  return { text: noteWrite(undefined, { before, after }, 'turn'), now: after };
}

/** The text after a key, each time another one. */
function type(lines: Lines, index: number): string {
  const at = 5_000 + index;
  return lines.map((line, number) => (number === at ? `y${line}` : line)).join('');
}

function countHunks(files: readonly Reviewed[]): number {
  return files.reduce((sum, { text, now }) => sum + toHunks(text, now).length, 0);
}

function row(
  name: string,
  { limit, run }: { readonly limit: number; readonly run: (index: number) => unknown },
): BenchRow {
  for (let warm = 0; warm < 5; warm += 1) run(RUNS + warm);
  const times = Array.from({ length: RUNS }, (_, index) => {
    const started = performance.now();
    run(index);
    return performance.now() - started;
  });
  const ours = median(times);
  return { name, ours, unit: 'ms', target: `< ${limit} ms`, pass: ours < limit, spread: spread(times, 2) };
}
