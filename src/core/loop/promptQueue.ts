/** User messages that wait for their turn, oldest first. */
import type { UserMessage } from '../../protocol/messages.ts';
import type { QueueChange } from '../../protocol/queue.ts';
import { changeQueue, isUrgent, putFirst } from './queueChanges.ts';

export interface QueuedPrompt {
  readonly uuid: string;
  readonly message: UserMessage;
  /** Why it can't be sent, for a person: its turn ends before it begins. */
  readonly refusal?: string | undefined;
}

export class PromptQueue {
  #prompts: readonly QueuedPrompt[] = [];
  readonly #onChange: (prompts: readonly QueuedPrompt[]) => void;

  constructor(onChange: (prompts: readonly QueuedPrompt[]) => void) {
    this.#onChange = onChange;
  }

  get ids(): readonly string[] {
    return this.#prompts.map(({ uuid }) => uuid);
  }

  /** A message that asks for `now` or `next` goes before those that don't, and behind those that did so before it. */
  add(prompt: QueuedPrompt): void {
    this.#set(isUrgent(prompt.message) ? putFirst(prompt, this.#prompts) : [...this.#prompts, prompt]);
  }

  take(): QueuedPrompt | undefined {
    const [first, ...rest] = this.#prompts;
    if (first !== undefined) this.#set(rest);
    return first;
  }

  /** The first that is meant for the work that is under way; it goes on waiting. */
  findUrgent(): QueuedPrompt | undefined {
    return this.#prompts.find(({ message, refusal }) => refusal === undefined && isUrgent(message));
  }

  /** False when it is not (or no longer) waiting. */
  remove(uuid: string): boolean {
    const rest = this.#prompts.filter((prompt) => prompt.uuid !== uuid);
    if (rest.length === this.#prompts.length) return false;
    this.#set(rest);
    return true;
  }

  /** False when it is not (or no longer) waiting, or can't be changed so. */
  change(uuid: string, change: QueueChange): boolean {
    const changed = changeQueue(this.#prompts, uuid, change);
    if (changed === undefined) return false;
    this.#set(changed);
    return true;
  }

  clear(): readonly string[] {
    const { ids } = this;
    if (ids.length > 0) this.#set([]);
    return ids;
  }

  #set(prompts: readonly QueuedPrompt[]): void {
    this.#prompts = prompts;
    this.#onChange(prompts);
  }
}

/** As it is told while it waits. */
export function toQueued({ uuid, message }: QueuedPrompt): { uuid: string; text: string; is_now: boolean } {
  return { uuid, text: toPromptText(message), is_now: isUrgent(message) };
}

/** What a person reads of it: its text. */
export function toPromptText({ message: { content } }: UserMessage): string {
  if (typeof content === 'string') return content;
  return content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
}
