/** The control requests about MCP servers. */
import type { Handlers } from '../../channel/peer.ts';
import type { McpServerConfig } from '../../protocol/mcp.ts';
import type { McpServers } from './mcpServers.ts';

type McpRequests = 'mcp_status' | 'mcp_reconnect' | 'mcp_toggle' | 'mcp_set_servers' | 'mcp_message';

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
    mcp_message: async ({ server_name, message }) => {
      mcp.receive(server_name, message);
      return {};
    },
  };
}

/** The servers of a client that named them, as configurations. */
export function toClientServers(names: readonly string[] | undefined): Record<string, McpServerConfig> {
  return Object.fromEntries((names ?? []).map((name) => [name, { type: 'sdk', name }]));
}
