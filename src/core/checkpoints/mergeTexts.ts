/** Merges what two have made of one text, line by line as diff3 does. Changes of lines that touch are a conflict. */
import { diff3Merge } from 'node-diff3';
import { fromLines, toLines } from './textLines.ts';

export interface Versions {
  /** What both have started from. */
  readonly base: Uint8Array;
  readonly mine: Uint8Array;
  readonly theirs: Uint8Array;
}

export type Merge =
  | { readonly kind: 'clean'; readonly bytes: Uint8Array }
  /** `marked`: the text with both sides of each conflict between markers, as git writes them. */
  | { readonly kind: 'conflict'; readonly marked: Uint8Array }
  /** Not all three are text, or they differ in too many lines. */
  | { readonly kind: 'impossible' };

/** The time grows with the square. */
const MOST_LINES = 20_000;

export function mergeTexts({ base, mine, theirs }: Versions): Merge {
  const [o, a, b] = [toLines(base), toLines(mine), toLines(theirs)];
  if (o === undefined || a === undefined || b === undefined) return { kind: 'impossible' };
  const { start, end } = findCommonEnds(o, [a, b]);
  const middle = (lines: readonly string[]): string[] => lines.slice(start, lines.length - end);
  const parts = [middle(a), middle(o), middle(b)] as const;
  if (parts.some(({ length }) => length > MOST_LINES)) return { kind: 'impossible' };
  const merged: string[] = [];
  let isClean = true;
  for (const { ok, conflict } of diff3Merge(...parts)) {
    if (ok !== undefined) merged.push(...ok);
    if (conflict === undefined) continue;
    isClean = false;
    merged.push(...mark(conflict));
  }
  const bytes = fromLines([...o.slice(0, start), ...merged, ...o.slice(o.length - end)]);
  return isClean ? { kind: 'clean', bytes } : { kind: 'conflict', marked: bytes };
}

/** Lines that all have in common at the beginning and at the end. */
function findCommonEnds(
  base: readonly string[],
  others: readonly (readonly string[])[],
): { readonly start: number; readonly end: number } {
  const shortest = Math.min(base.length, ...others.map(({ length }) => length));
  let start = 0;
  while (start < shortest && others.every((lines) => lines[start] === base[start])) start += 1;
  let end = 0;
  while (
    end < shortest - start &&
    others.every((lines) => lines[lines.length - 1 - end] === base[base.length - 1 - end])
  )
    end += 1;
  return { start, end };
}

interface Sides {
  readonly a: readonly string[];
  readonly b: readonly string[];
}

/** In the line ends of the text. */
function mark({ a, b }: Sides): readonly string[] {
  const newline = [...a, ...b].some((line) => line.endsWith('\r\n')) ? '\r\n' : '\n';
  const ended = (lines: readonly string[]) =>
    lines.map((line) => (line.endsWith('\n') ? line : `${line}${newline}`));
  return [
    `<<<<<<< yours${newline}`,
    ...ended(a),
    `=======${newline}`,
    ...ended(b),
    `>>>>>>> without the agent's change${newline}`,
  ];
}
