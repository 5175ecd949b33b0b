/** What was recorded of the agent's changes, and what a rewind did. */
import * as z from 'zod';

const outcome = z.enum(['restored', 'unchanged', 'skipped', 'conflicted']);
const fileOutcome = z.looseObject({
  path: z.string(),
  outcome,
  /** Why it was skipped or conflicted; absent otherwise. */
  reason: z.string().optional(),
  insertions: z.number(),
  deletions: z.number(),
});
/** What a rewind did, or with `dry_run` would do. `outcome: restored` then means "would be restored". */
export const rewindAnswer = z.looseObject({
  canRewind: z.boolean(),
  error: z.string().optional(),
  filesChanged: z.array(z.string()).optional(),
  insertions: z.number().optional(),
  deletions: z.number().optional(),
  /** Belay */
  files: z.array(fileOutcome).optional(),
  /** Belay: folders that come, go or get their mode back, or that would have to. */
  folders: z.array(z.looseObject({ path: z.string(), outcome, reason: z.string().optional() })).optional(),
  /** Belay: a redo of this rewind is possible. */
  canRedo: z.boolean().optional(),
});
export type RewindAnswer = z.infer<typeof rewindAnswer>;

export const checkpoint = z.looseObject({
  id: z.string(),
  user_message_id: z.string(),
  tool_use_id: z.string().nullable(),
  created_at: z.string(),
  files: z.array(z.string()),
  origin: z.enum(['tool', 'shell', 'subagent', 'mcp', 'rewind']),
});
