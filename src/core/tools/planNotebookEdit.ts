/** Changes one cell of a notebook's text and nothing else in it. Pure. https://nbformat.readthedocs.io */
import * as z from 'zod';
import { findElements, findMembers, findRoot, type JsonSpan } from './jsonSpans.ts';
import type { TextChange } from './lineEnds.ts';
import { joinLines } from './notebookView.ts';

export type CellType = 'code' | 'markdown';

export interface NotebookRequest {
  readonly mode: 'replace' | 'insert' | 'delete';
  /** An id, or `cell-N`; undefined: before the first cell (insert only). */
  readonly cellId: string | undefined;
  readonly cellType: CellType | undefined;
  readonly source: string;
}

export type NotebookPlan =
  | {
      readonly kind: 'planned';
      readonly changes: readonly TextChange[];
      readonly cellId: string;
      readonly cellType: string;
      readonly oldSource: string | undefined;
      readonly language: string;
    }
  | { readonly kind: 'refused'; readonly reason: string };

const multiline = z.union([z.string(), z.array(z.string())]);
const cellSchema = z.looseObject({ id: z.string().optional(), cell_type: z.string(), source: multiline });
const notebookSchema = z.looseObject({
  cells: z.array(cellSchema),
  nbformat: z.number().optional(),
  nbformat_minor: z.number().optional(),
  metadata: z
    .looseObject({ language_info: z.looseObject({ name: z.string().optional() }).optional() })
    .optional(),
});
type Cell = z.infer<typeof cellSchema>;

interface Place {
  readonly text: string;
  readonly cells: readonly Cell[];
  readonly array: JsonSpan;
  readonly elements: readonly JsonSpan[];
  /** What one level is indented by; empty: the notebook is written in one line. */
  readonly indent: string;
  /** Since nbformat 4.5 cells have ids. */
  readonly hasIds: boolean;
}

/** `text`: lines ending in "\n". */
export function planNotebookEdit(text: string, request: NotebookRequest): NotebookPlan {
  const parsed = notebookSchema.safeParse(parseJson(text));
  if (!parsed.success) return refuse('It is not a notebook (no JSON with cells in it).');
  const { cells, nbformat = 4, nbformat_minor = 0 } = parsed.data;
  const array = findMembers(text, findRoot(text)).get('cells');
  if (array === undefined) return refuse('It is not a notebook.');
  const indent = /^\s*\{\n([ \t]+)/.exec(text)?.[1] ?? '';
  const hasIds = nbformat > 4 || (nbformat === 4 && nbformat_minor >= 5);
  const place: Place = { text, cells, array, elements: findElements(text, array), indent, hasIds };
  const language = parsed.data.metadata?.language_info?.name ?? 'python';
  const index = findCell(cells, request.cellId);
  if (index === undefined && (request.cellId !== undefined || request.mode !== 'insert')) {
    return refuse(explainUnknown(cells, request.cellId));
  }
  const plan =
    request.mode === 'insert'
      ? planInsert(place, index ?? -1, request)
      : planChange(place, index ?? 0, request);
  return plan.kind === 'planned' ? { ...plan, language } : plan;
}

type PartPlan =
  | Omit<Extract<NotebookPlan, { readonly kind: 'planned' }>, 'language'>
  | Extract<NotebookPlan, { readonly kind: 'refused' }>;

function planInsert(place: Place, after: number, request: NotebookRequest): PartPlan {
  const { cellType, source } = request;
  if (cellType === undefined)
    return refuse('cell_type is missing: say whether the new cell is code or markdown.');
  const type = cellType;
  const newId = chooseId(place.cells, source);
  const common = { cell_type: type, ...(place.hasIds ? { id: newId } : {}), metadata: {} };
  const cell =
    type === 'code'
      ? { ...common, execution_count: null, outputs: [], source: toLines(source) }
      : { ...common, source: toLines(source) };
  const written = write(cell, 2, place);
  const next = lineBreak(2, place);
  const [previous, first] = [place.elements[after], place.elements[0]];
  const change = ((): TextChange => {
    if (previous !== undefined) return insertAt(previous.end, `,${next}${written}`);
    if (first !== undefined) return insertAt(first.start, `${written},${next}`);
    return { ...place.array, replacement: `[${next}${written}${lineBreak(1, place)}]` };
  })();
  const cellId = place.hasIds ? newId : `cell-${after + 1}`;
  return { kind: 'planned', changes: [change], cellId, cellType: type, oldSource: undefined };
}

function planChange(place: Place, index: number, request: NotebookRequest): PartPlan {
  const cell = place.cells[index];
  const span = place.elements[index];
  if (cell === undefined || span === undefined) return refuse(explainUnknown(place.cells, request.cellId));
  const cellId = cell.id ?? `cell-${index}`;
  const oldSource = joinLines(cell.source);
  const cellType = request.cellType ?? cell.cell_type;
  const done = { kind: 'planned', cellId, cellType, oldSource } as const;
  if (request.mode === 'delete') return { ...done, changes: [removeElement(place, index)] };
  if (cellType !== cell.cell_type) {
    return {
      ...done,
      changes: [{ ...span, replacement: write(convert(cell, cellType, request.source), 2, place) }],
    };
  }
  return { ...done, changes: replaceSource(place, span, { cell, source: request.source }) };
}

/** Outputs of other code would be lies, so they go with it. */
function replaceSource(
  place: Place,
  span: JsonSpan,
  { cell, source }: { readonly cell: Cell; readonly source: string },
): readonly TextChange[] {
  const lines = typeof cell.source === 'string' ? source : toLines(source);
  const values: Readonly<Record<string, unknown>> = { source: lines, outputs: [], execution_count: null };
  const changes: TextChange[] = [];
  for (const [name, member] of findMembers(place.text, span)) {
    if (!Object.hasOwn(values, name)) continue;
    changes.push({ ...member, replacement: write(values[name], 3, place) });
  }
  return changes.sort((a, b) => a.start - b.start);
}

function convert(cell: Cell, cellType: string, source: string): unknown {
  const { outputs: _, execution_count: __, ...rest } = cell;
  const converted = { ...rest, cell_type: cellType, source: toLines(source) };
  return cellType === 'code' ? { ...converted, execution_count: null, outputs: [] } : converted;
}

function removeElement({ elements, array }: Place, index: number): TextChange {
  const [previous, span, next] = [elements[index - 1], elements[index], elements[index + 1]];
  if (span !== undefined && next !== undefined)
    return { start: span.start, end: next.start, replacement: '' };
  if (span !== undefined && previous !== undefined)
    return { start: previous.end, end: span.end, replacement: '' };
  return { ...array, replacement: '[]' };
}

function findCell(cells: readonly Cell[], id: string | undefined): number | undefined {
  if (id === undefined) return undefined;
  const byId = cells.findIndex((cell) => cell.id === id);
  if (byId !== -1) return byId;
  const number = /^cell-(\d+)$/.exec(id)?.[1];
  return number !== undefined && Number(number) < cells.length ? Number(number) : undefined;
}

/** The same for the same edit, so that what was shown beforehand is what is written. Eight hexadecimal digits, as Jupyter makes them. */
function chooseId(cells: readonly Cell[], source: string): string {
  let hash = 0x811c9dc5;
  const next = (unit: number): void => {
    hash = Math.imul(hash ^ unit, 0x01000193);
  };
  for (let index = 0; index < source.length; index += 1) next(source.charCodeAt(index));
  while (true) {
    next(cells.length);
    const id = (hash >>> 0).toString(16).padStart(8, '0');
    if (!cells.some((cell) => cell.id === id)) return id;
  }
}

function explainUnknown(cells: readonly Cell[], id: string | undefined): string {
  const ids = cells.slice(0, 30).map((cell, index) => cell.id ?? `cell-${index}`);
  const known =
    ids.length === 0
      ? 'It has no cells.'
      : `Its cells are: ${ids.join(', ')}${cells.length > 30 ? ', …' : ''}.`;
  return id === undefined
    ? `Say which cell, with cell_id. ${known}`
    : `It has no cell ${JSON.stringify(id)}. ${known}`;
}

/** The value as the rest of the notebook is written, for a place at this depth. */
function write(value: unknown, depth: number, { indent }: Place): string {
  if (indent === '') return JSON.stringify(value);
  return JSON.stringify(value, null, indent).replaceAll('\n', `\n${indent.repeat(depth)}`);
}

function lineBreak(depth: number, { indent }: Place): string {
  return indent === '' ? '' : `\n${indent.repeat(depth)}`;
}

/** Each with its line end, as nbformat has it. */
function toLines(source: string): readonly string[] {
  return source.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function insertAt(offset: number, replacement: string): TextChange {
  return { start: offset, end: offset, replacement };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refuse(reason: string): { readonly kind: 'refused'; readonly reason: string } {
  return { kind: 'refused', reason };
}
