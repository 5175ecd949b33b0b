/** The control requests about MCP servers. */
import type { Handlers } from '../../channel/peer.ts';
import type { RequestOf } from '../../protocol/control.ts';
import type { McpServerConfig } from '../../protocol/mcp.ts';
import type { McpServers } from './mcpServers.ts';

type McpRequests =
  | 'mcp_status'
  | 'mcp_reconnect'
  | 'mcp_toggle'
  | 'mcp_set_servers'
  | 'mcp_message'
  | 'belay/mcp_login'
  | 'belay/mcp_logout'
  | 'belay/mcp_log'
  | 'belay/mcp_resources'
  | 'belay/mcp_tool_change'
  | 'belay/mcp_tool_accept';

export function createMcpHandlers(mcp: McpServers): Pick<Handlers<'agent'>, McpRequests> {
  return {
    mcp_status: async () => ({ mcpServers: mcp.status() }),
    mcp_reconnect: async ({ serverName }) => {
      await mcp.reconnect(serverName);
      return {};
    },
    mcp_toggle: async ({ serverName, enabled }) => {
      await mcp.toggle(serverName, enabled);
      return {};
    },
    mcp_set_servers: ({ servers }) => mcp.set(servers),
    'belay/mcp_login': async ({ serverName }, { signal }) => {
      await mcp.logIn(serverName, signal);
      return {};
    },
    'belay/mcp_logout': async ({ serverName }) => {
      await mcp.logOut(serverName);
      return {};
    },
    'belay/mcp_log': async ({ serverName }) => ({
      entries: mcp.log(serverName).map((entry) => ({ ...entry })),
    }),
    'belay/mcp_resources': async ({ serverName }) => {
      const answer = await mcp.recentResources(serverName);
      if (answer.kind !== 'answer') throw new Error(answer.problem);
      return { resources: answer.value.map((resource) => ({ ...resource })) };
    },
    'belay/mcp_tool_change': async ({ serverName, toolName }) => ({
      ...mcp.toolChange(serverName, toolName),
    }),
    'belay/mcp_tool_accept': async ({ serverName, toolName, after }) => {
      mcp.acceptTool(serverName, toolName, after);
      return {};
    },
    mcp_message: async ({ server_name, message }) => {
      mcp.receive(server_name, message);
      return {};
    },
  };
}

type ToldServers = Pick<RequestOf<'initialize'>, 'sdkMcpServers' | 'sdkMcpServerConfigs' | 'mcpServers'>;

/** The servers that a client names when it begins: its own, and others to connect to. */
export function toToldServers(told: ToldServers): Record<string, McpServerConfig> {
  const { sdkMcpServers = [], sdkMcpServerConfigs = {}, mcpServers = {} } = told;
  const own = sdkMcpServers.map((name): [string, McpServerConfig] => {
    const timeout = Object.hasOwn(sdkMcpServerConfigs, name) ? sdkMcpServerConfigs[name]?.timeout : undefined;
    return [name, { type: 'sdk', name, ...(timeout === undefined ? {} : { timeout }) }];
  });
  return { ...mcpServers, ...Object.fromEntries(own) };
}
