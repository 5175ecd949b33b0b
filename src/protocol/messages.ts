/**
 * The messages of a conversation as they travel on every channel, stand in the transcript and are reduced by the panel:
 * the stream-json messages of the Agent SDK (`sdk.d.ts` of `@anthropic-ai/claude-agent-sdk` is the reference).
 *
 * All objects are loose: fields we don't know are kept. What the wire lacks is added as optional fields marked "Belay",
 * or as `system` messages whose subtype starts with `belay/`.
 */
import * as z from 'zod';
import { contentBlock } from './blocks.ts';
import type { StreamEvent } from './streamEvents.ts';

export const permissionMode = z.enum(['default', 'acceptEdits', 'plan', 'dontAsk', 'bypassPermissions']);
export type PermissionMode = z.infer<typeof permissionMode>;

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

/** Why a reply failed, in the words of the wire. */
export const assistantError = z.enum([
  'authentication_failed',
  'billing_error',
  'rate_limit',
  'overloaded',
  'invalid_request',
  'model_not_found',
  'server_error',
  'unknown',
  'max_output_tokens',
]);
export type AssistantError = z.infer<typeof assistantError>;

const envelope = { uuid: z.string(), session_id: z.string() };
const threaded = { ...envelope, parent_tool_use_id: z.string().nullable() };

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
  priority: z.enum(['now', 'next', 'later']).optional(),
  timestamp: z.string().optional(),
});

/** One event of a reply that is being streamed: the delta only, never the whole. */
export const streamEventMessage = z.looseObject({
  type: z.literal('stream_event'),
  ...threaded,
  event: z.custom<StreamEvent>((value) => typeof value === 'object' && value !== null && 'type' in value),
  ttft_ms: z.number().optional(),
});

const modelUsage = z.looseObject({
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

/** What a person can do about a failure. The panel draws a button for each. */
export const failureAction = z.enum([
  'retry',
  'continue',
  'set_key',
  'choose_provider',
  'choose_model',
  'open_log',
]);
export type FailureAction = z.infer<typeof failureAction>;

/** A failure told to a person: what happened and what to do. */
export const failure = z.looseObject({
  kind: z.enum([
    'authentication',
    'permission',
    'billing',
    'rate_limit',
    'overloaded',
    'network',
    'certificate',
    'server',
    'invalid_request',
    'model_not_found',
    'prompt_too_long',
    'bad_response',
    'stream_broken',
    'no_provider',
    'no_workspace',
    'storage',
    'internal',
  ]),
  title: z.string(),
  detail: z.string(),
  actions: z.array(failureAction),
  status: z.number().optional(),
});
export type Failure = z.infer<typeof failure>;

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

const system = <Subtype extends string, Shape extends z.ZodRawShape>(subtype: Subtype, shape: Shape) =>
  z.looseObject({ type: z.literal('system'), subtype: z.literal(subtype), ...envelope, ...shape });

/** One run of one hook: `hook_name` is the event and what it was about, as in "PreToolUse:Bash". */
const hookName = { hook_id: z.string(), hook_name: z.string(), hook_event: z.string() };

export const systemMessages = {
  init: system('init', {
    apiKeySource: z.string(),
    claude_code_version: z.string(),
    cwd: z.string(),
    tools: z.array(z.string()),
    mcp_servers: z.array(z.looseObject({ name: z.string(), status: z.string() })),
    model: z.string(),
    permissionMode: permissionMode,
    slash_commands: z.array(z.string()),
    output_style: z.string(),
    skills: z.array(z.string()),
    plugins: z.array(z.looseObject({ name: z.string(), path: z.string() })),
    agents: z.array(z.string()).optional(),
    capabilities: z.array(z.string()).optional(),
  }),
  status: system('status', {
    status: z.enum(['compacting', 'requesting']).nullable(),
    permissionMode: permissionMode.optional(),
    /** Belay: the model in use from here on. */
    model: z.string().optional(),
  }),
  session_state_changed: system('session_state_changed', {
    state: z.enum(['idle', 'running', 'requires_action']),
  }),
  compact_boundary: system('compact_boundary', {
    compact_metadata: z.looseObject({
      trigger: z.enum(['manual', 'auto']),
      pre_tokens: z.number(),
      duration_ms: z.number().optional(),
    }),
  }),
  api_retry: system('api_retry', {
    attempt: z.number(),
    max_retries: z.number(),
    retry_delay_ms: z.number(),
    error_status: z.number().nullable(),
    error: assistantError,
  }),
  permission_denied: system('permission_denied', {
    tool_name: z.string(),
    tool_use_id: z.string(),
    decision_reason_type: z.string().optional(),
    decision_reason: z.string().optional(),
    message: z.string(),
  }),
  informational: system('informational', {
    content: z.string(),
    level: z.enum(['info', 'notice', 'suggestion', 'warning']),
  }),
  hook_started: system('hook_started', { ...hookName }),
  hook_response: system('hook_response', {
    ...hookName,
    output: z.string(),
    stdout: z.string(),
    stderr: z.string(),
    /** Of a command. */
    exit_code: z.number().optional(),
    outcome: z.enum(['success', 'error', 'cancelled']),
  }),
  /** What a command that needs no model has answered. */
  local_command_output: system('local_command_output', { content: z.string() }),
  task_started: system('task_started', {
    task_id: z.string(),
    tool_use_id: z.string().optional(),
    description: z.string(),
    task_type: z.string().optional(),
    is_backgrounded: z.boolean().optional(),
    /** Of a subagent: the name of its definition, what it was asked, and how many agents stand above it. */
    subagent_type: z.string().optional(),
    prompt: z.string().optional(),
    spawn_depth: z.number().optional(),
  }),
  task_notification: system('task_notification', {
    task_id: z.string(),
    tool_use_id: z.string().optional(),
    status: z.enum(['completed', 'failed', 'stopped']),
    output_file: z.string(),
    summary: z.string(),
    usage: z
      .looseObject({ total_tokens: z.number(), tool_uses: z.number(), duration_ms: z.number() })
      .optional(),
  }),
  /** Tokens and cost after each reply, so that a client needn't wait for the end of the turn. */
  'belay/usage_changed': system('belay/usage_changed', {
    /** Tokens the next request will carry at least (input, cache and output of the last one). */
    context_tokens: z.number(),
    context_window: z.number(),
    total_cost_usd: z.number(),
    cost_known: z.boolean(),
    turn_cost_usd: z.number().nullable(),
    model: z.string(),
    usage,
  }),
  /** Deltas shown since the last whole message are void: the request is sent again. */
  'belay/reply_discarded': system('belay/reply_discarded', {
    /** Of the subagent's call whose reply it was; absent: the main agent's. */
    parent_tool_use_id: z.string().optional(),
    message_id: z.string().nullable(),
    reason: z.string(),
  }),
  'belay/checkpoint_created': system('belay/checkpoint_created', {
    id: z.string(),
    tool_use_id: z.string().nullable(),
    /** uuid of the user message whose turn made the change: what `rewind_files` takes. */
    user_message_id: z.string(),
    files: z.array(
      z.looseObject({
        path: z.string(),
        change: z.enum(['created', 'modified', 'deleted']),
        insertions: z.number(),
        deletions: z.number(),
      }),
    ),
    origin: z.enum(['tool', 'shell', 'subagent', 'mcp', 'rewind']),
  }),
  /** Files went back (or forth again). `files` are those that changed on disk. */
  'belay/files_rewound': system('belay/files_rewound', {
    user_message_id: z.string(),
    redo: z.boolean(),
    restored: z.array(z.string()),
    conflicted: z.array(z.looseObject({ path: z.string(), reason: z.string() })),
    skipped: z.array(z.looseObject({ path: z.string(), reason: z.string() })),
    can_redo: z.boolean(),
  }),
  /** The conversation was cut: the named user message and all after it are no longer part of it (they stay on disk). */
  'belay/conversation_rewound': system('belay/conversation_rewound', { user_message_id: z.string() }),
  /** A rewind of the conversation was taken back: the messages that follow as replay are part of it again. */
  'belay/conversation_restored': system('belay/conversation_restored', { user_message_id: z.string() }),
  /** User messages waiting for their turn, oldest first. Sent whenever the queue changes. */
  'belay/queue_changed': system('belay/queue_changed', {
    queued: z.array(z.looseObject({ uuid: z.string(), text: z.string() })),
  }),
} as const;

export type AssistantMessage = z.infer<typeof assistantMessage>;
export type UserMessage = z.infer<typeof userMessage>;
export type StreamEventMessage = z.infer<typeof streamEventMessage>;
export type ResultMessage = z.infer<typeof resultMessage>;
export type ToolProgressMessage = z.infer<typeof toolProgressMessage>;
export type ConversationResetMessage = z.infer<typeof conversationResetMessage>;
export type SystemSubtype = keyof typeof systemMessages;
export type SystemMessageOf<Subtype extends SystemSubtype> = z.infer<(typeof systemMessages)[Subtype]>;
export type SystemMessage = { [Subtype in SystemSubtype]: SystemMessageOf<Subtype> }[SystemSubtype];

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
