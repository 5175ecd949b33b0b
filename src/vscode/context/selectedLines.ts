import type { LineRange } from './contextTexts.ts';

/** What is selected: a caret selects nothing, and a line of which nothing is selected but its start is not part of it. Lines from 0. */
export function toLines(
  start: { readonly line: number },
  end: { readonly line: number; readonly character: number },
): LineRange {
  const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
  return { from: start.line + 1, to: last + 1 };
}
