/** The colours of a diff's code: the old and the new side are coloured as texts of their own, so far as they are shown. */
import { type CodeLine, highlightCode } from '../markdown/highlight.ts';
import type { DiffLine } from './diffLines.ts';

/** One entry for each line, null where it stays plain. null in all: no such language. */
export function colourLines(
  lines: readonly DiffLine[],
  language: string,
): readonly (CodeLine | null)[] | null {
  if (language === '') return null;
  const oldSide = colourSide(lines, 'removed', language);
  const newSide = colourSide(lines, 'added', language);
  if (oldSide === null || newSide === null) return null;
  return lines.map((line, index) => (line.kind === 'removed' ? oldSide : newSide).get(index) ?? null);
}

/** The lines of one side, by their place in the diff. */
function colourSide(
  lines: readonly DiffLine[],
  own: 'added' | 'removed',
  language: string,
): ReadonlyMap<number, CodeLine> | null {
  const places = lines.flatMap(({ kind }, index) => (kind === own || kind === 'context' ? [index] : []));
  const coloured = highlightCode(places.map((place) => lines[place]?.text ?? '').join('\n'), language);
  if (coloured === null) return null;
  return new Map(places.map((place, index) => [place, coloured[index] ?? []]));
}
