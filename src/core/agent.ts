/**
 * The agent: one session actor behind one channel. A composition root (src/vscode, src/headless) gives it the ports and the
 * options; whoever holds the other end of the channel drives it with the messages of src/protocol.
 */

import type { McpServerConfig } from '../protocol/mcp.ts';
import type { ModelInfo } from '../protocol/models.ts';
import type { PermissionMode } from '../protocol/permissions.ts';
import type { Checkpoints } from './checkpoints/checkpoints.ts';
import type { SettingSource } from './context/readMemory.ts';
import type { HookSettings } from './hooks/settingsHooks.ts';
import type { McpConnector } from './mcp/connector.ts';
import type { Effort } from './model/modelRequest.ts';
import type { ModelTable } from './model/modelTable.ts';
import type { LayeredRule } from './permissions/decidePermission.ts';
import type {
  Clock,
  Diagnostics,
  FileNews,
  FileSystem,
  LanguageFeatures,
  Log,
  Processes,
  Storage,
  StreamModel,
  Web,
  Workspace,
} from './ports.ts';
import type { SandboxOptions } from './sandbox/sandboxSettings.ts';
import type { SidechainStore, TranscriptStore } from './sessions/transcriptStore.ts';
import type { LiveSettings } from './settings/liveSettings.ts';
import type { RuleProblem } from './settings/sessionSettings.ts';
import type { SubagentOptions } from './subagents/subagents.ts';
import type { JsonSchema } from './tools/jsonSchema.ts';
import type { AnyTool } from './tools/tool.ts';

export interface AgentPorts {
  readonly files: FileSystem;
  readonly processes: Processes;
  readonly web: Web;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
  readonly workspace: Workspace;
  readonly transcripts: TranscriptStore;
  /** Where the conversations of subagents are kept; absent: they are not. */
  readonly sidechains?: SidechainStore | undefined;
  /** undefined: file checkpointing is off. */
  readonly checkpoints: Checkpoints | undefined;
  /** What an editor finds wrong with files; absent: there is no editor. */
  readonly diagnostics?: Diagnostics | undefined;
  /** Tells when files come and go; absent: nobody watches them. */
  readonly fileNews?: FileNews | undefined;
  /** What an editor's language servers know; absent: there is no editor. */
  readonly languageFeatures?: LanguageFeatures | undefined;
  /** Brings MCP servers within reach; absent: only those of the client itself. */
  readonly mcp?: McpConnector | undefined;
  /** Asks the provider chosen at the time of the call: a key set after a 401 counts from the next request on. */
  readonly streamModel: StreamModel;
  /** The settings files, followed while the session runs; absent: what the options say stays. */
  readonly settings?: LiveSettings | undefined;
  /** uuid v4; injected so that tests can name what they expect. */
  readonly createId: () => string;
}

export interface AgentOptions {
  readonly sessionId: string;
  /** Load the transcript of `sessionId` and go on with it. */
  readonly resume: boolean;
  readonly model: string;
  /** Which models there are, what they cost and hold; asked anew for each request, since a provider may change. */
  readonly models: () => ModelTable;
  readonly modelList: () => readonly ModelInfo[];
  readonly permissionMode: PermissionMode;
  /** False: the mode can't be set to bypassPermissions. Default: true. */
  readonly bypassAllowed?: boolean | undefined;
  readonly rules: readonly LayeredRule[];
  /** Rules of settings files that were left out. */
  readonly ruleProblems?: readonly RuleProblem[] | undefined;
  /** Where the user's own settings file lies. undefined: no rule is kept beyond the session. */
  readonly settingsDir?: string | undefined;
  /** Commands run in a sandbox that is like this; the tools must have been made with it, too. undefined: they don't. */
  readonly sandbox?: SandboxOptions | undefined;
  readonly tools: readonly AnyTool[];
  /** MCP servers to connect to, by name. Those of the client itself come with `initialize`. */
  readonly mcpServers?: Readonly<Record<string, McpServerConfig>> | undefined;
  /** undefined: the model can't start subagents. Which files define kinds of them is said by `memory`. */
  readonly subagents?: SubagentOptions | undefined;
  /** In place of Belay's own system prompt. */
  readonly systemPrompt?: readonly string[] | undefined;
  /** At the end of the system prompt. */
  readonly appendSystemPrompt?: string | undefined;
  /** Model round trips in one turn; undefined: no limit. */
  readonly maxTurns?: number | undefined;
  /** US dollars of the session; undefined: no limit. */
  readonly maxBudgetUsd?: number | undefined;
  readonly effort?: Effort | undefined;
  /** As `ModelRequest.maxThinkingTokens`. */
  readonly maxThinkingTokens?: number | undefined;
  /** Each turn answers with an object of this JSON schema, in `structured_output` of its result. */
  readonly jsonSchema?: JsonSchema | undefined;
  /** Hooks of settings files. The client's own come with `initialize`. */
  readonly hooks?: HookSettings | undefined;
  /** Hooks of settings files that were left out and why, for a person. */
  readonly hookProblems?: readonly string[] | undefined;
  /** Emit `hook_started` and `hook_response` messages. */
  readonly hookEvents?: boolean | undefined;
  /** Memory files, commands, skills and kinds of subagents: whose count, and where the user's own lie. undefined: none are read. */
  readonly memory?: { readonly sources: readonly SettingSource[]; readonly configDir: string } | undefined;
  /** Emit `stream_event` messages. */
  readonly partialMessages: boolean;
  /** False: a resumed session does not say again what was said in it. Default: true. */
  readonly replayHistory?: boolean | undefined;
  /** False: nobody can answer a prompt, and what would be asked is denied. */
  readonly interactive: boolean;
  /** The client answers `belay/mcp_sample`, so MCP servers may ask the model. Default: false. */
  readonly sampling?: boolean | undefined;
  /** Where the key comes from, in the words of the wire. Default: `user`. */
  readonly apiKeySource?: string | undefined;
  readonly version: string;
}

export interface Agent {
  readonly sessionId: string;
  /** Ends the turn, the background tasks and the channel, and writes what is to be written. Resolves when all is quiet. */
  close(): Promise<void>;
  /** Stops the running turn and waits for its end. False: none ran. */
  interrupt(): Promise<boolean>;
  /** Resolves when no turn runs and no message waits for one. */
  idle(): Promise<void>;
  /** Resolves after `close`, or when the other side has closed the channel. */
  readonly done: Promise<void>;
}
