/** Where texts are kept that outlive the window: one file in the storage of the workspace, the newest as far as there is room. */
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { isMissing } from '../../node/fileOperations.ts';
import type { EditorLog } from '../log.ts';
import { writeWhole } from './reviewStorage.ts';

export interface TextStorage<Entry> {
  /** Nothing where there is nothing, or nothing that is understood. Never rejects. */
  read(): Promise<readonly Entry[]>;
  /** Soon, the newest, which come last, as far as they are not too long. */
  save(entries: readonly Entry[]): void;
  /** Resolves when all is written. */
  flush(): Promise<void>;
}

export interface TextStorageOptions<Entry> {
  readonly entry: z.ZodType<Entry>;
  /** What is kept, as the log names it. */
  readonly what: string;
  readonly log: Pick<EditorLog, 'warn'>;
}

/** Milliseconds. */
const REST_MS = 300;
/** Characters of one text, and of all of them. */
const MOST_OF_FILE = 300_000;
const MOST_OF_ALL = 2_000_000;

/** `file`: undefined where the window has no workspace; nothing is kept then. */
export function createTextStorage<Entry extends { readonly text: string }>(
  file: string | undefined,
  { entry, what, log }: TextStorageOptions<Entry>,
): TextStorage<Entry> {
  const stored = z.object({ version: z.literal(1), texts: z.array(entry) });
  let waiting: readonly Entry[] | undefined;
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
        .catch((error: unknown) => log.warn(`${what} could not be kept`, { error }));
    return writing;
  };
  return {
    async read() {
      if (file === undefined) return [];
      try {
        return stored.parse(JSON.parse(await readFile(file, 'utf8'))).texts;
      } catch (error) {
        if (!isMissing(error)) log.warn(`${what} can not be read`, { error });
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

function choose<Entry extends { readonly text: string }>(texts: readonly Entry[]): readonly Entry[] {
  let rest = MOST_OF_ALL;
  const kept = texts.toReversed().filter(({ text }) => {
    if (text.length > Math.min(MOST_OF_FILE, rest)) return false;
    rest -= text.length;
    return true;
  });
  return kept.reverse();
}
