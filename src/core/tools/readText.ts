/** Reads a text file, or a range of its lines, as far as it is fit for a conversation. */
import { maxChangedBytes } from './changeFile.ts';
import { formatSize } from './formatSize.ts';
import { toModelText } from './lineEnds.ts';
import { cutLine } from './numberedLines.ts';
import { readLines } from './readLines.ts';
import type { ReadOutput } from './readOutput.ts';
import { toSeenFile } from './seenFile.ts';
import { type DecodedText, decodeText } from './textEncoding.ts';
import type { ToolContext, ToolOutcome } from './tool.ts';
import { fail, succeed, type ToolFailure } from './toolOutcome.ts';
import { displayPath } from './toolPath.ts';

export interface TextRequest {
  readonly path: string;
  /** Bytes on the disk. */
  readonly size: number;
  /** All of it, where it has been read already. */
  readonly bytes?: Uint8Array | undefined;
  /** Number of the first line, from 1. */
  readonly offset: number | undefined;
  readonly limit: number | undefined;
  readonly allowLarge: boolean;
}

type Outcome = ToolOutcome<ReadOutput | ToolFailure>;

/** Lines of a read without a limit of its own. */
const defaultLines = 2000;
/** Characters of one answer. */
const maxLength = 100_000;
const maxLengthWhenAllowed = 400_000;

export async function readText(request: TextRequest, context: ToolContext): Promise<Outcome> {
  if (request.size > maxChangedBytes) return readLarge(request, context);
  const { path } = request;
  const limits = { maxBytes: maxChangedBytes, signal: context.signal };
  const bytes = request.bytes ?? (await context.files.readFile(path, limits));
  const decoded = decodeText(bytes);
  if (decoded === undefined) return fail(explainBinary(request, context));
  const window = cutWindow(toLines(toModelText(decoded.text)), request);
  if (typeof window === 'string') return fail(`${displayPath(request.path, context.workspace)} ${window}`);
  const partial = window.lines.length < window.total;
  context.readState.set(request.path, await toSeenFile(bytes, { partial }));
  return succeed(toOutput(request.path, window, describeWindow(window, decoded)));
}

interface Window {
  readonly lines: readonly string[];
  /** Number of the first of them, from 1. */
  readonly first: number;
  readonly total: number;
}

/** "a\n" is one line, and "" none. */
function toLines(text: string): readonly string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The lines asked for that fit; a text says why there are none. */
function cutWindow(all: readonly string[], request: TextRequest): Window | string {
  const first = Math.max(1, request.offset ?? 1);
  if (first > all.length && all.length > 0) return `has only ${all.length} lines; there is no line ${first}.`;
  const count = request.limit ?? (request.allowLarge ? all.length : defaultLines);
  const lines: string[] = [];
  let length = 0;
  for (const line of all.slice(first - 1, first - 1 + count)) {
    const cut = cutLine(line);
    length += cut.length + 8;
    if (length > limitOf(request) && lines.length > 0) break;
    lines.push(cut);
  }
  return { lines, first, total: all.length };
}

function limitOf(request: TextRequest): number {
  return request.allowLarge ? maxLengthWhenAllowed : maxLength;
}

function describeWindow({ lines, first, total }: Window, decoded: DecodedText): readonly string[] {
  if (total === 0) return ['The file is empty.'];
  const last = first + lines.length - 1;
  const notes: string[] = [];
  if (last < total) {
    notes.push(`These are lines ${first} to ${last} of ${total}. Read on with offset ${last + 1}.`);
  }
  if (decoded.encoding !== 'utf-8') notes.push(`The file is encoded in ${decoded.encoding}.`);
  return notes;
}

function toOutput(path: string, { lines, first, total }: Window, notes: readonly string[]): ReadOutput {
  return {
    type: 'text',
    file: {
      filePath: path,
      content: lines.join('\n'),
      numLines: lines.length,
      startLine: first,
      totalLines: total,
    },
    notes,
  };
}

/** Only the lines asked for, straight from the disk. */
async function readLarge(request: TextRequest, context: ToolContext): Promise<Outcome> {
  const name = displayPath(request.path, context.workspace);
  if (request.offset === undefined && request.limit === undefined) {
    return fail(
      `${name} has ${formatSize(request.size)}: too large to be read whole. Give offset and limit to read a part of it, or search in it with Grep.`,
    );
  }
  const first = Math.max(1, request.offset ?? 1);
  const read = await readLines(context.files, request.path, {
    first,
    count: request.limit ?? defaultLines,
    maxLength: limitOf(request),
    signal: context.signal,
  });
  if (read === undefined) return fail(explainBinary(request, context));
  if (read.lines.length === 0)
    return fail(`${name} has only ${read.passed} lines; there is no line ${first}.`);
  const window = { lines: read.lines, first, total: read.passed };
  const notes = read.more ? [`The file goes on. Read on with offset ${read.passed + 1}.`] : [];
  return succeed(toOutput(request.path, window, notes));
}

function explainBinary({ path, size }: TextRequest, context: ToolContext): string {
  return `${displayPath(path, context.workspace)} is a binary file (${formatSize(size)}), which can't be shown as text. Use the shell to look into it (file, xxd, strings, …).`;
}
