/**
 * The messages of a conversation as they travel on every channel, stand in the transcript and are reduced by the panel:
 * the stream-json messages of the Agent SDK (`sdk.d.ts` of `@anthropic-ai/claude-agent-sdk` is the reference).
 *
 * All objects are loose: fields we don't know are kept. What the wire lacks is added as optional fields marked "Belay",
 * or as `system` messages whose subtype starts with `belay/`.
 */
import * as z from 'zod';
import { attachedText } from './attachedText.ts';
import { contentBlock } from './blocks.ts';
import { editorContext } from './editorContext.ts';
import { envelope, threaded } from './envelope.ts';
import { assistantError, failure } from './failure.ts';
import type { StreamEvent } from './streamEvents.ts';
import { type SystemMessage, type SystemSubtype, systemMessages } from './systemMessages.ts';
import { modelUsage, usage } from './usage.ts';

/** One whole reply of the model (all its blocks), final and authoritative over the deltas that came before it. */
export const assistantMessage = z.looseObject({
  type: z.literal('assistant'),
  ...threaded,
  message: z.looseObject({
    id: z.string(),
    type: z.literal('message'),
    role: z.literal('assistant'),
    model: z.string(),
    content: z.array(contentBlock),
    stop_reason: z.string().nullable(),
    stop_sequence: z.string().nullish(),
    usage,
  }),
  error: assistantError.optional(),
  /** The reply was cut off by an interrupt or a broken stream: `stop_reason` is null, the content may end mid-word. */
  aborted: z.literal(true).optional(),
  timestamp: z.string().optional(),
});

/** What a person (or a tool, as `tool_result` blocks) said. `content` may be a bare string only when it comes from outside. */
export const userMessage = z.looseObject({
  type: z.literal('user'),
  message: z.looseObject({ role: z.literal('user'), content: z.union([z.string(), z.array(contentBlock)]) }),
  parent_tool_use_id: z.string().nullable(),
  uuid: z.string().optional(),
  session_id: z.string().optional(),
  /** Written by the agent itself (a nudge, a notice), not by a person. */
  isSynthetic: z.boolean().optional(),
  /** Stands for all that was said before it: the model sees nothing that is older. */
  isCompactSummary: z.boolean().optional(),
  /** The agent's echo of a message it has taken up from its queue. */
  isReplay: z.boolean().optional(),
  /** The whole output of the tool, per tool; the `tool_result` block holds only what the model reads. */
  tool_use_result: z.unknown().optional(),
  /** `false`: append without starting a turn. */
  shouldQuery: z.boolean().optional(),
  /** While a turn runs: `now` and `next` go to the agent as soon as the calls that run have ended, others behind the turn. */
  priority: z.enum(['now', 'next', 'later']).optional(),
  /** What was written is a command behind an exclamation mark, for the shell; the model is given what it puts out, and not asked. */
  belay_input: z.literal('command').optional(),
  /** What the person has open in the editor while they say it, told to the model behind it. Lines from 1, both included. */
  belay_context: editorContext.optional(),
  /** What the message names of the client's own, such as the problems of an editor. */
  belay_attached: z.array(attachedText).optional(),
  timestamp: z.string().optional(),
});

/** One event of a reply that is being streamed: the delta only, never the whole. */
export const streamEventMessage = z.looseObject({
  type: z.literal('stream_event'),
  ...threaded,
  event: z.custom<StreamEvent>((value) => typeof value === 'object' && value !== null && 'type' in value),
  ttft_ms: z.number().optional(),
});

/** The end of a turn. */
export const resultMessage = z.looseObject({
  type: z.literal('result'),
  ...envelope,
  subtype: z.enum([
    'success',
    'error_during_execution',
    'error_max_turns',
    'error_max_budget_usd',
    'error_max_structured_output_retries',
  ]),
  duration_ms: z.number(),
  duration_api_ms: z.number(),
  is_error: z.boolean(),
  num_turns: z.number(),
  /** The text of the last reply; present when `subtype` is 'success'. */
  result: z.string().optional(),
  stop_reason: z.string().nullable(),
  /** US dollars of the session so far; 0 where every model's price is unknown (see `cost_known`). */
  total_cost_usd: z.number(),
  usage,
  modelUsage: z.record(z.string(), modelUsage),
  permission_denials: z.array(
    z.looseObject({
      tool_name: z.string(),
      tool_use_id: z.string(),
      tool_input: z.record(z.string(), z.unknown()),
    }),
  ),
  structured_output: z.unknown().optional(),
  /** Why it ended, in the SDK's words, where it isn't told by `subtype`: 'hook_stopped', 'stop_hook_prevented', 'tool_deferred'. */
  terminal_reason: z.string().optional(),
  /** The call that a hook put off: it has not been run. */
  deferred_tool_use: z
    .looseObject({ id: z.string(), name: z.string(), input: z.record(z.string(), z.unknown()) })
    .optional(),
  errors: z.array(z.string()).optional(),
  api_error_status: z.number().nullish(),
  /** Belay: false when a model without a price took part, so `total_cost_usd` is a lower bound. */
  cost_known: z.boolean().optional(),
  /** Belay: US dollars of this turn alone; null when unknown. */
  turn_cost_usd: z.number().nullish(),
  /** Belay: what went wrong and what can be done about it. */
  failure: failure.optional(),
  /** Belay: the turn was stopped by a person. */
  interrupted: z.boolean().optional(),
});

/** While a tool runs. `output` and `title` are Belay's. */
export const toolProgressMessage = z.looseObject({
  type: z.literal('tool_progress'),
  ...threaded,
  tool_use_id: z.string(),
  tool_name: z.string(),
  elapsed_time_seconds: z.number(),
  task_id: z.string().optional(),
  /** Belay: text the tool has put out since the last progress message (a terminal's bytes, decoded, ANSI kept). */
  output: z.string().optional(),
  /** Belay: what the tool is doing, for a person: "Run npm test". */
  title: z.string().optional(),
});

/** The model has forgotten what was said before; the history stays. */
export const conversationResetMessage = z.looseObject({
  type: z.literal('conversation_reset'),
  ...envelope,
  new_conversation_id: z.string(),
  trigger: z.string().optional(),
  user_message_uuid: z.string().optional(),
});

export type AssistantMessage = z.infer<typeof assistantMessage>;
export type UserMessage = z.infer<typeof userMessage>;
export type StreamEventMessage = z.infer<typeof streamEventMessage>;
export type ResultMessage = z.infer<typeof resultMessage>;
export type ToolProgressMessage = z.infer<typeof toolProgressMessage>;
export type ConversationResetMessage = z.infer<typeof conversationResetMessage>;

export type ConversationMessage =
  | AssistantMessage
  | UserMessage
  | StreamEventMessage
  | ResultMessage
  | ToolProgressMessage
  | ConversationResetMessage
  | SystemMessage;

const byType = {
  assistant: assistantMessage,
  user: userMessage,
  stream_event: streamEventMessage,
  result: resultMessage,
  tool_progress: toolProgressMessage,
  conversation_reset: conversationResetMessage,
} as const;

export type ParsedMessage =
  | { readonly kind: 'message'; readonly message: ConversationMessage }
  /** A type or subtype this version doesn't know: to be skipped with a log line. */
  | { readonly kind: 'unknown'; readonly type: string }
  | { readonly kind: 'invalid'; readonly type: string; readonly problem: string };

const messageHead = z.looseObject({ type: z.string(), subtype: z.string().optional() });

/** From anything that came over a channel to a message of the conversation. Never throws. */
export function parseConversationMessage(value: unknown): ParsedMessage {
  const head = messageHead.safeParse(value);
  if (!head.success) return { kind: 'invalid', type: '', problem: 'not an object with a "type"' };
  const { type, subtype } = head.data;
  const schema = type === 'system' ? systemSchema(subtype) : byType[type as keyof typeof byType];
  if (schema === undefined || (!Object.hasOwn(byType, type) && type !== 'system'))
    return { kind: 'unknown', type: subtype ?? type };
  const parsed = schema.safeParse(value);
  if (parsed.success) return { kind: 'message', message: parsed.data as ConversationMessage };
  return { kind: 'invalid', type, problem: z.prettifyError(parsed.error) };
}

function systemSchema(subtype: string | undefined): z.ZodType | undefined {
  if (subtype === undefined || !Object.hasOwn(systemMessages, subtype)) return undefined;
  return systemMessages[subtype as SystemSubtype];
}
