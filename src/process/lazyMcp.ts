/** A McpConnector that loads what it stands on with the first server. */
import type { McpConnector } from '../core/mcp/connector.ts';
import type { McpConnectorOptions } from '../node/mcpTransports.ts';

export function createLazyMcpConnector(options: McpConnectorOptions): McpConnector {
  return {
    async connect(config) {
      const { createNodeMcpConnector } = await import('./lazy/mcpTransports.ts');
      return createNodeMcpConnector(options).connect(config);
    },
  };
}
