/** User messages that wait for their turn, oldest first. */
import type { UserMessage } from '../../protocol/messages.ts';

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

  /** A message that asks for `now` or `next` goes before those that don't. */
  add(prompt: QueuedPrompt): void {
    const urgent = prompt.message.priority === 'now' || prompt.message.priority === 'next';
    this.#set(urgent ? [prompt, ...this.#prompts] : [...this.#prompts, prompt]);
  }

  take(): QueuedPrompt | undefined {
    const [first, ...rest] = this.#prompts;
    if (first !== undefined) this.#set(rest);
    return first;
  }

  /** False when it is not (or no longer) waiting. */
  remove(uuid: string): boolean {
    const rest = this.#prompts.filter((prompt) => prompt.uuid !== uuid);
    if (rest.length === this.#prompts.length) return false;
    this.#set(rest);
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
export function toQueued({ uuid, message }: QueuedPrompt): { uuid: string; text: string } {
  return { uuid, text: toPromptText(message) };
}

/** What a person reads of it: its text. */
export function toPromptText({ message: { content } }: UserMessage): string {
  if (typeof content === 'string') return content;
  return content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
}
