/** What the turns and the calls of a session are called where they are listed: told by its messages, also after a cut. */
import { basename } from 'node:path';
import type { ConversationMessage, UserMessage } from '../../protocol/messages.ts';
import { toPromptText } from '../sessionState.ts';

/** Characters of a title. */
const MAX_LENGTH = 80;
/** Titles that are held; beyond them the oldest go. */
const MAX_TITLES = 20_000;

export class StepTitles {
  readonly #prompts = new Map<string, string>();
  readonly #calls = new Map<string, string>();

  add(message: ConversationMessage): void {
    if (message.type === 'user') this.#addPrompt(message);
    if (message.type !== 'assistant') return;
    for (const block of message.message.content) {
      if (block.type === 'tool_use') put(this.#calls, block.id, toCallTitle(block.name, block.input));
    }
  }

  /** The first words of a message; undefined: it was not told (it is too old). */
  ofPrompt(uuid: string): string | undefined {
    return this.#prompts.get(uuid);
  }

  ofCall(toolUseId: string): string | undefined {
    return this.#calls.get(toolUseId);
  }

  #addPrompt(message: UserMessage): void {
    const text = toPromptText(message);
    if (message.uuid !== undefined && text !== '') put(this.#prompts, message.uuid, toFirstWords(text));
  }
}

function put(titles: Map<string, string>, id: string, title: string): void {
  titles.delete(id);
  titles.set(id, title);
  const [oldest] = titles.keys();
  if (titles.size > MAX_TITLES && oldest !== undefined) titles.delete(oldest);
}

/** "Edit notes.ts", "Run the tests", "Bash: npm test", "find_route (maps)" */
export function toCallTitle(name: string, input: unknown): string {
  const fields: Readonly<Record<string, unknown>> =
    typeof input === 'object' && input !== null ? { ...input } : {};
  const text = (field: string): string => {
    const value = fields[field];
    return typeof value === 'string' ? toFirstWords(value) : '';
  };
  const path = text('file_path') || text('notebook_path');
  if (path !== '') return `${name} ${basename(path)}`;
  const words = text('description') || text('command');
  if (words !== '') return toFirstWords(`${name}: ${words}`);
  const [, server, tool] = /^mcp__(.+?)__(.+)$/.exec(name) ?? [];
  return server === undefined ? name : `${tool} (${server})`;
}

function toFirstWords(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= MAX_LENGTH ? line : `${line.slice(0, MAX_LENGTH - 1).trimEnd()}…`;
}
