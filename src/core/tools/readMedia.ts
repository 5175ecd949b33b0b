/** Reads images and PDF documents into blocks that the API takes. */
import type { PdfReader } from '../ports.ts';
import { toBase64 } from './base64.ts';
import { formatSize } from './formatSize.ts';
import { type ImageType, readImageSize } from './imageInfo.ts';
import type { ReadOutput } from './readOutput.ts';
import { toSeenFile } from './seenFile.ts';
import type { ToolContext, ToolOutcome } from './tool.ts';
import { fail, succeed, type ToolFailure } from './toolOutcome.ts';
import { displayPath } from './toolPath.ts';

type Outcome = ToolOutcome<ReadOutput | ToolFailure>;

/** The API takes images of up to 5 MB as base64, and of up to 8000 pixels a side. */
const maxImageBytes = 3_932_160;
const maxImagePixels = 8000;

/** A whole request may have 32 MB, and more than one document. Bytes before base64. */
const maxPdfBytes = 10_000_000;
/** Larger documents are not even cut up. Bytes. */
const maxPdfFileBytes = 200_000_000;
/** Pages of one call. */
const maxPages = 20;

export async function readImage(path: string, type: ImageType, context: ToolContext): Promise<Outcome> {
  const name = displayPath(path, context.workspace);
  const stat = await context.files.stat(path);
  const size = stat?.size ?? 0;
  const advice = 'Make a smaller copy with the shell, and read that.';
  if (size > maxImageBytes)
    return fail(`${name} is an image of ${formatSize(size)}, more than the model takes. ${advice}`);
  const bytes = await context.files.readFile(path, { maxBytes: maxImageBytes, signal: context.signal });
  const dimensions = readImageSize(bytes, type);
  if (dimensions === undefined)
    return fail(`${name} starts like an image (${type}), but is damaged or cut off.`);
  if (Math.max(dimensions.width, dimensions.height) > maxImagePixels) {
    const pixels = `${dimensions.width} × ${dimensions.height} pixels`;
    return fail(`${name} has ${pixels}; the model takes at most ${maxImagePixels} a side. ${advice}`);
  }
  context.readState.set(path, await toSeenFile(bytes, { partial: false }));
  return succeed({
    type: 'image',
    file: {
      base64: toBase64(bytes),
      type,
      originalSize: bytes.length,
      dimensions: { originalWidth: dimensions.width, originalHeight: dimensions.height },
    },
  });
}

export interface PdfRequest {
  readonly path: string;
  /** "3" or "1-5"; undefined: all. */
  readonly pages: string | undefined;
  /** undefined: documents can only be passed on whole. */
  readonly pdf: PdfReader | undefined;
}

export async function readPdf({ path, pages, pdf }: PdfRequest, context: ToolContext): Promise<Outcome> {
  const name = displayPath(path, context.workspace);
  const bytes = await context.files.readFile(path, { maxBytes: maxPdfFileBytes, signal: context.signal });
  const total = await pdf?.countPages(bytes);
  if (pdf !== undefined && total === undefined) {
    return fail(`${name} can't be read: the PDF is damaged, or locked with a password.`);
  }
  const range = choosePages(pages, total);
  if ('problem' in range) return fail(`${name} ${range.problem}`);
  const whole = range.first === 1 && range.last === total;
  const part = pdf === undefined || whole ? bytes : await pdf.extractPages(bytes, range);
  if (part.length > maxPdfBytes) {
    return fail(
      `${name}: the pages asked for have ${formatSize(part.length)}, more than the model takes. Read fewer pages at a time.`,
    );
  }
  context.readState.set(path, await toSeenFile(bytes, { partial: !whole }));
  return succeed({
    type: 'pdf',
    file: { filePath: path, base64: toBase64(part), originalSize: bytes.length },
    notes: total === undefined ? [] : [`Pages ${range.first} to ${range.last} of ${total}.`],
  });
}

type PageChoice = { readonly first: number; readonly last: number } | { readonly problem: string };

/** `total` undefined: nobody can count them, and only the whole can be had. */
function choosePages(pages: string | undefined, total: number | undefined): PageChoice {
  if (pages === undefined) {
    if (total === undefined || total <= maxPages) return { first: 1, last: total ?? 1 };
    return {
      problem: `has ${total} pages. Say which with pages, at most ${maxPages} at a time ("1-${maxPages}").`,
    };
  }
  if (total === undefined) return { problem: 'can only be read whole here: leave pages out.' };
  const match = /^\s*(\d+)\s*(?:-\s*(\d+)?\s*)?$/.exec(pages);
  if (match === null)
    return { problem: `was not read: pages must be like "3" or "1-5", not ${JSON.stringify(pages)}.` };
  const first = Number(match[1]);
  const openEnd = pages.includes('-') ? total : first;
  const last = Math.min(total, match[2] === undefined ? openEnd : Number(match[2]));
  if (first < 1 || first > last)
    return { problem: `has ${total} pages; ${JSON.stringify(pages)} is none of them.` };
  if (last - first >= maxPages) return { problem: `was not read: at most ${maxPages} pages at a time.` };
  return { first, last };
}
