/**
 * The channel over two streams of bytes, as standard input and output are: one JSON value a line. A line that is no JSON, or
 * longer than the limit, is told to whoever listens and left out; the lines around it arrive.
 */
import type { Channel } from './channel.ts';
import { LineBytes } from './lineBytes.ts';
import { createLineSplitter, type SplitLine } from './lineSplitter.ts';

export interface JsonLinesOptions {
  readonly input: ReadableStream<Uint8Array>;
  readonly output: WritableStream<Uint8Array>;
  /** Bytes a line may have, its \n not counted. Default 10 MB. */
  readonly maxLineBytes?: number;
  /** What could not be read or written, in words for a person. Must not throw. */
  readonly onProblem: (problem: string) => void;
}

export interface JsonLinesChannel extends Channel {
  /** Resolves when the channel is closed and everything sent before has been taken, or the output has failed. */
  readonly flushed: Promise<void>;
}

const MAX_LINE_BYTES = 10 * 1024 * 1024;
const done = Promise.resolve();

/** The end of the input ends `messages` but closes nothing: what is sent after it still goes out. */
export function createJsonLinesChannel(options: JsonLinesOptions): JsonLinesChannel {
  const { onProblem, maxLineBytes = MAX_LINE_BYTES } = options;
  const reader = options.input.getReader();
  const writer = options.output.getWriter();
  let isClosed = false;
  let hasFailed = false;
  /** Lines that wait for those before them to be taken. They go out together. */
  let waiting: Batch | undefined;
  let writing: Promise<void> | undefined;
  let settleFlushed: () => void = () => undefined;
  const flushed = new Promise<void>((resolve) => {
    settleFlushed = resolve;
  });
  // The failure is met where something is written.
  writer.closed.catch(() => undefined);

  async function* read(): AsyncGenerator<unknown, void> {
    const splitter = createLineSplitter(maxLineBytes);
    for (;;) {
      const piece = await reader.read().catch((error: unknown) => {
        onProblem(`The input could not be read any further: ${String(error)}`);
        return { done: true as const, value: undefined };
      });
      for (const line of piece.done ? splitter.end() : splitter.push(piece.value)) {
        if (isClosed) return;
        const parsed = parseLine(line, maxLineBytes);
        if ('problem' in parsed) onProblem(parsed.problem);
        else yield parsed.value;
      }
      if (piece.done || isClosed) return;
    }
  }

  /** What has gathered, until nothing is left; then the next one begins anew. */
  async function writeAll(): Promise<void> {
    while (waiting !== undefined) {
      const batch = waiting;
      waiting = undefined;
      for (const piece of batch.lines.take()) await write(piece);
      batch.settle();
    }
    writing = undefined;
  }

  async function write(bytes: Uint8Array): Promise<void> {
    if (hasFailed) return;
    try {
      await writer.ready;
      await writer.write(bytes);
    } catch (error) {
      hasFailed = true;
      onProblem(`The output could not be written: ${String(error)}`);
      close();
    }
  }

  function close(): void {
    if (isClosed) return;
    isClosed = true;
    reader.cancel().catch(() => undefined);
    const closing = hasFailed ? Promise.resolve() : Promise.resolve(writing).then(() => writer.close());
    closing.then(settleFlushed, settleFlushed);
  }

  return {
    send(message) {
      if (isClosed) return done;
      waiting ??= createBatch();
      waiting.lines.push(message);
      const { taken } = waiting;
      writing ??= writeAll();
      return taken;
    },
    messages: read(),
    close,
    flushed,
  };
}

/** Lines that are written as one. */
interface Batch {
  readonly lines: LineBytes;
  /** Resolves when they have been taken, or nobody takes them any more. */
  readonly taken: Promise<void>;
  settle(): void;
}

function createBatch(): Batch {
  let settle: () => void = () => undefined;
  const taken = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { lines: new LineBytes(), taken, settle: () => settle() };
}

function parseLine(
  line: SplitLine,
  maxLineBytes: number,
): { readonly value: unknown } | { readonly problem: string } {
  if (line.kind === 'too long')
    return { problem: `A line of the input is longer than ${maxLineBytes} bytes and was skipped.` };
  if (line.kind === 'not UTF-8') return { problem: 'A line of the input is not UTF-8 and was skipped.' };
  try {
    return { value: JSON.parse(line.text) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { problem: `A line of the input is not JSON and was skipped (${why}).` };
  }
}
