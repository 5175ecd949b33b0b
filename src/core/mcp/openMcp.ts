/** The MCP servers of a session, joined to what its requests begin with. */
import type { Peer } from '../../channel/peer.ts';
import type { AgentOptions, AgentPorts } from '../agent.ts';
import { askBeside } from '../loop/askBeside.ts';
import type { Emitter } from '../loop/emitter.ts';
import type { SessionSetup } from '../loop/sessionSetup.ts';
import type { UsageMeter } from '../loop/usageMeter.ts';
import { createElicit } from './elicitation.ts';
import { MCP_LIMITS } from './mcpServer.ts';
import { McpServers } from './mcpServers.ts';
import { createSample, type SampleDeps } from './sampling.ts';
import type { StatusDeps } from './serverStatus.ts';

export interface McpOpening {
  readonly ports: AgentPorts;
  readonly options: AgentOptions;
  readonly setup: SessionSetup;
  readonly emitter: Emitter;
  readonly request: Peer['request'];
  readonly onPromptsChanged: () => void;
  /** Tells the model something with the next message. */
  readonly notice: (text: string) => void;
  /** Resolves when no turn runs: the tools of one that does stay what they are. */
  readonly idle: () => Promise<void>;
  readonly isSwitchedOff: StatusDeps['isSwitchedOff'];
  readonly meter: UsageMeter;
  /** Id of the session's model. */
  readonly model: () => string;
}

/** Connects to nothing yet. */
export function openMcp(opening: McpOpening): McpServers {
  const { ports, options, setup, emitter, request, notice, idle, onPromptsChanged } = opening;
  const { meter, model } = opening;
  const sampling: SampleDeps = {
    ...{ request, model },
    askModel: (question, signal) => askBeside(question, { ...ports, meter, models: options.models }, signal),
    isSpent: () => meter.totalCost >= (options.maxBudgetUsd ?? Number.POSITIVE_INFINITY),
  };
  const mcp = new McpServers({
    elicit: createElicit(request),
    sample: options.sampling === true ? createSample(sampling) : undefined,
    onElicited: (mcp_server_name, elicitation_id) =>
      void emitter.emitSystem('elicitation_complete', { mcp_server_name, elicitation_id }),
    onPromptsChanged,
    connector: ports.mcp,
    askClient: (message, how) => request('mcp_message', message, how),
    clock: ports.clock,
    log: ports.log,
    workspace: ports.workspace,
    version: options.version,
    limits: MCP_LIMITS,
    onSet: () => void idle().then(() => setup.refreshTools()),
    onToolsChanged: notice,
    isSwitchedOff: opening.isSwitchedOff,
    // Only a person looks at servers while they work.
    onStatusChanged: () => {
      if (options.interactive) void emitter.emitSystem('belay/mcp_changed', {});
    },
  });
  setup.addTools(() => mcp.tools());
  setup.addSection(() => mcp.instructions());
  return mcp;
}
