/**
 * Content blocks: what a message is made of. A message is always a list of blocks, never a bare string inside Belay.
 *
 * Shapes are those of the Messages API (https://docs.anthropic.com/en/api/messages). Blocks of other providers that the
 * issue of content carries (`reasoning`, `guard_content`, `video`, `cache_point`) use the names those providers give.
 * Every schema is loose: a field we don't know is kept, because the API wants its blocks back unchanged.
 */
import * as z from 'zod';

const cacheControl = z.looseObject({ type: z.literal('ephemeral'), ttl: z.enum(['5m', '1h']).optional() });

/** Bytes as base64 with their media type, or a URL that the provider fetches itself. */
const base64Source = z.looseObject({ type: z.literal('base64'), media_type: z.string(), data: z.string() });
const urlSource = z.looseObject({ type: z.literal('url'), url: z.string() });
const textSource = z.looseObject({
  type: z.literal('text'),
  media_type: z.literal('text/plain'),
  data: z.string(),
});
const fileSource = z.looseObject({ type: z.literal('file'), file_id: z.string() });

export const textBlock = z.looseObject({
  type: z.literal('text'),
  text: z.string(),
  cache_control: cacheControl.nullish(),
});
export const imageBlock = z.looseObject({
  type: z.literal('image'),
  source: z.union([base64Source, urlSource, fileSource]),
  cache_control: cacheControl.nullish(),
});
export const documentBlock = z.looseObject({
  type: z.literal('document'),
  source: z.union([base64Source, urlSource, textSource, fileSource]),
  title: z.string().nullish(),
  cache_control: cacheControl.nullish(),
});
export const toolUseBlock = z.looseObject({
  type: z.literal('tool_use'),
  id: z.string(),
  name: z.string(),
  input: z.unknown(),
});
export const toolResultContent = z.union([
  z.string(),
  z.array(z.union([textBlock, imageBlock, documentBlock])),
]);
export const toolResultBlock = z.looseObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string(),
  content: toolResultContent.optional(),
  is_error: z.boolean().optional(),
  cache_control: cacheControl.nullish(),
});
export const thinkingBlock = z.looseObject({
  type: z.literal('thinking'),
  thinking: z.string(),
  signature: z.string(),
});
export const redactedThinkingBlock = z.looseObject({
  type: z.literal('redacted_thinking'),
  data: z.string(),
});
/** A thought of a provider that signs nothing (local servers, `vscode.lm`). Shown; never sent to the Messages API. */
export const reasoningBlock = z.looseObject({ type: z.literal('reasoning'), text: z.string() });
/** Text that a guardrail is to judge (Bedrock). */
export const guardContentBlock = z.looseObject({ type: z.literal('guard_content'), text: z.string() });
export const videoBlock = z.looseObject({
  type: z.literal('video'),
  source: z.union([base64Source, urlSource]),
});
/** A place where the provider may cache what stands before it (Bedrock); becomes `cache_control` for the Messages API. */
export const cachePointBlock = z.looseObject({ type: z.literal('cache_point') });

export const knownBlock = z.discriminatedUnion('type', [
  textBlock,
  imageBlock,
  documentBlock,
  toolUseBlock,
  toolResultBlock,
  thinkingBlock,
  redactedThinkingBlock,
  reasoningBlock,
  guardContentBlock,
  videoBlock,
  cachePointBlock,
]);

export type TextBlock = z.infer<typeof textBlock>;
export type ImageBlock = z.infer<typeof imageBlock>;
export type DocumentBlock = z.infer<typeof documentBlock>;
export type ToolUseBlock = z.infer<typeof toolUseBlock>;
export type ToolResultBlock = z.infer<typeof toolResultBlock>;
export type ToolResultContent = z.infer<typeof toolResultContent>;
export type ThinkingBlock = z.infer<typeof thinkingBlock>;
export type RedactedThinkingBlock = z.infer<typeof redactedThinkingBlock>;
export type KnownBlock = z.infer<typeof knownBlock>;

/**
 * A block type this version doesn't know (server tools and whatever comes next): kept raw and sent back as it came.
 * At run time `type` is the provider's word; '?' stands for all such words, so that a switch over `type` narrows.
 */
export interface UnknownBlock {
  readonly type: '?';
  readonly [field: string]: unknown;
}

export type ContentBlock = KnownBlock | UnknownBlock;

const KNOWN_TYPES: ReadonlySet<string> = new Set(knownBlock.options.map((option) => option.shape.type.value));

/** Whether the block's type is one of those listed here. Says nothing of its fields: parse for that. */
export function isKnownBlock(block: { readonly type: string }): block is KnownBlock {
  return KNOWN_TYPES.has(block.type);
}

/** A known type must have its known fields; any other type passes as it is. */
export const contentBlock: z.ZodType<ContentBlock> = z
  .looseObject({ type: z.string() })
  .transform((value, context) => {
    if (!KNOWN_TYPES.has(value.type)) return value as unknown as UnknownBlock;
    const parsed = knownBlock.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) context.addIssue({ ...issue, input: value } as never);
    return z.NEVER;
  });
