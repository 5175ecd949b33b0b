/** The calls that change a file while the model still writes them: what can be said of the file so far. Knows no editor. */
import { splitLines } from '../../core/proposals/lineHunks.ts';
import { toModelText } from '../../core/tools/lineEnds.ts';
import type { StreamEvent } from '../../protocol/streamEvents.ts';
import { BlockBuilder } from '../../stream/blockBuilder.ts';
import { StreamError } from '../../stream/streamError.ts';

/** The input of a call as far as it has come. */
export interface WrittenCall {
  readonly id: string;
  readonly name: 'Write' | 'Edit';
  readonly input: unknown;
}

/** Takes the events of one reply in; gives the call that has grown with it. */
export class WrittenCalls {
  readonly #blocks = new Map<
    number,
    { readonly builder: BlockBuilder; readonly call: Omit<WrittenCall, 'input'> }
  >();

  push(event: StreamEvent): WrittenCall | undefined {
    if (event.type === 'message_start') this.#blocks.clear();
    if (event.type === 'content_block_start') this.#start(event);
    if (event.type !== 'content_block_delta') return undefined;
    const block = this.#blocks.get(event.index);
    if (block === undefined) return undefined;
    try {
      block.builder.apply(event.delta);
    } catch (error) {
      if (!(error instanceof StreamError)) throw error;
      this.#blocks.delete(event.index);
    }
    return { ...block.call, input: block.builder.partialInput };
  }

  #start({ index, content_block: block }: Extract<StreamEvent, { type: 'content_block_start' }>): void {
    if (block.type !== 'tool_use' || (block.name !== 'Write' && block.name !== 'Edit')) return;
    const call = { id: block.id, name: block.name } as const;
    this.#blocks.set(index, { builder: new BlockBuilder(index, block), call });
  }
}

/** The path as the model gives it, once all of it is there. */
export function findWrittenPath({ input }: WrittenCall): string | undefined {
  const path = fieldOf(input, 'file_path');
  const hasMore = fieldOf(input, 'content') !== undefined || fieldOf(input, 'old_string') !== undefined;
  return hasMore ? path : undefined;
}

/** The file as it would be if the call ended here; undefined: that can't be told yet. What has not been reached stays as it is. */
export function applyWritten({ name, input }: WrittenCall, left: string): string | undefined {
  if (name === 'Write') return overwrite(left, toModelText(fieldOf(input, 'content') ?? ''));
  const [old, replacement] = [fieldOf(input, 'old_string'), fieldOf(input, 'new_string')];
  if (old === undefined || replacement === undefined) return undefined;
  const wanted = toModelText(old);
  const at = left.indexOf(wanted);
  if (at === -1 || (wanted === '' && left !== '')) return undefined;
  return left.slice(0, at) + toModelText(replacement) + left.slice(at + wanted.length);
}

function overwrite(left: string, content: string): string {
  const lines = splitLines(content);
  const rest = splitLines(left).slice(lines.length).join('');
  const isOpen = content !== '' && !content.endsWith('\n') && rest !== '';
  return `${content}${isOpen ? '\n' : ''}${rest}`;
}

function fieldOf(input: unknown, name: string): string | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  const value: unknown = Object.entries(input).find(([key]) => key === name)?.[1];
  return typeof value === 'string' ? value : undefined;
}
