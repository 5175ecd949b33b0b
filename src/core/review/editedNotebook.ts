/** A notebook as an editor holds it with unsaved changes, told from what was saved: how it will be written nobody but its serializer knows. Pure. */
import * as z from 'zod';
import { diffLines } from './lineDiff.ts';
import { toCellLine } from './notebookText.ts';
import type { Lines } from './reviewText.ts';

/** A cell as it stands in the editor. */
export interface EditedCell {
  readonly type: 'code' | 'markdown' | 'raw';
  readonly source: string;
  /** undefined: it has none, or not yet. */
  readonly id: string | undefined;
}

/**
 * The lines of the notebook with these cells (notebookText.ts), of which `saved` are those on the disk. What the editor has not changed is
 * the same line. Outputs are those that were saved: new ones count when they are.
 */
export function toEditedLines(saved: Lines, cells: readonly EditedCell[]): Lines {
  const [head = '{}', ...lines] = saved;
  const known = lines.map(readCell);
  const places = findPlaces(known, cells);
  return [head, ...cells.map((cell, index) => toLine(cell, known[places[index] ?? -1]))];
}

const cellSchema = z.looseObject({
  cell_type: z.string(),
  id: z.string().optional(),
  source: z.string().catch(''),
});

interface SavedCell {
  readonly line: string;
  readonly value: z.infer<typeof cellSchema>;
}

function readCell(line: string): SavedCell {
  return { line, value: cellSchema.parse(JSON.parse(line)) };
}

/** Of each cell, which of the saved ones it is: by its id, else by its text and its place among those that have none. */
function findPlaces(
  saved: readonly SavedCell[],
  cells: readonly EditedCell[],
): readonly (number | undefined)[] {
  const places: (number | undefined)[] = cells.map(() => undefined);
  const taken = new Set<number>();
  const take = (cell: number, place: number): void => {
    places[cell] = place;
    taken.add(place);
  };
  const [before, now] = [findIds(saved.map(({ value }) => value.id)), findIds(cells.map(({ id }) => id))];
  for (const [id, index] of now) {
    const place = before.get(id);
    if (place !== undefined) take(index, place);
  }
  const left = [...saved.keys()].filter((place) => !taken.has(place));
  const right = [...cells.keys()].filter((index) => places[index] === undefined);
  for (const [from, to] of pair(
    left.map((place) => toKey(saved[place]?.value.cell_type, saved[place]?.value.source)),
    right.map((index) => toKey(cells[index]?.type, cells[index]?.source)),
  )) {
    const [place, index] = [left[from], right[to]];
    if (place !== undefined && index !== undefined) take(index, place);
  }
  return places;
}

/** Where each id stands that only one has. */
function findIds(ids: readonly (string | undefined)[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const several = new Set<string>();
  for (const [index, id] of ids.entries()) {
    if (id === undefined) continue;
    if (found.has(id)) several.add(id);
    found.set(id, index);
  }
  for (const id of several) found.delete(id);
  return found;
}

function toKey(type: string | undefined, source: string | undefined): string {
  return `${type}\n${source?.replaceAll('\r\n', '\n')}`;
}

/** Those that are the same, and, where as many came as went, each with the one in whose place it stands. */
function* pair(left: Lines, right: Lines): Generator<readonly [number, number]> {
  let [leftAt, rightAt] = [0, 0];
  const end = {
    leftStart: left.length,
    leftEnd: left.length,
    rightStart: right.length,
    rightEnd: right.length,
  };
  for (const { leftStart, leftEnd, rightStart, rightEnd } of [...diffLines(left, right), end]) {
    while (leftAt < leftStart) yield [leftAt++, rightAt++];
    if (leftEnd - leftStart === rightEnd - rightStart)
      for (let index = 0; index < leftEnd - leftStart; index += 1)
        yield [leftStart + index, rightStart + index];
    [leftAt, rightAt] = [leftEnd, rightEnd];
  }
}

function toLine({ type, source, id }: EditedCell, saved: SavedCell | undefined): string {
  const isSame =
    saved !== undefined && toKey(saved.value.cell_type, saved.value.source) === toKey(type, source);
  if (isSame) return saved.line;
  const made = { metadata: {}, ...(id === undefined ? {} : { id }) };
  const known: Readonly<Record<string, unknown>> = saved?.value ?? made;
  const { outputs = [], execution_count = null, ...rest } = known;
  const run = type === 'code' ? { outputs, execution_count } : {};
  return toCellLine({ ...rest, cell_type: type, source, ...run });
}
