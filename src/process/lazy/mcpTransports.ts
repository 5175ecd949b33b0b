/** A chunk of its own: many sessions have no MCP servers. */
export { createNodeMcpConnector } from '../../node/mcpTransports.ts';
