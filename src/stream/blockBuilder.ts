/** One block of a reply while it arrives. Owned by the accumulator; what it hands out is a snapshot or says that it grows. */
import type { ContentBlock } from '../protocol/blocks.ts';
import type { BlockDelta, StreamEvent } from '../protocol/streamEvents.ts';
import { IncrementalJson } from './incrementalJson.ts';
import { StreamError } from './streamError.ts';

type Fields = Record<string, unknown>;

/** A block so far. Reading any of it costs nothing that grows with the block. */
export interface PartialBlock {
  readonly index: number;
  /** A snapshot, the same object until the block changes. The input of a tool call is in it once it is complete. */
  readonly block: ContentBlock;
  readonly complete: boolean;
  /** For a tool call: its input so far. A live structure that grows in place; undefined for other blocks. */
  readonly partialInput: unknown;
  /** For a complete tool call: why its input is no JSON object. The block then has an empty input, which must not be run. */
  readonly inputProblem: string | undefined;
  /** Grows with every change. */
  readonly version: number;
}

export class BlockBuilder implements PartialBlock {
  readonly index: number;
  readonly #start: Fields;
  #fields: Fields;
  readonly #json: IncrementalJson | undefined;
  #citations: unknown[] | undefined;
  #complete = false;
  #inputProblem: string | undefined;
  #version = 1;
  #snapshot: ContentBlock | undefined;

  constructor(index: number, start: ContentBlock) {
    this.index = index;
    this.#start = { ...start };
    this.#fields = { ...start };
    this.#json = 'input' in start ? new IncrementalJson() : undefined;
  }

  get block(): ContentBlock {
    this.#snapshot ??= {
      ...this.#fields,
      ...(this.#citations === undefined ? {} : { citations: [...this.#citations] }),
    } as unknown as ContentBlock;
    return this.#snapshot;
  }

  get complete(): boolean {
    return this.#complete;
  }

  get partialInput(): unknown {
    if (this.#json === undefined || this.#json.text() === '') return this.#fields.input;
    return this.#json.value;
  }

  get inputProblem(): string | undefined {
    return this.#inputProblem;
  }

  get version(): number {
    return this.#version;
  }

  apply(delta: BlockDelta): void {
    if (this.#complete) throw new StreamError('wrong_block', `block ${this.index} got a delta after its end`);
    switch (delta.type) {
      case 'text_delta':
        this.#fields.text = join(this.#fields.text, delta.text);
        break;
      case 'thinking_delta':
        this.#fields.thinking = join(this.#fields.thinking, delta.thinking);
        break;
      case 'signature_delta':
        this.#fields.signature = delta.signature;
        break;
      case 'input_json_delta':
        this.#json?.push(delta.partial_json);
        break;
      case 'citations_delta':
        this.#citations ??= [...citationsOf(this.#start)];
        this.#citations.push(delta.citation);
        break;
      default:
        this.#applyUnknown(delta);
    }
    this.#changed();
  }

  end(): void {
    if (this.#complete) throw new StreamError('wrong_block', `block ${this.index} ended twice`);
    this.#complete = true;
    const json = this.#json;
    if (json !== undefined && json.text() !== '') {
      this.#inputProblem = describeInputProblem(json);
      this.#fields.input = this.#inputProblem === undefined ? json.value : {};
    }
    this.#changed();
  }

  /** The same state as events: a start, at most one delta for each thing that grew, an end. */
  toEvents(): StreamEvent[] {
    const { index } = this;
    const events: StreamEvent[] = [
      { type: 'content_block_start', index, content_block: this.#startForReplay() },
      ...this.#deltas().map((delta) => ({ type: 'content_block_delta', index, delta }) as const),
    ];
    if (this.#complete) events.push({ type: 'content_block_stop', index });
    return events;
  }

  #startForReplay(): ContentBlock {
    const grown = new Set(['text', 'thinking', 'signature', 'citations', 'input']);
    const others = Object.entries(this.#fields).filter(([field]) => !grown.has(field));
    return { ...this.#start, ...Object.fromEntries(others) } as unknown as ContentBlock;
  }

  #deltas(): BlockDelta[] {
    const deltas: BlockDelta[] = [];
    const text = this.#grown('text');
    const thinking = this.#grown('thinking');
    const { signature } = this.#fields;
    const json = this.#json?.text() ?? '';
    if (text !== '') deltas.push({ type: 'text_delta', text });
    if (thinking !== '') deltas.push({ type: 'thinking_delta', thinking });
    if (typeof signature === 'string' && signature !== this.#start.signature) {
      deltas.push({ type: 'signature_delta', signature });
    }
    if (json !== '') deltas.push({ type: 'input_json_delta', partial_json: json });
    const citations = this.#citations?.slice(citationsOf(this.#start).length) ?? [];
    return [...deltas, ...citations.map((citation) => ({ type: 'citations_delta', citation }) as const)];
  }

  /** What was added to a text since the block began. */
  #grown(field: string): string {
    const now = this.#fields[field];
    const before = this.#start[field];
    return typeof now === 'string' ? now.slice(typeof before === 'string' ? before.length : 0) : '';
  }

  /** A delta of a kind that came later than this code: text goes on where the block has text, anything else is set. */
  #applyUnknown(delta: Fields): void {
    for (const [field, value] of Object.entries(delta)) {
      if (field === 'type' || field === '__proto__') continue;
      this.#fields[field] = typeof value === 'string' ? join(this.#fields[field], value) : value;
    }
  }

  #changed(): void {
    this.#version += 1;
    this.#snapshot = undefined;
  }
}

/** The text so far and the piece that goes on with it. */
function join(before: unknown, piece: string): string {
  return typeof before === 'string' ? before + piece : piece;
}

function citationsOf(fields: Fields): readonly unknown[] {
  return Array.isArray(fields.citations) ? fields.citations : [];
}

function describeInputProblem(json: IncrementalJson): string | undefined {
  if (json.problem !== undefined) return `${json.problem.message}, at character ${json.problem.offset}`;
  if (!json.complete) return 'it ends in the middle';
  const { value } = json;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? undefined : 'it is not an object';
}
