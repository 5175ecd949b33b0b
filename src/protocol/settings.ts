/** Settings files of a project that have changed since a person approved them. */
import * as z from 'zod';

export const pendingSettings = z.looseObject({
  /** Absolute. */
  file: z.string(),
  /** SHA-256 (hex) of its text as it is now: what `belay/settings_approve` names. */
  hash: z.string(),
  /** What is not in force, in words. */
  waiting: z.array(z.string()),
});
export type PendingSettings = z.infer<typeof pendingSettings>;
