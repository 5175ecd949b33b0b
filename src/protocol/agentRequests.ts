/** The control requests that the agent answers. */
import * as z from 'zod';
import { agentDefinition, agentInfo } from './agents.ts';
import {
  checkpoint,
  conflictRequest,
  diffRequest,
  fileConflict,
  fileDiff,
  otherChange,
  rewindAnswer,
  rewindRequest,
} from './checkpoints.ts';
import { slashCommand } from './commands.ts';
import { spec } from './controlSpec.ts';
import { hookMatcher } from './hooks.ts';
import { mcpServerStatus, mcpServers } from './mcp.ts';
import { effortLevel, modelInfo } from './models.ts';
import { namedRule, permissionMode, permissionUpdate, ruleBehavior } from './permissions.ts';
import { queueChange } from './queue.ts';

const empty = z.looseObject({});

export const agentRequests = {
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
  rewind_files: spec('agent', rewindRequest, rewindAnswer),
  cancel_async_message: spec(
    'agent',
    z.looseObject({ message_uuid: z.string() }),
    z.looseObject({ cancelled: z.boolean() }),
  ),
  /** `changed` is false when the message does not wait (any more). */
  'belay/queue_change': spec(
    'agent',
    z.looseObject({ message_uuid: z.string(), change: queueChange }),
    z.looseObject({ changed: z.boolean() }),
  ),
  /** Has a call that runs (a command, a subagent) go on in the background, or all of them without `tool_use_id`. */
  background_tasks: spec(
    'agent',
    z.looseObject({ tool_use_id: z.string().optional() }),
    /** False: there is no such call. */
    z.looseObject({ backgrounded: z.boolean() }),
  ),
  /** Files and folders of the workspace whose path has the letters of the query in their order, the best first. */
  file_suggestions: spec(
    'agent',
    z.looseObject({ query: z.string() }),
    z.looseObject({
      suggestions: z.array(
        /** Relative to the folder of the session, with slashes. */
        z.looseObject({ path: z.string(), type: z.enum(['file', 'directory']) }),
      ),
    }),
  ),
  /** Names of the workspace's code that are like the query, the best first, as the editor's language servers know them. */
  'belay/symbol_suggestions': spec(
    'agent',
    z.looseObject({ query: z.string() }),
    z.looseObject({
      symbols: z.array(
        /** `path`: relative to the folder of the session, with slashes. Lines from 1. */
        z.looseObject({
          name: z.string(),
          kind: z.string(),
          container: z.string().optional(),
          path: z.string(),
          line: z.number(),
          lastLine: z.number(),
        }),
      ),
    }),
  ),
  stop_task: spec('agent', z.looseObject({ task_id: z.string() }), empty),
  mcp_status: spec('agent', empty, z.looseObject({ mcpServers: z.array(mcpServerStatus) })),
  /** Take a person through the login of a server, and connect it anew. An error says why nobody is logged in. */
  'belay/mcp_login': spec('agent', z.looseObject({ serverName: z.string() }), empty),
  /** Forget the login of a server, and connect it without. */
  'belay/mcp_logout': spec('agent', z.looseObject({ serverName: z.string() }), empty),
  /** What a server has said and what became of it, oldest first. `at`: milliseconds since 1970. */
  'belay/mcp_log': spec(
    'agent',
    z.looseObject({ serverName: z.string() }),
    z.looseObject({
      entries: z.array(z.looseObject({ at: z.number(), level: z.string(), text: z.string() })),
    }),
  ),
  /** Resources of all servers that have any, or of one. */
  'belay/mcp_resources': spec(
    'agent',
    z.looseObject({ serverName: z.string().optional() }),
    z.looseObject({
      resources: z.array(
        z.looseObject({
          server: z.string(),
          uri: z.string(),
          name: z.string(),
          mimeType: z.string().optional(),
          description: z.string().optional(),
        }),
      ),
    }),
  ),
  /** Offer a tool, or take it away: a rule is made or removed. `problem`: why it could not be done, for a person. */
  'belay/mcp_tool_toggle': spec(
    'agent',
    z.looseObject({ serverName: z.string(), toolName: z.string(), enabled: z.boolean() }),
    z.looseObject({ problem: z.string().optional() }),
  ),
  /** What has become of a tool since the model was told of it. An error when it is the same. */
  'belay/mcp_tool_change': spec(
    'agent',
    z.looseObject({ serverName: z.string(), toolName: z.string() }),
    z.looseObject({ before: z.string(), after: z.string() }),
  ),
  /** A person has seen that change. `after`: what they saw; an error when it is something else by now. */
  'belay/mcp_tool_accept': spec(
    'agent',
    z.looseObject({ serverName: z.string(), toolName: z.string(), after: z.string() }),
    empty,
  ),
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
        rules: z.array(namedRule.extend({ editability: z.enum(['persistent', 'session', 'readonly']) })),
        workspaceDirectories: z.array(z.looseObject({ path: z.string(), source: z.string() })),
        originalCwd: z.string(),
        managedOnly: z.boolean(),
        /** Belay: rules of settings files that can't be understood and are left out, with their line from 1. */
        problems: z.array(namedRule.extend({ line: z.number().optional() })).optional(),
      }),
    }),
  ),
  /** What would be decided about a call of a built-in tool, and why. Nothing is run. */
  'belay/permission_explain': spec(
    'agent',
    z.looseObject({ tool_name: z.string(), input: z.record(z.string(), z.unknown()) }),
    z.looseObject({
      behavior: ruleBehavior,
      mode: permissionMode,
      reasons: z.array(z.looseObject({ type: z.string(), text: z.string(), rule: namedRule.optional() })),
      /** The commands of a command line, in order. */
      parts: z.array(
        z.looseObject({ text: z.string(), behavior: z.enum(['allow', 'ask']), reason: z.string() }),
      ),
    }),
  ),
  /** Adds rules or takes them away, as the answer to `can_use_tool` can, also in settings files. For a person's own hand. */
  'belay/permission_change': spec(
    'agent',
    z.looseObject({ update: permissionUpdate }),
    /** `problem`: why a settings file could not be changed, for a person. */
    z.looseObject({ problem: z.string().optional() }),
  ),
  /** What a file of `belay/settings_pending` held when it was approved, and what it holds now; empty: it wasn't there. */
  'belay/settings_diff': spec(
    'agent',
    z.looseObject({ file: z.string() }),
    z.looseObject({ hash: z.string(), before: z.string(), after: z.string() }),
  ),
  /** A person has seen what the file holds, and it is to count. For a person's own hand. */
  'belay/settings_approve': spec(
    'agent',
    z.looseObject({ file: z.string(), hash: z.string() }),
    /** `problem`: why it does not count, for a person. */
    z.looseObject({ problem: z.string().optional() }),
  ),
  rename_session: spec(
    'agent',
    z.looseObject({ title: z.string(), session_id: z.string().optional() }),
    empty,
  ),
  /** As the Agent SDK's `tagSession`; empty: none. */
  'belay/tag_set': spec('agent', z.looseObject({ tag: z.string() }), empty),
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
  /** What the model is told before the next message of the person: something they have done outside of the conversation. */
  'belay/notice_add': spec('agent', z.looseObject({ text: z.string() }), empty),
  'belay/checkpoint_list': spec('agent', empty, z.looseObject({ checkpoints: z.array(checkpoint) })),
  /** What other sessions of the workspace have changed of a file, oldest first. */
  'belay/file_history': spec(
    'agent',
    z.looseObject({ path: z.string() }),
    z.looseObject({ changes: z.array(otherChange) }),
  ),
  /** The text of a file before and after the agent's changes since a point, or of one call. */
  'belay/checkpoint_diff': spec('agent', diffRequest, fileDiff),
  /** Both sides of a file that somebody else has changed too. */
  'belay/checkpoint_conflict': spec('agent', conflictRequest, fileConflict),
} as const;
