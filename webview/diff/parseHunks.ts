/** The hunks that Edit and Write report with their result (`structuredPatch` of the Agent SDK's outputs). */
import * as z from 'zod';
import type { Hunk } from './diffLines.ts';

const reported = z.looseObject({
  structuredPatch: z
    .array(
      z.looseObject({
        oldStart: z.number(),
        oldLines: z.number(),
        newStart: z.number(),
        lines: z.array(z.string()),
      }),
    )
    .min(1),
});

/** null: none reported. */
export function parseHunks(details: unknown): readonly Hunk[] | null {
  const parsed = reported.safeParse(details);
  return parsed.success ? parsed.data.structuredPatch : null;
}
