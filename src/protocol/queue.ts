/** What can be done with a message that waits for its turn. */
import * as z from 'zod';

export const queueChange = z.discriminatedUnion('kind', [
  /** It says this instead; pictures and documents stay. */
  z.looseObject({ kind: z.literal('text'), text: z.string() }),
  /** It goes before this one; null: behind all. */
  z.looseObject({ kind: z.literal('place'), before: z.string().nullable() }),
  /** The agent has it as soon as the calls that run have ended, in the middle of its turn. */
  z.looseObject({ kind: z.literal('now') }),
]);

export type QueueChange = z.infer<typeof queueChange>;
