/** Tokens and dollars. */
import * as z from 'zod';

export const usage = z.looseObject({
  input_tokens: z.number(),
  output_tokens: z.number(),
  cache_creation_input_tokens: z.number().nullish(),
  cache_read_input_tokens: z.number().nullish(),
  cache_creation: z
    .looseObject({
      ephemeral_5m_input_tokens: z.number().optional(),
      ephemeral_1h_input_tokens: z.number().optional(),
    })
    .nullish(),
});

export const modelUsage = z.looseObject({
  inputTokens: z.number(),
  outputTokens: z.number(),
  cacheReadInputTokens: z.number(),
  cacheCreationInputTokens: z.number(),
  webSearchRequests: z.number(),
  costUSD: z.number(),
  contextWindow: z.number(),
  maxOutputTokens: z.number(),
  /** 'unknown': no price is known for this model, and `costUSD` leaves its tokens out. */
  costBasis: z.enum(['list', 'managed', 'unknown']).optional(),
});
export type ModelUsage = z.infer<typeof modelUsage>;
