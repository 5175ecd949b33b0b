/**
 * The control protocol: requests in both directions, matched by `request_id`. One table says, for each subtype, who asks
 * whom and the shapes of question and answer; the Peer (src/channel/peer.ts) is typed from it, so that a missing handler
 * does not compile. Subtypes without a slash are the Agent SDK's; those that start with `belay/` are ours.
 */
import * as z from 'zod';
import { agentDefinition, agentInfo } from './agents.ts';
import { mcpServerStatus, mcpServers } from './mcp.ts';
import { failureAction, permissionMode } from './messages.ts';

/**
 * Who answers: `agent` (the session actor), `client` (whoever drives it), `program` (a client that is a program and brought
 * servers of its own along), `editor` (the VS Code host, asked by its panel).
 */
export type Answerer = 'agent' | 'client' | 'program' | 'editor';

const empty = z.looseObject({});

const permissionRule = z.looseObject({ toolName: z.string(), ruleContent: z.string().optional() });
const destination = z.enum(['userSettings', 'projectSettings', 'localSettings', 'session', 'cliArg']);
const ruleChange = <Type extends string>(type: Type) =>
  z.looseObject({
    type: z.literal(type),
    rules: z.array(permissionRule),
    behavior: z.enum(['allow', 'deny', 'ask']),
    destination,
  });
export const permissionUpdate = z.discriminatedUnion('type', [
  ruleChange('addRules'),
  ruleChange('replaceRules'),
  ruleChange('removeRules'),
  z.looseObject({ type: z.literal('setMode'), mode: permissionMode, destination }),
  z.looseObject({ type: z.literal('addDirectories'), directories: z.array(z.string()), destination }),
  z.looseObject({ type: z.literal('removeDirectories'), directories: z.array(z.string()), destination }),
]);
export type PermissionUpdate = z.infer<typeof permissionUpdate>;
export type PermissionRule = z.infer<typeof permissionRule>;

/** The answer of a person or a program to `can_use_tool`. `updatedInput` replaces the whole input. */
export const permissionResult = z.discriminatedUnion('behavior', [
  z.looseObject({
    behavior: z.literal('allow'),
    updatedInput: z.record(z.string(), z.unknown()).optional(),
    updatedPermissions: z.array(permissionUpdate).optional(),
  }),
  z.looseObject({ behavior: z.literal('deny'), message: z.string(), interrupt: z.boolean().optional() }),
]);
export type PermissionResult = z.infer<typeof permissionResult>;

const effortLevel = z.enum(['low', 'medium', 'high', 'xhigh', 'max']);

const modelInfo = z.looseObject({
  value: z.string(),
  displayName: z.string(),
  description: z.string(),
  supportsEffort: z.boolean().optional(),
  supportedEffortLevels: z.array(effortLevel).optional(),
  supportsAdaptiveThinking: z.boolean().optional(),
});
export type ModelInfo = z.infer<typeof modelInfo>;

const fileOutcome = z.looseObject({
  path: z.string(),
  outcome: z.enum(['restored', 'unchanged', 'skipped', 'conflicted']),
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
  /** Belay: a redo of this rewind is possible. */
  canRedo: z.boolean().optional(),
});
export type RewindAnswer = z.infer<typeof rewindAnswer>;

const checkpoint = z.looseObject({
  id: z.string(),
  user_message_id: z.string(),
  tool_use_id: z.string().nullable(),
  created_at: z.string(),
  files: z.array(z.string()),
  origin: z.enum(['tool', 'shell', 'subagent', 'mcp', 'rewind']),
});

const sessionInfo = z.looseObject({
  sessionId: z.string(),
  /** What to show in a list: the title somebody gave, else the first prompt, shortened. */
  summary: z.string(),
  /** Milliseconds since 1970. */
  lastModified: z.number(),
  fileSize: z.number().optional(),
  firstPrompt: z.string().optional(),
  customTitle: z.string().optional(),
  cwd: z.string().optional(),
  createdAt: z.number().optional(),
});
export type SessionInfo = z.infer<typeof sessionInfo>;

/** What can be called with `/name`. `builtin`: Belay answers it itself. */
const slashCommand = z.looseObject({
  name: z.string(),
  description: z.string(),
  argumentHint: z.string(),
  builtin: z.boolean().optional(),
});
export type SlashCommand = z.infer<typeof slashCommand>;

/** Where the model comes from. */
export const providerKind = z.enum(['anthropic', 'local', 'vscode-lm', 'offline']);
export type ProviderKind = z.infer<typeof providerKind>;

/** What the panel shows besides the conversation. The host sends it whole whenever something in it changes. */
export const panelState = z.looseObject({
  session_id: z.string(),
  title: z.string(),
  /** null: nothing chosen yet, the panel shows the first-start page. */
  provider: providerKind.nullable(),
  /** Shown where the provider needs explaining: "Scripted offline tour". */
  provider_label: z.string(),
  model: z.string(),
  models: z.array(modelInfo),
  permission_mode: permissionMode,
  /** False where bypassPermissions has not been allowed by a setting of the user. */
  bypass_allowed: z.boolean(),
  /** Folder the agent works in; null: no folder is open. */
  cwd: z.string().nullable(),
  workspace_problem: z.string().nullable(),
  can_redo: z.boolean(),
  /** CSS custom properties for code colours, taken from the colour theme: `--belay-token-keyword` -> `#c586c0`. */
  token_colors: z.record(z.string(), z.string()),
});
export type PanelState = z.infer<typeof panelState>;

const panelView = z.looseObject({
  draft: z.string(),
  /** uuid of the message at the top of the view and the offset in CSS pixels; null: at the bottom, following. */
  scroll: z.looseObject({ anchor: z.string(), offset: z.number() }).nullable(),
  /** Ids (tool_use ids, `thinking:<message>:<index>`) of the cards that the person opened or closed by hand. */
  open: z.record(z.string(), z.boolean()),
});
export type PanelView = z.infer<typeof panelView>;

const hookMatcher = z.looseObject({
  matcher: z.string().nullish(),
  hookCallbackIds: z.array(z.string()),
  /** Seconds. */
  timeout: z.number().nullish(),
  /** What a failure does: `block` counts it as a block. Default: it is told, and has no say. */
  onFailure: z.enum(['continue', 'block']).nullish(),
});

const spec = <Who extends Answerer, Request extends z.ZodType, Response extends z.ZodType>(
  answeredBy: Who | readonly Who[],
  request: Request,
  response: Response,
) => ({ answeredBy, request, response });

export const controlTable = {
  // ---- answered by the agent ----
  initialize: spec(
    'agent',
    z.looseObject({
      /** Which callbacks of the client are run at which event; they are asked by `hook_callback`. */
      hooks: z.record(z.string(), z.array(hookMatcher)).nullish(),
      /** Servers of the client itself, by name; more of each in `sdkMcpServerConfigs`. */
      sdkMcpServers: z.array(z.string()).optional(),
      sdkMcpServerConfigs: z.record(z.string(), z.looseObject({ timeout: z.number().optional() })).optional(),
      /** Servers to connect to. */
      mcpServers: mcpServers.optional(),
      systemPrompt: z.union([z.string(), z.array(z.string())]).optional(),
      appendSystemPrompt: z.string().optional(),
      /** Each turn answers with an object of this schema. */
      jsonSchema: z.record(z.string(), z.unknown()).optional(),
      /** Kinds of subagents, by name. */
      agents: z.record(z.string(), agentDefinition).optional(),
    }),
    z.looseObject({
      commands: z.array(slashCommand),
      agents: z.array(agentInfo),
      output_style: z.string(),
      available_output_styles: z.array(z.string()),
      models: z.array(modelInfo),
      account: z.looseObject({}),
      /** Present when `mcpServers` was given. */
      mcp_servers_applied: z.boolean().optional(),
    }),
  ),
  interrupt: spec(
    'agent',
    z.looseObject({ cancel_queued: z.boolean().optional() }),
    z.looseObject({ still_queued: z.array(z.string()), cancelled: z.array(z.string()).optional() }),
  ),
  set_permission_mode: spec('agent', z.looseObject({ mode: permissionMode }), empty),
  set_model: spec('agent', z.looseObject({ model: z.string().nullish() }), empty),
  set_max_thinking_tokens: spec('agent', z.looseObject({ max_thinking_tokens: z.number().nullish() }), empty),
  rewind_files: spec(
    'agent',
    z.looseObject({
      user_message_id: z.string(),
      dry_run: z.boolean().optional(),
      /** Belay: only these paths (absolute). */
      paths: z.array(z.string()).optional(),
      /** Belay: what to do with a file that somebody else changed since. Default `merge`: leave it and report it. */
      mode: z.enum(['merge', 'overwrite']).optional(),
      /** Belay: take the last rewind back; `user_message_id` is then ignored. */
      redo: z.boolean().optional(),
    }),
    rewindAnswer,
  ),
  cancel_async_message: spec(
    'agent',
    z.looseObject({ message_uuid: z.string() }),
    z.looseObject({ cancelled: z.boolean() }),
  ),
  stop_task: spec('agent', z.looseObject({ task_id: z.string() }), empty),
  mcp_status: spec('agent', empty, z.looseObject({ mcpServers: z.array(mcpServerStatus) })),
  /** Connect a server anew. An error when it could not be connected. */
  mcp_reconnect: spec('agent', z.looseObject({ serverName: z.string() }), empty),
  mcp_toggle: spec('agent', z.looseObject({ serverName: z.string(), enabled: z.boolean() }), empty),
  /** Replace the servers of earlier such requests, and all those of the client itself. */
  mcp_set_servers: spec(
    'agent',
    z.looseObject({ servers: mcpServers }),
    z.looseObject({
      added: z.array(z.string()),
      removed: z.array(z.string()),
      /** Why a server could not be connected, by its name. */
      errors: z.record(z.string(), z.string()),
    }),
  ),
  /** Settings over those the session was started with; each field replaces what an earlier such request said of it. */
  apply_flag_settings: spec(
    'agent',
    z.looseObject({
      settings: z.looseObject({
        permissions: z
          .looseObject({
            allow: z.array(z.string()).optional(),
            deny: z.array(z.string()).optional(),
            ask: z.array(z.string()).optional(),
          })
          .nullish(),
        model: z.string().nullish(),
        effortLevel: effortLevel.nullish(),
      }),
    }),
    empty,
  ),
  get_settings: spec(
    'agent',
    empty,
    z.looseObject({
      /** What counts now, in the form of a settings file. */
      effective: z.looseObject({}),
      sources: z.array(z.looseObject({ source: z.string() })),
      applied: z.looseObject({ model: z.string(), effort: effortLevel.nullable() }),
    }),
  ),
  list_permission_rules: spec(
    'agent',
    empty,
    z.looseObject({
      state: z.looseObject({
        rules: z.array(
          z.looseObject({
            behavior: z.enum(['allow', 'deny', 'ask']),
            source: z.string(),
            rule: z.string(),
            editability: z.enum(['persistent', 'session', 'readonly']),
          }),
        ),
        workspaceDirectories: z.array(z.looseObject({ path: z.string(), source: z.string() })),
        originalCwd: z.string(),
        managedOnly: z.boolean(),
      }),
    }),
  ),
  rename_session: spec(
    'agent',
    z.looseObject({ title: z.string(), session_id: z.string().optional() }),
    empty,
  ),
  /** The client has read this file into the conversation: it needn't be read again before an edit, unless it changed since. */
  seed_read_state: spec(
    'agent',
    /** `mtime`: milliseconds since 1970. */
    z.looseObject({ path: z.string(), mtime: z.number() }),
    empty,
  ),
  get_context_usage: spec(
    'agent',
    empty,
    z.looseObject({
      categories: z.array(
        z.looseObject({
          name: z.string(),
          tokens: z.number(),
          color: z.string(),
          kind: z.enum(['used', 'free', 'buffer', 'deferred']),
        }),
      ),
      totalTokens: z.number(),
      maxTokens: z.number(),
      percentage: z.number(),
      model: z.string(),
    }),
  ),
  /** Cut the conversation before this user message. Files stay as they are. Answers with its text, for the composer. */
  'belay/conversation_rewind': spec(
    'agent',
    z.looseObject({ user_message_id: z.string() }),
    z.looseObject({ text: z.string() }),
  ),
  /** Take the last `belay/conversation_rewind` back, as long as nothing was said since. */
  'belay/conversation_redo': spec('agent', empty, z.looseObject({ restored: z.boolean() })),
  /** Send the last request again after a failure (or go on after a reply that was cut off). */
  'belay/turn_retry': spec('agent', empty, z.looseObject({ started: z.boolean() })),
  'belay/checkpoint_list': spec('agent', empty, z.looseObject({ checkpoints: z.array(checkpoint) })),
  /** The text of a file before and after the agent's changes since a user message; null where it was absent or is binary. */
  'belay/checkpoint_diff': spec(
    'agent',
    z.looseObject({ user_message_id: z.string(), path: z.string() }),
    z.looseObject({ before: z.string().nullable(), after: z.string().nullable(), binary: z.boolean() }),
  ),

  // ---- answered by the client (a person at the panel, or a program) ----
  can_use_tool: spec(
    'client',
    z.looseObject({
      tool_name: z.string(),
      input: z.record(z.string(), z.unknown()),
      tool_use_id: z.string(),
      permission_suggestions: z.array(permissionUpdate).optional(),
      blocked_path: z.string().optional(),
      decision_reason: z.string().optional(),
      decision_reason_type: z.string().optional(),
      title: z.string().optional(),
      display_name: z.string().optional(),
      description: z.string().optional(),
      agent_id: z.string().optional(),
      requires_user_interaction: z.boolean().optional(),
      /** Belay: SHA-256 (hex) of what is shown; the panel sends it back, and what runs is checked against it. */
      digest: z.string().optional(),
      /** Belay: for a tool that changes a file, the change as it would be. */
      preview: z
        .looseObject({ path: z.string(), before: z.string().nullable(), after: z.string().nullable() })
        .optional(),
    }),
    permissionResult,
  ),
  /** Run a hook that `initialize` named. The answer is read where it is used (protocol/hooks.ts): a bad one is no answer. */
  hook_callback: spec(
    'client',
    z.looseObject({
      callback_id: z.string(),
      input: z.looseObject({ hook_event_name: z.string() }),
      tool_use_id: z.string().optional(),
    }),
    z.unknown(),
  ),

  /**
   * One message of the Model Context Protocol, to or from a server of the client itself. A question is answered with the
   * server's answer; to anything else the answer says nothing.
   */
  mcp_message: spec(
    ['agent', 'program'],
    z.looseObject({ server_name: z.string(), message: z.looseObject({}) }),
    z.looseObject({ mcp_response: z.unknown().optional() }),
  ),

  // ---- answered by the VS Code host, asked by its panel ----
  /** The panel is there (first time, or rebuilt). The host answers with everything it needs to draw itself. */
  'belay/panel_ready': spec(
    'editor',
    empty,
    z.looseObject({
      state: panelState,
      view: panelView,
      /** Messages of the conversation so far, in order; a reply in flight as a few events. */
      messages: z.array(z.unknown()),
      /** An old conversation is still being read: `messages` is empty, and a `belay/panel_reset` follows. */
      loading: z.boolean().optional(),
    }),
  ),
  /** Remember draft, scroll and open cards, so that they survive the end of the webview. */
  'belay/view_save': spec('editor', panelView, empty),
  'belay/session_list': spec('editor', empty, z.looseObject({ sessions: z.array(sessionInfo) })),
  /** Show another session in this panel (null: a new one). A `belay/panel_reset` message follows. */
  'belay/session_open': spec('editor', z.looseObject({ session_id: z.string().nullable() }), empty),
  'belay/provider_choose': spec(
    'editor',
    z.looseObject({ provider: providerKind, base_url: z.string().optional(), model: z.string().optional() }),
    z.looseObject({ chosen: z.boolean(), problem: z.string().optional() }),
  ),
  /** Open a file at a line (1-based), or a diff when `diff_since` names a user message. */
  'belay/file_open': spec(
    'editor',
    z.looseObject({ path: z.string(), line: z.number().optional(), diff_since: z.string().optional() }),
    z.looseObject({ opened: z.boolean(), problem: z.string().optional() }),
  ),
  'belay/link_open': spec('editor', z.looseObject({ href: z.string() }), empty),
  'belay/failure_act': spec('editor', z.looseObject({ action: failureAction }), empty),
} as const;

export type ControlTable = typeof controlTable;
export type Subtype = keyof ControlTable;
export type RequestOf<S extends Subtype> = z.infer<ControlTable[S]['request']>;
export type ResponseOf<S extends Subtype> = z.infer<ControlTable[S]['response']>;
/** The subtypes that one side answers. */
export type AnsweredBy<Who extends Answerer> = {
  [S in Subtype]: [Extract<ControlTable[S]['answeredBy'], Who>] extends [never] ? never : S;
}[Subtype];

/** Messages of the host to its own panel that are no part of the conversation. */
export const panelMessages = {
  /** Something in the state changed. */
  'belay/panel_state': z.looseObject({
    type: z.literal('system'),
    subtype: z.literal('belay/panel_state'),
    state: panelState,
  }),
  /** Ask `belay/panel_ready` again and start over: another session is shown now, or the conversation has been read. */
  'belay/panel_reset': z.looseObject({ type: z.literal('system'), subtype: z.literal('belay/panel_reset') }),
  /** Put the cursor into the composer; `text`, when given, replaces an empty draft. */
  'belay/composer_focus': z.looseObject({
    type: z.literal('system'),
    subtype: z.literal('belay/composer_focus'),
    text: z.string().optional(),
  }),
  /** Open the rewind dialog for this user message (or the last one). */
  'belay/rewind_ask': z.looseObject({
    type: z.literal('system'),
    subtype: z.literal('belay/rewind_ask'),
    user_message_id: z.string().nullable(),
  }),
} as const;
export type PanelMessage = {
  [S in keyof typeof panelMessages]: z.infer<(typeof panelMessages)[S]>;
}[keyof typeof panelMessages];

// ---- envelopes ----
export const controlRequest = z.looseObject({
  type: z.literal('control_request'),
  request_id: z.string(),
  request: z.looseObject({ subtype: z.string() }),
});
export const controlResponse = z.looseObject({
  type: z.literal('control_response'),
  response: z.discriminatedUnion('subtype', [
    z.looseObject({
      subtype: z.literal('success'),
      request_id: z.string(),
      response: z.unknown().optional(),
    }),
    z.looseObject({ subtype: z.literal('error'), request_id: z.string(), error: z.string() }),
  ]),
});
export const controlCancel = z.looseObject({
  type: z.literal('control_cancel_request'),
  request_id: z.string(),
});

export type ControlRequest = z.infer<typeof controlRequest>;
export type ControlResponse = z.infer<typeof controlResponse>;
