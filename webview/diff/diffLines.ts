/** The lines of a change, for people: what goes, what comes, and a little of what stands around it. */
import { structuredPatch } from 'diff';

export interface DiffLine {
  readonly kind: 'added' | 'removed' | 'context' | 'gap';
  readonly text: string;
  /** 1-based, in the old and the new text; null where the line is in only one of them, and for gaps. */
  readonly oldNumber: number | null;
  readonly newNumber: number | null;
}

export interface LineDiff {
  readonly lines: readonly DiffLine[];
  readonly insertions: number;
  readonly deletions: number;
}

/** A piece of a unified diff. */
export interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  /** Each with " ", "-", "+" or "\" before it. */
  readonly lines: readonly string[];
}

/** Milliseconds after which a comparison is given up. */
const TIMEOUT = 150;
/** Unchanged lines shown around a change. */
const CONTEXT = 3;

/** Texts too different and too long to be compared in good time come out as all gone and all new. */
export function diffTexts(before: string, after: string): LineDiff {
  const patch = structuredPatch('', '', before, after, '', '', { context: CONTEXT, timeout: TIMEOUT });
  return patch === undefined ? replaceText(before, after) : toLineDiff(patch.hunks);
}

export function toLineDiff(hunks: readonly Hunk[]): LineDiff {
  const lines: DiffLine[] = [];
  let nextOld = 1;
  for (const hunk of hunks) {
    if (hunk.oldStart > nextOld) lines.push(toGap(hunk.oldStart - nextOld));
    lines.push(...toHunkLines(hunk));
    nextOld = hunk.oldStart + hunk.oldLines;
  }
  return countLines(lines);
}

function countLines(lines: readonly DiffLine[]): LineDiff {
  const count = (kind: DiffLine['kind']): number => lines.filter((line) => line.kind === kind).length;
  return { lines, insertions: count('added'), deletions: count('removed') };
}

function toHunkLines({ lines, oldStart, newStart }: Hunk): readonly DiffLine[] {
  let oldNumber = oldStart;
  let newNumber = newStart;
  return lines.map((line): DiffLine => {
    const text = line.slice(1);
    switch (line[0]) {
      case '+':
        return { kind: 'added', text, oldNumber: null, newNumber: newNumber++ };
      case '-':
        return { kind: 'removed', text, oldNumber: oldNumber++, newNumber: null };
      case '\\':
        return toNote('No line break at the end of the file');
      default:
        return { kind: 'context', text, oldNumber: oldNumber++, newNumber: newNumber++ };
    }
  });
}

function toGap(skipped: number): DiffLine {
  return toNote(skipped === 1 ? '1 unchanged line' : `${skipped} unchanged lines`);
}

function toNote(text: string): DiffLine {
  return { kind: 'gap', text, oldNumber: null, newNumber: null };
}

function replaceText(before: string, after: string): LineDiff {
  const removed = toTextLines(before).map(
    (text, index): DiffLine => ({ kind: 'removed', text, oldNumber: index + 1, newNumber: null }),
  );
  const added = toTextLines(after).map(
    (text, index): DiffLine => ({ kind: 'added', text, oldNumber: null, newNumber: index + 1 }),
  );
  return countLines([...removed, ...added]);
}

function toTextLines(text: string): readonly string[] {
  if (text === '') return [];
  return text.replace(/\n$/, '').split('\n');
}
