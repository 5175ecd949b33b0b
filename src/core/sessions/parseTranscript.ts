/**
 * From the bytes of a transcript to its lines. A line that can't be read never hides the ones around it: it is set aside
 * (SECURITY F32: torn last line, NUL padding, duplicate line, invalid UTF-8, a line of 50 MB).
 */
import { parseTranscriptLine, type TranscriptLine } from './transcriptLine.ts';

export interface ParsedTranscript {
  readonly lines: readonly TranscriptLine[];
  /** The bytes of the lines that could not be read, in order. */
  readonly corrupt: readonly Uint8Array[];
  /** False when the file ends within a line: the next append must start a new one. */
  readonly endsWithNewline: boolean;
}

const NEWLINE = 10;
const MAX_LINE_BYTES = 50 * 1024 * 1024;

export function parseTranscript(bytes: Uint8Array): ParsedTranscript {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const lines: TranscriptLine[] = [];
  const corrupt: Uint8Array[] = [];
  const seen = new Set<string>();
  for (const part of splitLines(bytes)) {
    const line = parsePart(part, decoder);
    if (line === undefined) corrupt.push(part);
    else if (!isDuplicate(line, seen)) lines.push(line);
  }
  return { lines, corrupt, endsWithNewline: bytes.length === 0 || bytes.at(-1) === NEWLINE };
}

function* splitLines(bytes: Uint8Array): Generator<Uint8Array, void> {
  let start = 0;
  while (start < bytes.length) {
    const found = bytes.indexOf(NEWLINE, start);
    const end = found === -1 ? bytes.length : found;
    if (!isBlank(bytes, start, end)) yield bytes.subarray(start, end);
    start = end + 1;
  }
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    const byte = bytes[index];
    if (byte !== 32 && byte !== 9 && byte !== 13) return false;
  }
  return true;
}

function parsePart(part: Uint8Array, decoder: TextDecoder): TranscriptLine | undefined {
  if (part.length > MAX_LINE_BYTES) return undefined;
  try {
    return parseTranscriptLine(JSON.parse(decoder.decode(part)));
  } catch {
    return undefined;
  }
}

/** A line written twice (a retry after an unclear failure) counts once. */
function isDuplicate(line: TranscriptLine, seen: Set<string>): boolean {
  if (line.kind !== 'chain' && line.kind !== 'note') return false;
  if (seen.has(line.line.uuid)) return true;
  seen.add(line.line.uuid);
  return false;
}
