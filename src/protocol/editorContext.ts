import * as z from 'zod';

/** The file that a person has before them, and the lines (from 1, both included) that are selected in it. */
export const editorContext = z.looseObject({
  /** Absolute. */
  path: z.string(),
  lines: z.looseObject({ from: z.number(), to: z.number() }).optional(),
});
export type EditorContext = z.infer<typeof editorContext>;
