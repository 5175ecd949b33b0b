/** Commands a prompt can begin with. */
import * as z from 'zod';

/** What can be called with `/name`. `builtin`: Belay answers it itself. */
export const slashCommand = z.looseObject({
  name: z.string(),
  description: z.string(),
  argumentHint: z.string(),
  builtin: z.boolean().optional(),
});
export type SlashCommand = z.infer<typeof slashCommand>;
