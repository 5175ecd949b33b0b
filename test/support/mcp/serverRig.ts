/** The MCP servers of a session without the session: real servers, real transports, a real clock. */

import type { AskClient } from '../../../src/core/mcp/clientTransport.ts';
import type { Elicit } from '../../../src/core/mcp/elicitation.ts';
import { MCP_LIMITS, type McpLimits } from '../../../src/core/mcp/mcpServer.ts';
import { McpServers } from '../../../src/core/mcp/mcpServers.ts';
import type { Sample } from '../../../src/core/mcp/sampling.ts';
import type { LoginPorts } from '../../../src/core/mcp/serverLogin.ts';
import type { ToolContext, ToolOutcome } from '../../../src/core/tools/tool.ts';
import { createNodeClock } from '../../../src/node/clock.ts';
import { createNodeMcpConnector } from '../../../src/node/mcpTransports.ts';
import type { ToolResultContent } from '../../../src/protocol/blocks.ts';
import type { McpServerConfig, McpServerStatus } from '../../../src/protocol/mcp.ts';

export interface RigOptions {
  readonly servers?: Readonly<Record<string, McpServerConfig>>;
  readonly limits?: Partial<McpLimits>;
  readonly askClient?: AskClient;
  readonly elicit?: Elicit;
  readonly login?: LoginPorts;
  readonly sample?: Sample;
  /** Folders the agent works in. */
  readonly roots?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface Called {
  readonly content: ToolResultContent;
  readonly isError: boolean;
  readonly progress: readonly string[];
}

interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: () => void;
}

export interface ServerRig {
  readonly mcp: McpServers;
  /** Things the model was told. */
  readonly notices: string[];
  /** Names of the tools that are offered. */
  names(): Promise<readonly string[]>;
  call(name: string, input?: Record<string, unknown>, options?: CallOptions): Promise<Called>;
  statusOf(name: string): McpServerStatus | undefined;
  /** Resolves when the server's status is this one. */
  until(name: string, status: McpServerStatus['status']): Promise<McpServerStatus>;
}

const nothing = (): void => undefined;

export function createServerRig({
  servers = {},
  limits,
  askClient,
  elicit,
  login,
  sample,
  roots = ['/w', '/my folder'],
  env,
}: RigOptions = {}): ServerRig {
  const clock = createNodeClock();
  const notices: string[] = [];
  const mcp = new McpServers({
    connector: createNodeMcpConnector({
      ...{ cwd: process.cwd(), platform: 'linux', env: env ?? process.env },
      login,
    }),
    askClient: askClient ?? (async () => Promise.reject(new Error('There is no client.'))),
    elicit: elicit ?? (async () => ({ action: 'decline' })),
    sample,
    onElicited: nothing,
    onPromptsChanged: nothing,
    clock,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    workspace: {
      cwd: '/w',
      roots: [...roots],
      home: '/home/u',
      platform: 'linux',
      trusted: true,
      osDescription: 'Linux',
    },
    version: '0.0.0',
    limits: { ...MCP_LIMITS, pauseMs: 20, ...limits },
    onSet: nothing,
    onToolsChanged: (notice) => notices.push(notice),
    isSwitchedOff: () => false,
    onStatusChanged: nothing,
  });
  mcp.add(servers);
  const statusOf = (name: string) => mcp.status().find((status) => status.name === name);
  return {
    mcp,
    notices,
    names: async () => (await mcp.tools()).map(({ name }) => name),
    statusOf,
    async call(name, input = {}, { signal = new AbortController().signal, onProgress } = {}) {
      const tool = (await mcp.tools()).find((candidate) => candidate.name === name);
      if (tool === undefined) throw new Error(`there is no tool ${name}`);
      const progress: string[] = [];
      const running = tool.run(input, { signal } as ToolContext);
      for (;;) {
        const step = await running.next();
        if (step.done !== true) {
          progress.push(step.value.output);
          onProgress?.();
          continue;
        }
        const { output, isError }: ToolOutcome<unknown> = step.value;
        return { content: tool.toResultContent(output), isError, progress };
      }
    },
    async until(name, status) {
      for (;;) {
        const now = statusOf(name);
        if (now?.status === status) return now;
        await clock.sleep(5);
      }
    },
  };
}
