/** Where the lines are kept that the agents have written, so that those that were kept can be commented on in the next window, too. */
import * as z from 'zod';
import type { EditorLog } from '../log.ts';
import { createTextStorage, type TextStorage } from '../review/textStorage.ts';

const place = z.number().int().min(0);
const written = z.object({
  path: z.string(),
  /** In which the lines stand; by "\n". */
  text: z.string(),
  ranges: z.array(z.object({ start: place, end: place }).readonly()).readonly(),
});
/** What agents have written of a file. */
export type WrittenLines = z.infer<typeof written>;

export type LineStorage = TextStorage<WrittenLines>;

/** `file`: undefined where the window has no workspace; nothing is kept then. */
export function createLineStorage(file: string | undefined, log: Pick<EditorLog, 'warn'>): LineStorage {
  return createTextStorage(file, { entry: written, what: 'the lines that agents have written', log });
}
