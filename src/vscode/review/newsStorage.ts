/** Where the texts are kept that the agents have left, so that after a reload it is seen what the person has made of them. */
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { isMissing } from '../../node/fileOperations.ts';
import type { EditorLog } from '../log.ts';
import { writeWhole } from './reviewStorage.ts';

const left = z.object({
  path: z.string(),
  sessionId: z.string(),
  text: z.string(),
  /** Where the file was before the agent moved it. */
  movedFrom: z.string().optional(),
});
/** A file as the agent of a session knows it; lines by "\n". */
export type LeftText = z.infer<typeof left>;

export interface NewsStorage {
  /** Nothing where there is nothing, or nothing that is understood. */
  read(): Promise<readonly LeftText[]>;
  /** Soon, the newest, which come last, as far as they are not too long. */
  save(texts: readonly LeftText[]): void;
  /** Resolves when all is written. */
  flush(): Promise<void>;
}

/** Milliseconds. */
const REST_MS = 300;
/** Characters of one text, and of all of them. */
const MOST_OF_FILE = 300_000;
const MOST_OF_ALL = 2_000_000;
const stored = z.object({ version: z.literal(1), texts: z.array(left) });

/** `file`: undefined where the window has no workspace; nothing is kept then. */
export function createNewsStorage(file: string | undefined, log: Pick<EditorLog, 'warn'>): NewsStorage {
  let waiting: readonly LeftText[] | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing = Promise.resolve();
  const write = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const texts = waiting;
    waiting = undefined;
    if (texts !== undefined && file !== undefined)
      writing = writing
        .then(() => writeWhole(file, JSON.stringify({ version: 1, texts: choose(texts) })))
        .catch((error: unknown) => log.warn('what the agents have left could not be kept', { error }));
    return writing;
  };
  return {
    async read() {
      if (file === undefined) return [];
      try {
        return stored.parse(JSON.parse(await readFile(file, 'utf8'))).texts;
      } catch (error) {
        if (!isMissing(error)) log.warn('what the agents have left before can not be read', { error });
        return [];
      }
    },
    save(texts) {
      waiting = texts;
      timer ??= setTimeout(() => void write(), REST_MS);
    },
    flush: write,
  };
}

function choose(texts: readonly LeftText[]): readonly LeftText[] {
  let rest = MOST_OF_ALL;
  const kept = texts.toReversed().filter(({ text }) => {
    if (text.length > Math.min(MOST_OF_FILE, rest)) return false;
    rest -= text.length;
    return true;
  });
  return kept.reverse();
}
