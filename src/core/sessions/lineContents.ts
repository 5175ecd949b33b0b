/**
 * What was said in the lines of a session. What was said in this run is in memory; the rest is read from the transcript
 * when somebody looks at it, and of that only what the model may see is kept.
 */
import type { Log } from '../ports.ts';
import { JsonScanner, toText } from './jsonScanner.ts';
import { type ChainHead, type LineHead, SAID } from './lineHead.ts';
import {
  type ChainLine,
  type NoteLine,
  parseTranscriptLine,
  parseVisibleLine,
  type VisibleLine,
} from './transcriptLine.ts';
import type { TranscriptFile } from './transcriptStore.ts';

/** Neighbours are read together, up to so many bytes. */
const BATCH_BYTES = 1024 * 1024;
const FIELDS = ['uuid', 'message'];
const UUID = 0;
const MESSAGE = 1;

export class LineContents {
  readonly #file: Pick<TranscriptFile, 'read' | 'path'>;
  readonly #log: Log;
  readonly #scanner = new JsonScanner(FIELDS);
  /** Said in this run. */
  readonly #said = new Map<LineHead, ChainLine | NoteLine>();
  /** Read from the transcript, as far as the model may see it. undefined: it can't be read. */
  #visible: ReadonlyMap<ChainHead, VisibleLine | undefined> = new Map();

  constructor(file: Pick<TranscriptFile, 'read' | 'path'>, log: Log) {
    this.#file = file;
    this.#log = log;
  }

  /** Keeps a line that is said in this run. */
  hold(head: LineHead, line: ChainLine | NoteLine): void {
    this.#said.set(head, line);
  }

  /** The lines one after the other, whole. One that can't be read is left out. */
  async *read(heads: readonly LineHead[]): AsyncGenerator<ChainLine | NoteLine, void> {
    for (const batch of toBatches(heads)) {
      const bytes = await this.#readBytes(batch);
      for (const head of batch) {
        const line = this.#said.get(head) ?? this.#parse(head, bytes(head), parseWhole);
        if (line !== undefined) yield line;
      }
    }
  }

  /** What of these messages the model may be told. That is kept in memory, and nothing that was asked for before. */
  async readVisible(heads: readonly ChainHead[]): Promise<readonly VisibleLine[]> {
    const said = this.#allSaid(heads);
    if (said !== undefined) {
      this.#visible = new Map();
      return said;
    }
    const kept = new Map<ChainHead, VisibleLine | undefined>();
    for (const head of heads) if (this.#visible.has(head)) kept.set(head, this.#visible.get(head));
    const missing = heads.filter((head) => !kept.has(head) && !this.#said.has(head));
    for (const batch of toBatches(missing)) {
      const bytes = await this.#readBytes(batch);
      for (const head of batch)
        kept.set(
          head,
          this.#parse(head, bytes(head), (from) => this.#parseMessage(head, from)),
        );
    }
    this.#visible = kept;
    return heads.flatMap((head) => {
      const line = this.#said.get(head) ?? kept.get(head);
      return line?.type === 'user' || line?.type === 'assistant' ? [line] : [];
    });
  }

  /** undefined: some of them were said before this run. */
  #allSaid(heads: readonly ChainHead[]): readonly VisibleLine[] | undefined {
    const lines: VisibleLine[] = [];
    for (const head of heads) {
      const line = this.#said.get(head);
      if (line === undefined) return undefined;
      if (line.type === 'user' || line.type === 'assistant') lines.push(line);
    }
    return lines;
  }

  async #readBytes(batch: readonly LineHead[]): Promise<(head: LineHead) => Uint8Array | undefined> {
    const { start } = batch[0] ?? SAID;
    const { end } = batch.at(-1) ?? SAID;
    const bytes = new Uint8Array(end - start);
    const filled = await readFully(this.#file, bytes, start);
    return (head) =>
      head.end - start > filled ? undefined : bytes.subarray(head.start - start, head.end - start);
  }

  /** The transcript was looked through when it was opened; since then only another program can have changed what stands in it. */
  #parse<Line extends { readonly uuid: string }>(
    head: LineHead,
    bytes: Uint8Array | undefined,
    parse: (bytes: Uint8Array) => Line | undefined,
  ): Line | undefined {
    const line = bytes && parse(bytes);
    if (line?.uuid === head.uuid) return line;
    this.#log.warn('a line of the transcript could not be read and was left out', {
      path: this.#file.path,
      uuid: head.uuid,
    });
    return undefined;
  }

  /** The `message` only: the whole output of a tool that stands beside it is for people. */
  #parseMessage({ type }: ChainHead, bytes: Uint8Array): VisibleLine | undefined {
    if (!this.#scanner.scan(bytes)) return undefined;
    const uuid = this.#scanner.toText(UUID);
    const message = this.#scanner.find(MESSAGE);
    if (uuid === undefined || message === undefined) return undefined;
    return parseVisibleLine({ type, uuid }, JSON.parse(toText(bytes, message)));
  }
}

function parseWhole(bytes: Uint8Array): ChainLine | NoteLine | undefined {
  const parsed = parseTranscriptLine(parseJson(bytes));
  return parsed?.kind === 'chain' || parsed?.kind === 'note' ? parsed.line : undefined;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // No JSON is nothing that could be a line.
    return undefined;
  }
}

/** Lines that stand together in the file. Those that are in memory only are a batch, too. */
function* toBatches<Head extends LineHead>(heads: readonly Head[]): Generator<readonly Head[], void> {
  let batch: Head[] = [];
  for (const head of heads) {
    if (batch.length > 0 && !fits(head, batch)) {
      yield batch;
      batch = [];
    }
    batch.push(head);
  }
  if (batch.length > 0) yield batch;
}

function fits(head: LineHead, batch: readonly LineHead[]): boolean {
  const { start } = batch[0] ?? SAID;
  const { end } = batch.at(-1) ?? SAID;
  if (head.end === SAID.end || end === SAID.end) return head.end === end;
  return head.start >= end && head.end - start <= BATCH_BYTES;
}

async function readFully(
  file: Pick<TranscriptFile, 'read'>,
  target: Uint8Array,
  offset: number,
): Promise<number> {
  let filled = 0;
  while (filled < target.length) {
    const count = await file.read(target.subarray(filled), offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}
