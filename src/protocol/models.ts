/** Models a client can choose from. */
import * as z from 'zod';

export const effortLevel = z.enum(['low', 'medium', 'high', 'xhigh', 'max']);

export const modelInfo = z.looseObject({
  value: z.string(),
  displayName: z.string(),
  description: z.string(),
  supportsEffort: z.boolean().optional(),
  supportedEffortLevels: z.array(effortLevel).optional(),
  supportsAdaptiveThinking: z.boolean().optional(),
});
export type ModelInfo = z.infer<typeof modelInfo>;
