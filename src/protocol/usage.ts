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
  server_tool_use: z
    .looseObject({ web_search_requests: z.number().optional(), web_fetch_requests: z.number().optional() })
    .nullish(),
  service_tier: z.string().nullish(),
  inference_geo: z.string().nullish(),
  /** `thinking_tokens`: of the output. */
  output_tokens_details: z.looseObject({ thinking_tokens: z.number().optional() }).nullish(),
});

export const modelUsage = z.looseObject({
  inputTokens: z.number(),
  outputTokens: z.number(),
  /** Part of `outputTokens`, where the provider counts them. */
  thinkingTokens: z.number().optional(),
  cacheReadInputTokens: z.number(),
  cacheCreationInputTokens: z.number(),
  /** Parts of `cacheCreationInputTokens`, by how long they are kept. */
  cacheCreationEphemeral5mInputTokens: z.number().optional(),
  cacheCreationEphemeral1hInputTokens: z.number().optional(),
  webSearchRequests: z.number(),
  costUSD: z.number(),
  contextWindow: z.number(),
  maxOutputTokens: z.number(),
  /** The name by which its price was found. */
  canonicalModel: z.string().optional(),
  /** 'unknown': no price is known for this model, and `costUSD` leaves its tokens out. */
  costBasis: z.enum(['list', 'managed', 'unknown']).optional(),
});
export type ModelUsage = z.infer<typeof modelUsage>;
