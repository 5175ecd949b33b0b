/** A Jupyter notebook as the model reads it: cells with their outputs. https://nbformat.readthedocs.io */
import * as z from 'zod';
import { findImageType, type ImageType, readImageSize } from './imageInfo.ts';
import { cleanTerminalText } from './terminalText.ts';

/** Text of nbformat: one string, or a list of lines. */
const multiline = z.union([z.string(), z.array(z.string())]);

const outputSchema = z.looseObject({
  output_type: z.string(),
  text: multiline.optional(),
  data: z.record(z.string(), z.unknown()).optional(),
  ename: z.string().optional(),
  evalue: z.string().optional(),
  traceback: z.array(z.string()).optional(),
});
const cellSchema = z.looseObject({
  id: z.string().optional(),
  cell_type: z.string(),
  source: multiline,
  outputs: z.array(outputSchema).optional(),
});
const notebookSchema = z.looseObject({
  cells: z.array(cellSchema),
  metadata: z
    .looseObject({ language_info: z.looseObject({ name: z.string().optional() }).optional() })
    .optional(),
});
type NotebookOutput = z.infer<typeof outputSchema>;

export interface CellView {
  /** The cell's id; `cell-N` (from 0) where the notebook is older than ids. */
  readonly id: string;
  readonly type: string;
  /** Of code cells. */
  readonly language: string | undefined;
  readonly source: string;
  /** What it printed and answered, as text; empty: nothing. */
  readonly outputText: string;
  readonly images: readonly { readonly type: ImageType; readonly base64: string }[];
}

/** An output is cut after this. Characters. */
const maxOutputLength = 8000;
/** Larger images are left out. Characters of base64. */
const maxImageLength = 1_000_000;

/** undefined: it isn't a notebook. */
export function readNotebook(text: string): readonly CellView[] | undefined {
  const parsed = notebookSchema.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const language = parsed.data.metadata?.language_info?.name ?? 'python';
  return parsed.data.cells.map((cell, index) => {
    const outputs = cell.outputs ?? [];
    return {
      id: cell.id ?? `cell-${index}`,
      type: cell.cell_type,
      language: cell.cell_type === 'code' ? language : undefined,
      source: joinLines(cell.source),
      outputText: outputs.map(toOutputText).filter(Boolean).join('\n'),
      images: outputs.flatMap(toImages),
    };
  });
}

/** A notebook is cut after this. Characters of text, and images. */
const maxLength = 100_000;
const maxImages = 20;

/** As many cells, from the first on, as are fit for a conversation; one at least. */
export function fitCells(cells: readonly CellView[]): readonly CellView[] {
  let length = 0;
  let images = 0;
  const end = cells.findIndex((cell) => {
    length += cell.source.length + cell.outputText.length;
    images += cell.images.length;
    return length > maxLength || images > maxImages;
  });
  return end === -1 ? cells : cells.slice(0, Math.max(1, end));
}

/** Text as one string. */
export function joinLines(text: string | readonly string[]): string {
  return typeof text === 'string' ? text : text.join('');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toOutputText(output: NotebookOutput): string {
  const text = cleanTerminalText(rawOutputText(output));
  if (text.length <= maxOutputLength) return text;
  return `${text.slice(0, maxOutputLength)}\n[… ${text.length - maxOutputLength} more characters of this output]`;
}

function rawOutputText(output: NotebookOutput): string {
  if (output.output_type === 'error') {
    return output.traceback?.join('\n') || `${output.ename ?? 'Error'}: ${output.evalue ?? ''}`;
  }
  if (output.text !== undefined) return joinLines(output.text);
  const plain = multiline.safeParse(output.data?.['text/plain']);
  return plain.success ? joinLines(plain.data) : '';
}

function toImages(output: NotebookOutput): readonly { readonly type: ImageType; readonly base64: string }[] {
  return Object.entries(output.data ?? {}).flatMap(([media, value]) => {
    const data = multiline.safeParse(value);
    if (!media.startsWith('image/') || !data.success) return [];
    const base64 = joinLines(data.data).replace(/\s+/g, '');
    if (base64.length > maxImageLength) return [];
    const bytes = decodeBase64(base64);
    const type = bytes === undefined ? undefined : findImageType(bytes);
    if (bytes === undefined || type === undefined || readImageSize(bytes, type) === undefined) return [];
    return [{ type, base64 }];
  });
}

function decodeBase64(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
