/** Read: text with line numbers, images, PDF documents, notebooks. */
import * as z from 'zod';
import { baseName, joinPath, parentPath } from '../paths.ts';
import type { PdfReader } from '../ports.ts';
import { maxChangedBytes } from './changeFile.ts';
import { findImageType } from './imageInfo.ts';
import { toModelText } from './lineEnds.ts';
import { fitCells, readNotebook } from './notebookView.ts';
import { readImage, readPdf } from './readMedia.ts';
import { type ReadOutput, toReadResult } from './readOutput.ts';
import { readText } from './readText.ts';
import { toSeenFile } from './seenFile.ts';
import { decodeText } from './textEncoding.ts';
import type { Tool, ToolContext, ToolOutcome } from './tool.ts';
import { fail, runQuietly, succeed, type ToolFailure } from './toolOutcome.ts';
import { displayPath, escapeName, type Place, resolveToolPath } from './toolPath.ts';

const inputSchema = z.object({
  file_path: z.string().describe('The file: absolute, or relative to the working directory'),
  offset: z.number().int().min(0).optional().describe('Number of the first line to read, from 1'),
  limit: z.number().int().min(1).optional().describe('How many lines to read'),
  pages: z.string().optional().describe('PDF documents only: which pages, such as "3" or "1-5"; 20 at most'),
  allow_large: z
    .boolean()
    .optional()
    .describe('Read up to four times as much text at once. Only when you really need all of it'),
});
type ReadInput = z.infer<typeof inputSchema>;
type Outcome = ToolOutcome<ReadOutput | ToolFailure>;

const prompt = `Reads a file.

- Text comes with line numbers: each line is its number, a tab, then the line. The number and the tab are not part of the file. By default the first 2000 lines; use offset and limit for others. Lines longer than 2000 characters are cut, and marked where.
- Line ends are shown as plain line breaks, whatever they are in the file.
- PNG, JPEG, GIF and WebP images are shown to you as images. PDF documents are shown as documents; long ones need pages. Jupyter notebooks are shown as cells with their outputs.
- Folders can't be read: use Glob, or ls in the shell.
- Read several files in one reply when you know that you need them.`;

export interface ReadOptions {
  readonly place: Place;
  /** undefined: PDF documents can only be read whole. */
  readonly pdf: PdfReader | undefined;
}

export function createReadTool({ place, pdf }: ReadOptions): Tool<ReadInput, ReadOutput | ToolFailure> {
  return {
    name: 'Read',
    description: 'Reads a text file, an image, a PDF document or a notebook.',
    prompt,
    inputSchema,
    isReadOnly: () => true,
    isConcurrencySafe: () => true,
    effects: async (input, { workspace }) => [
      { kind: 'read', path: resolveToolPath(input.file_path, workspace) },
    ],
    run: (input, context) =>
      runQuietly(() => read(resolveToolPath(input.file_path, context.workspace), input, { context, pdf })),
    toResultContent: toReadResult,
    title: ({ file_path, offset, limit, pages }) => {
      if (file_path === undefined) return 'Read';
      const name = `Read ${displayPath(file_path, place)}`;
      if (pages !== undefined) return `${name}, pages ${pages}`;
      if (offset === undefined && limit === undefined) return name;
      const first = Math.max(1, offset ?? 1);
      return limit === undefined
        ? `${name}, from line ${first}`
        : `${name}, lines ${first}–${first + limit - 1}`;
    },
  };
}

/** As many bytes as tell what a file is. */
const headBytes = 64;
/** A file of up to so many bytes is read whole to see what it is: a second opening would cost more. */
const smallBytes = 1 << 18;

async function read(
  path: string,
  input: ReadInput,
  { context, pdf }: { readonly context: ToolContext; readonly pdf: PdfReader | undefined },
): Promise<Outcome> {
  const name = displayPath(path, context.workspace);
  const stat = await context.files.stat(path);
  if (stat === undefined) return fail(`${name} does not exist.${await suggest(path, context)}`);
  if (stat.kind === 'directory')
    return fail(`${name} is a folder. List it with Glob, or with ls in the shell.`);
  if (stat.kind !== 'file')
    return fail(`${name} is a pipe, a socket or a device: it can't be read as a file.`);
  const whole = stat.size <= smallBytes ? await readWhole(path, context) : undefined;
  const head = whole?.subarray(0, headBytes) ?? (await context.files.readRange(path, 0, headBytes));
  const image = findImageType(head);
  if (image !== undefined) return readImage(path, image, context);
  if (startsLikePdf(head)) return readPdf({ path, pages: input.pages, pdf }, context);
  if (input.pages !== undefined) return fail(`${name} is no PDF document: pages only works for those.`);
  const notebook = /\.ipynb$/i.test(path) && input.offset === undefined && stat.size <= maxChangedBytes;
  const cells = notebook ? await readCells(path, context) : undefined;
  if (cells !== undefined) return cells;
  return readText(
    {
      path,
      size: stat.size,
      bytes: whole,
      offset: input.offset,
      limit: input.limit,
      allowLarge: input.allow_large ?? false,
    },
    context,
  );
}

function readWhole(path: string, { files, signal }: ToolContext): Promise<Uint8Array> {
  return files.readFile(path, { maxBytes: maxChangedBytes, signal });
}

/** ISO 32000: "%PDF-" within the first bytes. */
function startsLikePdf(head: Uint8Array): boolean {
  return String.fromCharCode(...head.subarray(0, 5)) === '%PDF-';
}

/** undefined: it only has the name of a notebook, and is read as text. */
async function readCells(path: string, context: ToolContext): Promise<Outcome | undefined> {
  const bytes = await readWhole(path, context);
  const text = decodeText(bytes)?.text;
  const cells = text === undefined ? undefined : readNotebook(toModelText(text));
  if (cells === undefined || cells.length === 0) return undefined;
  const shown = fitCells(cells);
  const partial = shown.length < cells.length;
  context.readState.set(path, await toSeenFile(bytes, { partial }));
  const note = `These are the first ${shown.length} of ${cells.length} cells. Read on as text, with offset and limit.`;
  return succeed({ type: 'notebook', file: { filePath: path, cells: shown }, notes: partial ? [note] : [] });
}

/** Names in the same folder that may have been meant. */
async function suggest(path: string, context: ToolContext): Promise<string> {
  const { platform } = context.workspace;
  const folder = parentPath(path, platform);
  const sought = baseName(path, platform).toLowerCase();
  const stem = sought.replace(/\.[^.]*$/, '');
  const entries = await context.files.readDirectory(folder).catch(() => undefined);
  if (entries === undefined) return ' Its folder does not exist either.';
  const near = entries
    .map((entry) => entry.name)
    .filter((name) => name.toLowerCase().replace(/\.[^.]*$/, '') === stem)
    .map((name) => joinPath(folder, name, platform))
    .filter((file) => context.mayRead?.(file) ?? true)
    .slice(0, 3);
  if (near.length === 0) return '';
  return ` Did you mean ${near.map((file) => escapeName(displayPath(file, context.workspace))).join(' or ')}?`;
}
