/** What a program says of the agent it wants. Names and meanings are those of the Agent SDK's `Options`. */
import type { AgentDefinition } from '../protocol/agents.ts';
import type { McpServerConfig } from '../protocol/mcp.ts';
import type { PermissionMode, PermissionResult, PermissionUpdate } from '../protocol/permissions.ts';
import type { SdkMcpServer } from './mcpServer.ts';

export interface PermissionQuestionContext {
  /** Aborted when the question is no longer open. */
  readonly signal: AbortSignal;
  readonly suggestions: readonly PermissionUpdate[];
  readonly toolUseID: string;
  /** The subagent that asks; undefined: the main agent. */
  readonly agentID: string | undefined;
  readonly decisionReason: string | undefined;
  readonly blockedPath: string | undefined;
  readonly title: string | undefined;
}

export type CanUseTool = (
  toolName: string,
  input: Readonly<Record<string, unknown>>,
  context: PermissionQuestionContext,
) => Promise<PermissionResult>;

export type HookInput = { readonly hook_event_name: string; readonly [field: string]: unknown };

/** Answers with the hook's output; `{}` where it has no say. */
/** What an MCP server wants of the person: the fields of a form, or a page to be opened. */
export interface ElicitationRequest {
  readonly serverName: string;
  readonly message: string;
  readonly mode?: 'form' | 'url' | undefined;
  readonly url?: string | undefined;
  readonly elicitationId?: string | undefined;
  /** JSON schema of the fields. */
  readonly requestedSchema?: Record<string, unknown> | undefined;
}

/** null counts as a refusal. */
export type OnElicitation = (
  request: ElicitationRequest,
  options: { readonly signal: AbortSignal },
) => Promise<{ action: 'accept' | 'decline' | 'cancel'; content?: Record<string, unknown> } | null>;

/** An MCP server wants the model to answer something, at the cost of the session. */
export interface McpSampleRequest {
  readonly serverName: string;
  /** Texts and pictures. */
  readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly content: readonly object[] }[];
  readonly systemPrompt?: string | undefined;
  readonly modelHints?: readonly string[] | undefined;
  /** The model that would answer. */
  readonly model: string;
  readonly maxTokens: number;
}

/** False: it is not asked. */
export type OnMcpSample = (
  request: McpSampleRequest,
  options: { readonly signal: AbortSignal },
) => Promise<boolean>;

export type HookCallback = (
  input: HookInput,
  toolUseID: string | undefined,
  options: { readonly signal: AbortSignal },
) => Promise<object>;

export interface HookMatcher {
  readonly matcher?: string;
  readonly hooks: readonly HookCallback[];
  /** Seconds. */
  readonly timeout?: number;
}

/** A server to start or reach, or one that lives in this program. */
export type McpServerOption =
  | Exclude<McpServerConfig, { readonly type: 'sdk' }>
  | (Omit<Extract<McpServerConfig, { readonly type: 'stdio' }>, 'type'> & { readonly type?: 'stdio' })
  | SdkMcpServer;

export interface Options {
  /**
   * `process` (default): a process of its own, so that nothing that happens in it can harm this one. `inProcess`: within
   * this process, which starts faster.
   */
  readonly transport?: 'inProcess' | 'process';
  /** Where the agent works. Default: where this process does. */
  readonly cwd?: string;
  /** In place of the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The program that runs the executable. Default: the one that runs this. */
  readonly executable?: string;
  /** Default: `belay.cjs` beside this file. */
  readonly pathToClaudeCodeExecutable?: string;
  readonly abortController?: AbortController;
  /** Gets what the agent writes to standard error. */
  readonly stderr?: (text: string) => void;

  readonly model?: string;
  readonly effort?: 'low' | 'medium' | 'high' | 'xhigh' | 'max';
  readonly maxThinkingTokens?: number;
  readonly systemPrompt?:
    | string
    | readonly string[]
    | { readonly type: 'preset'; readonly preset: 'claude_code'; readonly append?: string };
  /** Model requests in one turn. */
  readonly maxTurns?: number;
  /** US dollars of the session. */
  readonly maxBudgetUsd?: number;
  readonly outputFormat?: {
    readonly type: 'json_schema';
    readonly schema: Readonly<Record<string, unknown>>;
  };
  readonly includePartialMessages?: boolean;
  readonly includeHookEvents?: boolean;

  readonly permissionMode?: PermissionMode;
  readonly allowDangerouslySkipPermissions?: boolean;
  /** Rules: what needs no permission. */
  readonly allowedTools?: readonly string[];
  readonly disallowedTools?: readonly string[];
  /** The only built-in tools; undefined: all. */
  readonly tools?: readonly string[];
  /** Without it nobody can be asked, and what would be asked is denied. */
  readonly canUseTool?: CanUseTool;
  /** Absent: what MCP servers ask for is declined. */
  readonly onElicitation?: OnElicitation;
  /** Absent: MCP servers can't ask the model. */
  readonly onMcpSample?: OnMcpSample;
  readonly hooks?: Readonly<Record<string, readonly HookMatcher[]>>;
  readonly additionalDirectories?: readonly string[];
  readonly enableFileCheckpointing?: boolean;

  /** Settings, memory, commands and agents of whom are read. Default: of all. */
  readonly settingSources?: readonly ('user' | 'project' | 'local')[];
  /** A file, or JSON. */
  readonly settings?: string;
  readonly agents?: Readonly<Record<string, AgentDefinition>>;
  readonly mcpServers?: Readonly<Record<string, McpServerOption>>;
  readonly strictMcpConfig?: boolean;

  readonly continue?: boolean;
  /** Id of a session. */
  readonly resume?: string;
  readonly resumeSessionAt?: string;
  readonly forkSession?: boolean;
  readonly sessionId?: string;
  /** False: nothing is kept of the session. */
  readonly persistSession?: boolean;
}
