// An MCP server whose tools have texts of a file as title, description and answer. `node hostileServer.mjs FILE`: JSON lines
// with `id` (the name of the tool) and `markdown`.

import { readFile } from 'node:fs/promises';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';

const [file = ''] = process.argv.slice(2);
const server = new McpServer({ name: '<img src=x onerror=alert(1)>', version: '1' });
for (const line of (await readFile(file, 'utf8')).split('\n')) {
  if (line === '') continue;
  const { id, markdown } = JSON.parse(line);
  const facts = { title: markdown.slice(0, 200), description: markdown.slice(0, 1000) };
  server.registerTool(id, facts, () => ({ content: [{ type: 'text', text: markdown }] }));
}
await server.connect(new StdioServerTransport());
