/**
 * The one place that holds a half-built reply. Events go in; what is there so far can be read at any time, and the whole
 * reply once the stream has ended. Work and memory grow with what arrives, never with what has arrived already.
 */
import type { ApiReply, StreamEvent, Usage } from '../protocol/streamEvents.ts';
import { BlockBuilder, type PartialBlock } from './blockBuilder.ts';
import { StreamError } from './streamError.ts';

export type { PartialBlock } from './blockBuilder.ts';
export { StreamError } from './streamError.ts';

type Start = Extract<StreamEvent, { type: 'message_start' }>['message'];
type Change = Extract<StreamEvent, { type: 'message_delta' }>;

export class Accumulator {
  #start: Start | undefined;
  /** What `message_delta` said, the later over the earlier. */
  #change: Change | undefined;
  #stopped = false;
  readonly #blocks: BlockBuilder[] = [];
  readonly #byIndex = new Map<number, BlockBuilder>();
  #version = 0;
  #message: ApiReply | undefined;

  /**
   * Takes the next event in. Returns the block that this event completed, so that a tool call can be begun at once.
   * Throws StreamError when the event doesn't fit those before it; events of an unknown type are left out.
   */
  push(event: StreamEvent): PartialBlock | undefined {
    if (event.type === 'ping') return undefined;
    if (this.#stopped)
      throw new StreamError('after_end', `an event after the end of the reply: ${event.type}`);
    if (event.type === 'message_start') this.#begin(event.message);
    else if (this.#start === undefined) {
      throw new StreamError('not_started', `an event before the start of the reply: ${event.type}`);
    }
    this.#version += 1;
    this.#message = undefined;
    switch (event.type) {
      case 'content_block_start':
        this.#startBlock(new BlockBuilder(event.index, event.content_block));
        return undefined;
      case 'content_block_delta':
        this.#find(event.index).apply(event.delta);
        return undefined;
      case 'content_block_stop': {
        const block = this.#find(event.index);
        block.end();
        return block;
      }
      case 'message_delta':
        this.#change = joinChanges(this.#change, event);
        return undefined;
      case 'message_stop':
        this.#stop();
        return undefined;
      default:
        return undefined;
    }
  }

  /** The blocks so far, in the order they were begun. */
  get blocks(): readonly PartialBlock[] {
    return this.#blocks;
  }

  /** The reply as far as it has come; undefined before `message_start`. The same object until something changes. */
  get message(): ApiReply | undefined {
    if (this.#start === undefined) return undefined;
    this.#message ??= {
      ...this.#start,
      ...this.#change?.delta,
      content: this.#blocks.map(({ block }) => block),
      usage: joinUsage(this.#start.usage, this.#change?.usage),
    };
    return this.#message;
  }

  /** Grows with every event that changed something. */
  get version(): number {
    return this.#version;
  }

  /** The whole reply. Throws StreamError('incomplete') unless `message_stop` has come. */
  finish(): ApiReply {
    const { message } = this;
    if (message === undefined || !this.#stopped) {
      throw new StreamError('incomplete', 'the stream ended before the reply was complete');
    }
    return message;
  }

  /** The present state as a few events: pushed into a new accumulator they give the same reply. */
  toEvents(): StreamEvent[] {
    if (this.#start === undefined) return [];
    return [
      { type: 'message_start', message: this.#start },
      ...this.#blocks.flatMap((block) => block.toEvents()),
      ...(this.#change === undefined ? [] : [this.#change]),
      ...(this.#stopped ? [{ type: 'message_stop' } as const] : []),
    ];
  }

  #begin(message: Start): void {
    if (this.#start !== undefined) {
      throw new StreamError('started_twice', 'a second reply began in the middle of the first');
    }
    this.#start = { ...message, content: [] };
  }

  #startBlock(block: BlockBuilder): void {
    if (this.#byIndex.has(block.index)) {
      throw new StreamError('wrong_block', `block ${block.index} began twice`);
    }
    this.#byIndex.set(block.index, block);
    this.#blocks.push(block);
  }

  #find(index: number): BlockBuilder {
    const usual = this.#blocks[index];
    const block = usual?.index === index ? usual : this.#byIndex.get(index);
    if (block === undefined) throw new StreamError('wrong_block', `block ${index} was never begun`);
    return block;
  }

  #stop(): void {
    const open = this.#blocks.find(({ complete }) => !complete);
    if (open !== undefined) {
      throw new StreamError('open_block', `the reply ended while block ${open.index} was open`);
    }
    this.#stopped = true;
  }
}

function joinChanges(before: Change | undefined, after: Change): Change {
  if (before === undefined) return after;
  return {
    type: 'message_delta',
    delta: { ...before.delta, ...after.delta },
    usage: { ...before.usage, ...known(after.usage) },
  };
}

/** Counts of `message_delta` are totals, so they replace; one it leaves out (or null) stays as it was. */
function joinUsage(before: Usage, after: Partial<Usage> | undefined): Usage {
  return after === undefined ? before : { ...before, ...known(after) };
}

function known(usage: Partial<Usage>): Partial<Usage> {
  return Object.fromEntries(
    Object.entries(usage).filter(([, value]) => value !== null && value !== undefined),
  );
}
