import * as z from 'zod';

/** What of the editor a message can name, as `@problems`. */
export const EDITOR_SOURCES = ['problems', 'changes', 'terminal'] as const;
export type EditorSource = (typeof EDITOR_SOURCES)[number];

/** A text that a client brings along with a message: told to the model behind it. */
export const attachedText = z.looseObject({
  title: z.string(),
  text: z.string(),
  /** The file that it comes from, absolute: the text is left out where that may not be read without asking. */
  path: z.string().optional(),
});
export type AttachedText = z.infer<typeof attachedText>;
