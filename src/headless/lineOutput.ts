/** Messages as lines on standard output. What gathers while a piece is being taken goes out together: replies have many. */
import { LineBytes } from '../channel/lineBytes.ts';
import { writeBytes } from './writeLine.ts';

export interface LineOutput {
  /** Resolves when more may be pushed: at once, unless much is waiting for the reader. The message is not kept. */
  push(message: unknown): Promise<void>;
  /** Resolves when all of it has been taken. */
  flushed(): Promise<void>;
}

/** Characters that may wait for the reader. */
const MAX_WAITING = 1 << 20;
const done = Promise.resolve();

export function createLineOutput(): LineOutput {
  const waiting = new LineBytes();
  let writing: Promise<void> | undefined;

  async function writeAll(): Promise<void> {
    for (let pieces = waiting.take(); pieces.length > 0; pieces = waiting.take()) {
      for (const piece of pieces) await writeBytes(piece);
    }
    writing = undefined;
  }

  return {
    push(message) {
      waiting.push(message);
      writing ??= writeAll();
      return waiting.waiting > MAX_WAITING ? writing : done;
    },
    flushed: async () => writing,
  };
}
