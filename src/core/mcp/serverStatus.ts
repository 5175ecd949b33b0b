/** How a server is doing, as the wire tells it. */
import type { McpServerConfig, McpServerStatus } from '../../protocol/mcp.ts';
import { toToolName } from './mcpNames.ts';
import type { McpServer } from './mcpServer.ts';
import type { OfferedTools } from './offeredTools.ts';
import { hasOwnToken } from './serverLogin.ts';
import { toPromptName } from './serverPrompt.ts';
import { problemOf, type ReadyState, type ServerState } from './serverState.ts';

export interface StatusDeps {
  readonly offered: OfferedTools;
  /** Whether a rule takes the whole tool of this name away. */
  readonly isSwitchedOff: (server: string, toolName: string) => boolean;
  /** Somebody can log in from here. */
  readonly canLogIn: boolean;
}

export function toStatus(server: McpServer, deps: StatusDeps): McpServerStatus {
  const { name, config, state, isEnabled } = server;
  const problem = problemOf(state);
  return {
    name,
    status: toWireState(state, isEnabled),
    ...(problem === undefined || !isEnabled ? {} : { error: problem }),
    config: toPublicConfig(config),
    ...toLogin(server, deps),
    ...(state.kind === 'ready' ? describeReady(name, state, deps) : {}),
  };
}

function toLogin({ config, state }: McpServer, { canLogIn }: StatusDeps): Partial<McpServerStatus> {
  if (state.kind === 'ready') return state.client.isLoggedIn() ? { belay_login: 'kept' } : {};
  const isAddress = config.type === 'http' || config.type === 'sse';
  const isWanted = state.kind === 'failed' && state.needsAuth;
  return canLogIn && isWanted && isAddress && !hasOwnToken(config) ? { belay_login: 'wanted' } : {};
}

function toWireState(state: ServerState, isEnabled: boolean): McpServerStatus['status'] {
  if (!isEnabled) return 'disabled';
  switch (state.kind) {
    case 'initializing':
    case 'connecting':
    case 'closing':
      return 'pending';
    case 'ready':
      return 'connected';
    case 'disconnected':
      return state.isReturning ? 'pending' : 'failed';
    case 'failed':
      return state.needsAuth ? 'needs-auth' : 'failed';
    default:
      return state satisfies never;
  }
}

function describeReady(
  server: string,
  { client, tools, prompts }: ReadyState,
  { offered, isSwitchedOff }: StatusDeps,
): Partial<McpServerStatus> {
  return {
    serverInfo: { ...client.serverInfo },
    tools: tools.map((tool) => {
      const { name, title, description, hints } = tool;
      const isOff = isSwitchedOff(server, toToolName(server, name));
      return {
        name,
        description,
        annotations: { ...hints },
        ...(title === name ? {} : { belay_title: title }),
        ...(isOff ? { belay_off: true } : {}),
        ...(offered.changeOf(server, tool) === undefined ? {} : { belay_changed: true }),
      };
    }),
    belay_prompts: prompts.map(({ name, description }) => ({
      name,
      command: toPromptName(server, name),
      ...(description === undefined ? {} : { description }),
    })),
    belay_has_resources: client.capabilities.resources !== undefined,
  };
}

/** Headers and variables hold keys. */
function toPublicConfig(config: McpServerConfig): McpServerStatus['config'] {
  switch (config.type) {
    case 'stdio':
      return { type: 'stdio', command: config.command, args: config.args ?? [] };
    case 'http':
    case 'sse':
      return { type: config.type, url: config.url };
    case 'sdk':
      return { type: 'sdk' };
    default:
      return config satisfies never;
  }
}
