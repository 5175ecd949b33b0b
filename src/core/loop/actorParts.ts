/** The parts of a session that its actor joins. */
import type { PermissionUpdate } from '../../protocol/permissions.ts';
import type { AgentOptions, AgentPorts } from '../agent.ts';
import type { Commands } from '../commands/commands.ts';
import type { FileIndex } from '../context/fileIndex.ts';
import type { Memory } from '../context/memory.ts';
import type { SessionHooks } from '../hooks/sessionHooks.ts';
import type { McpServers } from '../mcp/mcpServers.ts';
import type { MutablePermissionState } from '../permissions/permissionState.ts';
import type { Session } from '../sessions/session.ts';
import type { SubagentCalls } from '../subagents/runSubagent.ts';
import type { Subagents } from '../subagents/subagents.ts';
import type { ReadState } from '../tools/readState.ts';
import type { Emitter } from './emitter.ts';
import type { RunToolCallDeps } from './runToolCall.ts';
import type { Prefix, SessionSetup } from './sessionSetup.ts';
import type { UsageMeter } from './usageMeter.ts';

export interface ActorParts {
  readonly ports: AgentPorts;
  readonly options: AgentOptions;
  readonly session: Session;
  readonly emitter: Emitter;
  readonly meter: UsageMeter;
  readonly permissions: MutablePermissionState;
  /** As AuthorizeDeps.remember; resolves with what could not be done, for a person. */
  readonly remember: (updates: readonly PermissionUpdate[]) => Promise<readonly string[]>;
  readonly readState: ReadState;
  readonly hooks: SessionHooks;
  /** What the calls of a turn are given (or those of a subagent); `userMessageId` is the message that started the turn. */
  readonly callDeps: (
    userMessageId: string,
    tools: Prefix['tools'],
    subagent?: SubagentCalls,
  ) => RunToolCallDeps;
  /** When it is known what the calls that have been answered have changed. */
  readonly recorded: () => Promise<void>;
  /** The prefix of every request, fixed with the first turn. */
  readonly setup: SessionSetup;
  readonly mcp: McpServers;
  /** For mentions. */
  readonly fileIndex: FileIndex;
  readonly subagents: Subagents;
  readonly memory: Memory;
  readonly commands: Commands;
}
