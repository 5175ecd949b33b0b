/** Where the texts are kept that the agents have left, so that after a reload it is seen what the person has made of them. */
import * as z from 'zod';
import type { EditorLog } from '../log.ts';
import { createTextStorage, type TextStorage } from './textStorage.ts';

const left = z.object({
  path: z.string(),
  sessionId: z.string(),
  text: z.string(),
  /** Where the file was before the agent moved it. */
  movedFrom: z.string().optional(),
  /** It is no text: only whether it is there is looked at. */
  isWhole: z.boolean().optional(),
});
/** A file as the agent of a session knows it; lines by "\n". */
export type LeftText = z.infer<typeof left>;

export type NewsStorage = TextStorage<LeftText>;

/** `file`: undefined where the window has no workspace; nothing is kept then. */
export function createNewsStorage(file: string | undefined, log: Pick<EditorLog, 'warn'>): NewsStorage {
  return createTextStorage(file, { entry: left, what: 'what the agents have left', log });
}
