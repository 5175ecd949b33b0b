/** What the agent says of itself: messages of type `system`, by their subtype. Those that start with `belay/` are Belay's. */
import * as z from 'zod';
import { slashCommand } from './commands.ts';
import { envelope } from './envelope.ts';
import { assistantError } from './failure.ts';
import { permissionMode } from './permissions.ts';
import { pendingSettings } from './settings.ts';
import { usage } from './usage.ts';

const system = <Subtype extends string, Shape extends z.ZodRawShape>(subtype: Subtype, shape: Shape) =>
  z.looseObject({ type: z.literal('system'), subtype: z.literal(subtype), ...envelope, ...shape });

/** One run of one hook: `hook_name` is the event and what it was about, as in "PreToolUse:Bash". */
const hookName = { hook_id: z.string(), hook_name: z.string(), hook_event: z.string() };

/** Of a subagent: tokens its context holds, calls it has made, milliseconds since it was started. */
const taskUsage = z.looseObject({ total_tokens: z.number(), tool_uses: z.number(), duration_ms: z.number() });

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
  /** The commands there are now, in place of all that were told before. */
  commands_changed: system('commands_changed', { commands: z.array(slashCommand) }),
  /** An MCP server says that what it asked for by a page has been done. */
  elicitation_complete: system('elicitation_complete', {
    mcp_server_name: z.string(),
    elicitation_id: z.string(),
  }),
  /** What a command that needs no model has answered. */
  local_command_output: system('local_command_output', {
    content: z.string(),
    /** The content is what a shell command of the person has put out, as in a terminal. */
    is_terminal: z.boolean().optional(),
    /** Of a typed command: its call (`toTypedCallId`), whose progress came before. */
    tool_use_id: z.string().optional(),
    /** The process ended while it ran: the content says what is known of it. */
    is_cut_off: z.boolean().optional(),
  }),
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
  /** What a subagent in the background has come to so far: after each of its replies. */
  task_progress: system('task_progress', {
    task_id: z.string(),
    tool_use_id: z.string().optional(),
    description: z.string(),
    subagent_type: z.string().optional(),
    usage: taskUsage,
    last_tool_name: z.string().optional(),
  }),
  /** What has changed of a task: it has ended. */
  task_updated: system('task_updated', {
    task_id: z.string(),
    patch: z.looseObject({
      status: z.enum(['pending', 'running', 'completed', 'failed', 'killed', 'paused']).optional(),
      /** Milliseconds since 1970. */
      end_time: z.number().optional(),
      error: z.string().optional(),
      is_backgrounded: z.boolean().optional(),
    }),
  }),
  /** All that runs in the background now, in place of what was told before. */
  background_tasks_changed: system('background_tasks_changed', {
    tasks: z.array(
      z.looseObject({
        task_id: z.string(),
        task_type: z.string(),
        description: z.string(),
        /** Of a subagent. */
        subagent_type: z.string().optional(),
      }),
    ),
  }),
  task_notification: system('task_notification', {
    task_id: z.string(),
    tool_use_id: z.string().optional(),
    status: z.enum(['completed', 'failed', 'stopped']),
    output_file: z.string(),
    summary: z.string(),
    usage: taskUsage.optional(),
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
  /** How far it is known what lies in a folder of the workspace, so that what commands change there can be taken back. */
  'belay/capture_changed': system('belay/capture_changed', {
    root: z.string(),
    state: z.enum(['unread', 'reading', 'ready', 'off']),
    /** Files known so far. */
    files: z.number().optional(),
    /** Bytes read so far; only while reading. */
    bytes: z.number().optional(),
    /** Files that can't be kept (too large, not to be read), the first hundred, absolute; only when ready. */
    unkept: z.array(z.string()).optional(),
    /** Why nothing is captured; only when off. */
    reason: z.string().optional(),
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
  /** The permission rules are others now; `list_permission_rules` says which. */
  /** What `mcp_status` says may be something else now. */
  'belay/mcp_changed': system('belay/mcp_changed', {}),
  'belay/permission_rules_changed': system('belay/permission_rules_changed', {}),
  /** Files of the project that hold something a person has not seen, in place of what was told before. It is not in force. */
  'belay/settings_pending': system('belay/settings_pending', { files: z.array(pendingSettings) }),
  /** User messages waiting for their turn, oldest first. Sent whenever the queue changes. */
  'belay/queue_changed': system('belay/queue_changed', {
    queued: z.array(
      z.looseObject({
        uuid: z.string(),
        text: z.string(),
        /** It goes to the agent in the middle of the turn that runs. */
        is_now: z.boolean().optional(),
      }),
    ),
  }),
} as const;

export type SystemSubtype = keyof typeof systemMessages;
export type SystemMessageOf<Subtype extends SystemSubtype> = z.infer<(typeof systemMessages)[Subtype]>;
export type SystemMessage = { [Subtype in SystemSubtype]: SystemMessageOf<Subtype> }[SystemSubtype];
