/** Messages as lines on standard output. What gathers while a piece is being taken goes out as one: replies have many. */
import { escapeLineEnds, writeText } from './writeLine.ts';

export interface LineOutput {
  /** Resolves when more may be pushed: at once, unless much is waiting for the reader. The message is not kept. */
  push(message: unknown): Promise<void>;
  /** Resolves when all of it has been taken. */
  flushed(): Promise<void>;
}

/** Characters that may wait for the reader. */
const MAX_WAITING = 1 << 20;

export function createLineOutput(): LineOutput {
  let waiting = '';
  let writing: Promise<void> | undefined;

  async function writeAll(): Promise<void> {
    while (waiting !== '') {
      const lines = waiting;
      waiting = '';
      await writeText(escapeLineEnds(lines));
    }
    writing = undefined;
  }

  return {
    async push(message) {
      waiting += `${JSON.stringify(message)}\n`;
      writing ??= writeAll();
      if (waiting.length > MAX_WAITING) await writing;
    },
    flushed: async () => writing,
  };
}
