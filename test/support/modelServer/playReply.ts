/** Plays the steps of a reply as the events of a stream, and remembers what was said in them. */
import type { ApiBlock, ApiRequest } from './apiRequest.ts';
import { blocksOf } from './apiRequest.ts';
import type { Reply, Step } from './steps.ts';
import { PrefixHash } from './thinkingSignatures.ts';

/** Where the bytes go. */
export interface Sink {
  /** Resolves when more may be written. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends the body. */
  end(): void;
  /** Resets the connection. */
  reset(): void;
  /** Resolves when the other side has gone. */
  readonly gone: Promise<void>;
}

export interface Played {
  readonly id: string;
  readonly model: string;
  readonly content: ApiBlock[];
  stopReason: string;
  usage: Record<string, unknown>;
}

export interface PlayOptions {
  readonly request: ApiRequest;
  /** Number of this reply, for ids that are the same in every run. */
  readonly number: number;
  readonly usage: Readonly<Record<string, unknown>>;
}

/** Resolves when the reply has been played to its end, or to where it breaks off. */
export async function playReply(reply: Reply, sink: Sink, options: PlayOptions): Promise<Played> {
  const player = new Player(reply, sink, options);
  await player.play();
  return player.said;
}

type Flow = 'on' | 'over';

class Player {
  readonly said: Played;
  readonly #reply: Reply;
  readonly #sink: Sink;
  readonly #prefix: PrefixHash;
  #chunkSize = 0;
  #wrapped: 'bytes' | 'chunk' | undefined;
  #started = false;
  #stopReason: string | undefined;

  constructor(reply: Reply, sink: Sink, { request, number, usage }: PlayOptions) {
    const claimed = reply.find((step) => step.kind === 'model');
    this.said = {
      id: `msg_${String(number).padStart(4, '0')}`,
      model: claimed?.model ?? request.model,
      content: [],
      stopReason: 'end_turn',
      usage: { ...usage },
    };
    this.#reply = reply;
    this.#sink = sink;
    this.#prefix = PrefixHash.of(request);
    for (const message of request.messages) {
      for (const block of blocksOf(message)) this.#prefix.add(message.role, block);
    }
  }

  async play(): Promise<void> {
    for (const step of this.#reply) {
      if ((await this.#step(step)) === 'over') return;
    }
    await this.#start();
    const calls = this.said.content.some(({ type }) => type === 'tool_use');
    this.said.stopReason = this.#stopReason ?? (calls ? 'tool_use' : 'end_turn');
    const { output_tokens = 1, ...rest } = this.said.usage;
    await this.#send('message_delta', {
      delta: { stop_reason: this.said.stopReason, stop_sequence: null, stop_details: null, container: null },
      usage: { ...rest, output_tokens },
    });
    await this.#send('message_stop', {});
    this.#sink.end();
  }

  async #step(step: Step): Promise<Flow> {
    switch (step.kind) {
      case 'text':
        await this.#block(
          { type: 'text', text: '', citations: null },
          step.pieces.map((text) => ({ type: 'text_delta', text })),
        );
        this.#remember({ type: 'text', text: step.pieces.join('') });
        return 'on';
      case 'thinking':
        return this.#thinking(step.pieces);
      case 'redacted_thinking': {
        const block = { type: 'redacted_thinking', data: this.#prefix.sign(this.said.model, '') };
        await this.#block(block, []);
        this.#remember(block);
        return 'on';
      }
      case 'tool_use':
        return this.#toolUse(step);
      case 'block':
        await this.#block(step.block, []);
        this.#remember(step.block);
        return 'on';
      case 'stop':
        this.#stopReason = step.reason;
        return 'on';
      case 'usage':
        Object.assign(this.said.usage, step.usage);
        return 'on';
      case 'model':
        return 'on';
      case 'chunks':
        this.#chunkSize = step.size;
        return 'on';
      case 'wrapped':
        this.#wrapped = step.form;
        return 'on';
      default:
        return this.#disturb(step);
    }
  }

  /** Steps that are no part of a reply. */
  async #disturb(
    step: Extract<Step, { kind: 'event' | 'raw' | 'gate' | 'reset' | 'stall' | 'end' | 'answer' }>,
  ): Promise<Flow> {
    switch (step.kind) {
      case 'event':
        if (step.name !== 'error' && step.name !== 'ping') await this.#start();
        await this.#write(frame(step.name, step.data));
        if (step.name !== 'error') return 'on';
        this.#sink.end();
        return 'over';
      case 'raw':
        await this.#write(step.bytes);
        return 'on';
      case 'gate':
        await Promise.race([step.until, this.#sink.gone]);
        return 'on';
      case 'reset':
        this.#sink.reset();
        return 'over';
      case 'stall':
        await this.#sink.gone;
        return 'over';
      case 'end':
        this.#sink.end();
        return 'over';
      case 'answer':
        throw new Error('an answer must be the first step of a reply');
      default:
        return step satisfies never;
    }
  }

  async #thinking(pieces: readonly string[]): Promise<Flow> {
    const thinking = pieces.join('');
    const signature = this.#prefix.sign(this.said.model, thinking);
    await this.#block({ type: 'thinking', thinking: '', signature: '' }, [
      ...pieces.map((piece) => ({ type: 'thinking_delta', thinking: piece })),
      { type: 'signature_delta', signature },
    ]);
    this.#remember({ type: 'thinking', thinking, signature });
    return 'on';
  }

  async #toolUse({ name, id, json }: Extract<Step, { kind: 'tool_use' }>): Promise<Flow> {
    const block = {
      type: 'tool_use',
      id: id ?? `toolu_${this.said.id.slice(4)}_${this.said.content.length}`,
      name,
    };
    await this.#block(
      { ...block, input: {}, caller: { type: 'direct' } },
      json.map((partial_json) => ({ type: 'input_json_delta', partial_json })),
    );
    this.#remember({ ...block, input: parseInput(json.join('')), caller: { type: 'direct' } });
    return 'on';
  }

  #remember(block: ApiBlock): void {
    this.said.content.push(block);
    this.#prefix.add('assistant', block);
  }

  async #block(content_block: object, deltas: readonly object[]): Promise<void> {
    const index = this.said.content.length;
    await this.#send('content_block_start', { index, content_block });
    for (const delta of deltas) await this.#send('content_block_delta', { index, delta });
    await this.#send('content_block_stop', { index });
  }

  async #start(): Promise<void> {
    if (this.#started) return;
    this.#started = true;
    const { id, model, usage } = this.said;
    const message = {
      id,
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
    };
    await this.#send('message_start', { message: { ...message, usage: { ...usage, output_tokens: 1 } } });
  }

  async #send(name: string, fields: object): Promise<void> {
    await this.#start();
    const json = { type: name, ...fields };
    if (this.#wrapped === undefined) return this.#write(frame(name, json));
    const bytes = Buffer.from(JSON.stringify(json)).toString('base64');
    return this.#write(frame('chunk', this.#wrapped === 'bytes' ? { bytes } : { chunk: { bytes } }));
  }

  async #write(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    const size = this.#chunkSize === 0 ? bytes.length : this.#chunkSize;
    for (let at = 0; at < bytes.length; at += size) await this.#sink.write(bytes.subarray(at, at + size));
  }
}

/** What a client makes of the input: an object, or nothing. */
function parseInput(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}

function frame(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
