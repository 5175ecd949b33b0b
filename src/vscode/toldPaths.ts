/** The files a message of the agent names: those a person may open from the conversation. */
import type { ConversationMessage } from '../protocol/messages.ts';

/** Fields of tool inputs that hold the absolute path of a file. */
const PATH_FIELDS = ['file_path', 'path', 'notebook_path'] as const;

/** Paths that are remembered. */
const MOST_PATHS = 5000;

/** The paths that an agent has told last. */
export class ToldPaths {
  readonly #paths = new Set<string>();

  has(path: string): boolean {
    return this.#paths.has(path);
  }

  add(paths: readonly string[]): void {
    for (const path of paths) {
      this.#paths.delete(path);
      this.#paths.add(path);
    }
    for (const oldest of this.#paths) {
      if (this.#paths.size <= MOST_PATHS) return;
      this.#paths.delete(oldest);
    }
  }
}

export function collectPaths(message: ConversationMessage): readonly string[] {
  if (message.type === 'assistant') {
    return message.message.content.flatMap((block) =>
      block.type === 'tool_use' ? pathsOf(block.input) : [],
    );
  }
  if (message.type === 'system' && message.subtype === 'belay/checkpoint_created') {
    return message.files.map(({ path }) => path);
  }
  return [];
}

/** The same for the input of one tool call. */
export function pathsOf(input: unknown): readonly string[] {
  if (typeof input !== 'object' || input === null) return [];
  const fields: Readonly<Record<string, unknown>> = { ...input };
  return PATH_FIELDS.flatMap((name) => {
    const path = fields[name];
    return typeof path === 'string' ? [path] : [];
  });
}
