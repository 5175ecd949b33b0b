/**
 * A notebook as lines for the review (reviewText.ts): the first is all but the cells, and each cell is one. What means the same is the
 * same line, however it is written. Pure. https://nbformat.readthedocs.io
 */
import * as z from 'zod';
import { findElements, findMembers, findRoot, type JsonSpan } from '../tools/jsonSpans.ts';
import { joinLines } from '../tools/notebookView.ts';
import { diffLines } from './lineDiff.ts';
import { type Lines, toReviewLines } from './reviewText.ts';

const notebookSchema = z.looseObject({ cells: z.array(z.looseObject({ cell_type: z.string() })) });
const multiline = z.union([z.string(), z.array(z.string())]);

/** undefined: it is no notebook. */
export function toNotebookLines(text: string): Lines | undefined {
  const parsed = notebookSchema.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const { cells, ...head } = parsed.data;
  return [JSON.stringify(sortNames(head)), ...cells.map(toCellLine)];
}

/** One cell as such a line. */
export function toCellLine(cell: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(sortNames(mapTexts(cell, joinLines)));
}

/** The notebook of these lines, written in one. */
export function toNotebookText([head = '{}', ...cells]: Lines): string {
  const rest = z.looseObject({}).parse(JSON.parse(head));
  return JSON.stringify({ ...rest, cells: cells.map((cell) => JSON.parse(cell)) });
}

/** The notebook with these lines. What is the same in both stays as it is written. Throws TypeError where it is no notebook. */
export function writeNotebook(text: string, lines: Lines): string {
  const [nowHead, ...now] = toNotebookLines(text) ?? [];
  const [head = '{}', ...cells] = lines;
  const array = findMembers(text, findRoot(text)).get('cells');
  if (nowHead === undefined || array === undefined) throw new TypeError('It is no notebook.');
  const { start, end } = array;
  const written = `${text.slice(0, start)}${writeCells(text, array, { now, cells })}${text.slice(end)}`;
  return head === nowHead ? written : writeHead(written, { now: nowHead, head });
}

function writeCells(
  text: string,
  array: JsonSpan,
  { now, cells }: { readonly now: Lines; readonly cells: Lines },
): string {
  const spans = findElements(text, array);
  const indent = indentOf(text);
  const [first, last] = [spans[0], spans.at(-1)];
  const lead = first === undefined ? lineBreak(indent, 2) : text.slice(array.start + 1, first.start);
  const trail = last === undefined ? lineBreak(indent, 1) : text.slice(last.end, array.end - 1);
  const places = findPlaces(now, cells);
  const parts = cells.map((cell, index) => {
    const [place, before] = [places[index], index === 0 ? undefined : places[index - 1]];
    const [span, previous] = [at(spans, place), at(spans, before)];
    const isNext = span !== undefined && previous !== undefined && place === (before ?? 0) + 1;
    const separator = index === 0 ? lead : isNext ? text.slice(previous.end, span.start) : `,${lead}`;
    return separator + (span === undefined ? writeCell(cell, indent) : text.slice(span.start, span.end));
  });
  return parts.length === 0 ? '[]' : `[${parts.join('')}${trail}]`;
}

/** Of each cell, which of those that stand there now it is. */
function findPlaces(now: Lines, cells: Lines): readonly (number | undefined)[] {
  const places: (number | undefined)[] = [];
  let at = 0;
  for (const { leftStart, leftEnd, rightStart, rightEnd } of diffLines(now, cells)) {
    while (at < leftStart) places.push(at++);
    for (let index = rightStart; index < rightEnd; index += 1) places.push(undefined);
    at = leftEnd;
  }
  while (at < now.length) places.push(at++);
  return places;
}

function writeCell(line: string, indent: string): string {
  const cell = z.looseObject({}).parse(JSON.parse(line));
  return write(
    mapTexts(cell, (text) => [...toReviewLines(joinLines(text))]),
    indent,
    2,
  );
}

/** Names that only one of them has need all of the text to be written anew. */
function writeHead(text: string, { now, head }: { readonly now: string; readonly head: string }): string {
  const [before, after] = [now, head].map((each) => z.looseObject({}).parse(JSON.parse(each)));
  const indent = indentOf(text);
  const names = Object.keys(after ?? {});
  if (names.join('\n') !== Object.keys(before ?? {}).join('\n')) {
    const { cells } = notebookSchema.parse(JSON.parse(text));
    return write({ ...after, cells }, indent, 0);
  }
  const members = [...findMembers(text, findRoot(text))].toSorted(
    ([, left], [, right]) => right.start - left.start,
  );
  let written = text;
  for (const [name, { start, end }] of members) {
    if (name === 'cells' || JSON.stringify(before?.[name]) === JSON.stringify(after?.[name])) continue;
    written = written.slice(0, start) + write(after?.[name], indent, 1) + written.slice(end);
  }
  return written;
}

/** Texts of a cell that nbformat writes as lists of lines, each made into another. */
function mapTexts(
  cell: Readonly<Record<string, unknown>>,
  change: (text: string | readonly string[]) => string | readonly string[],
): Readonly<Record<string, unknown>> {
  const map = (value: unknown): unknown => {
    const text = multiline.safeParse(value);
    return text.success ? change(text.data) : value;
  };
  const mapData = (data: unknown): unknown =>
    isObject(data)
      ? Object.fromEntries(
          Object.entries(data).map(([type, value]) => [type, isText(type) ? map(value) : value]),
        )
      : data;
  const mapOutput = (output: unknown): unknown => {
    if (!isObject(output)) return output;
    return {
      ...output,
      ...('text' in output ? { text: map(output.text) } : {}),
      ...('data' in output ? { data: mapData(output.data) } : {}),
    };
  };
  const { source, outputs } = cell;
  return {
    ...cell,
    ...(source === undefined ? {} : { source: map(source) }),
    ...(Array.isArray(outputs) ? { outputs: outputs.map(mapOutput) } : {}),
  };
}

function isText(type: string): boolean {
  return type.startsWith('text/') || type === 'application/javascript' || type === 'image/svg+xml';
}

function sortNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortNames);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([name, each]) => [name, sortNames(each)]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What one level is indented by; empty: the notebook is written in one line. */
function indentOf(text: string): string {
  return /^\s*\{\n([ \t]+)/.exec(text)?.[1] ?? '';
}

/** The value as the rest of the notebook is written, for a place at this depth. */
function write(value: unknown, indent: string, depth: number): string {
  if (indent === '') return JSON.stringify(value);
  return JSON.stringify(value, null, indent).replaceAll('\n', `\n${indent.repeat(depth)}`);
}

function lineBreak(indent: string, depth: number): string {
  return indent === '' ? '' : `\n${indent.repeat(depth)}`;
}

function at<Item>(items: readonly Item[], index: number | undefined): Item | undefined {
  return index === undefined ? undefined : items[index];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
