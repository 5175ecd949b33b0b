/** A range of lines of a file that is too large to be held in memory: read in pieces, and no further than needed. */
import { cutLine } from './numberedLines.ts';
import type { ToolFiles } from './tool.ts';

export interface LineRange {
  /** Number of the first line, from 1. */
  readonly first: number;
  readonly count: number;
  /** Characters in all. */
  readonly maxLength: number;
}

export interface LinesRead {
  /** Long lines are cut. */
  readonly lines: readonly string[];
  /** The file goes on behind them. */
  readonly more: boolean;
  /** Lines passed, from the start of the file to the last one read. */
  readonly passed: number;
}

const pieceBytes = 1 << 20;
/** Of a line, more than is ever shown. Characters. */
const maxKept = 4096;

/** undefined: binary. */
export async function readLines(
  files: Pick<ToolFiles, 'readRange'>,
  path: string,
  range: LineRange & { readonly signal: AbortSignal },
): Promise<LinesRead | undefined> {
  const collector = new LineCollector(range);
  let decoder: TextDecoder | undefined;
  for (let offset = 0; !collector.full; offset += pieceBytes) {
    range.signal.throwIfAborted();
    const bytes = await files.readRange(path, offset, pieceBytes);
    decoder ??= createDecoder(bytes);
    if (decoder === undefined) return undefined;
    if (bytes.length === 0) {
      collector.push(decoder.decode());
      collector.end();
      break;
    }
    collector.push(decoder.decode(bytes, { stream: true }));
  }
  return { lines: collector.lines, more: collector.full, passed: collector.passed };
}

/** By the first piece: a mark of UTF-16, else UTF-8; undefined for what holds NULs. */
function createDecoder(head: Uint8Array): TextDecoder | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return new TextDecoder('utf-16le');
  if (head[0] === 0xfe && head[1] === 0xff) return new TextDecoder('utf-16be');
  return head.includes(0) ? undefined : new TextDecoder('utf-8');
}

class LineCollector {
  readonly lines: string[] = [];
  passed = 0;
  /** Something comes behind the last line wanted. */
  full = false;
  readonly #range: LineRange;
  #length = 0;
  /** The line that has not ended yet: its start, and how long it is so far. */
  #line = '';
  #lineLength = 0;

  constructor(range: LineRange) {
    this.#range = range;
  }

  push(text: string): void {
    let at = 0;
    for (let end = text.indexOf('\n'); end !== -1 && !this.full; end = text.indexOf('\n', at)) {
      this.#extend(text.slice(at, end));
      this.#finishLine();
      at = end + 1;
    }
    if (!this.full) this.#extend(text.slice(at));
  }

  /** The end of the file ends its last line. */
  end(): void {
    if (this.#lineLength > 0 && !this.full) this.#finishLine();
  }

  #extend(text: string): void {
    if (text === '') return;
    if (this.#isComplete()) {
      this.full = true;
      return;
    }
    if (this.#line.length < maxKept) this.#line += text.slice(0, maxKept);
    this.#lineLength += text.length;
  }

  #finishLine(): void {
    if (this.#isComplete()) {
      this.full = true;
      return;
    }
    this.passed += 1;
    if (this.passed >= this.#range.first) {
      const line = cutLine(this.#line.replace(/\r$/, ''), this.#lineLength);
      this.lines.push(line);
      this.#length += line.length;
    }
    this.#line = '';
    this.#lineLength = 0;
  }

  #isComplete(): boolean {
    return this.lines.length >= this.#range.count || this.#length >= this.#range.maxLength;
  }
}
