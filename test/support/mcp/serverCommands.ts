/** MCP servers that tests start: the official one that shows everything, and one that does what servers must not. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../../scripts/run.mjs';
import type { McpServerConfig } from '../../../src/protocol/mcp.ts';

type StdioConfig = Extract<McpServerConfig, { type: 'stdio' }>;

const require = createRequire(import.meta.url);

export const everythingPath = require.resolve('@modelcontextprotocol/server-everything/dist/index.js');

export const loginExamplePath = require.resolve(
  '@modelcontextprotocol/sdk/examples/server/simpleStreamableHttp.js',
);

export const everything: StdioConfig = {
  type: 'stdio',
  command: process.execPath,
  args: [everythingPath, 'stdio'],
};

/** `mode`: how it misbehaves from the start. */
export function naughty(
  mode: 'good' | 'silent' | 'die' | 'flood' | 'junk' | 'immortal' = 'good',
  more: Partial<StdioConfig> = {},
): StdioConfig {
  return {
    type: 'stdio',
    command: process.execPath,
    args: [join(root, 'test/support/mcp/naughtyServer.mjs'), mode],
    ...more,
  };
}

/** It has resources and prompts, and asks the person for things. */
export const sharing: StdioConfig = {
  type: 'stdio',
  command: process.execPath,
  args: [join(root, 'test/support/mcp/sharingServer.mjs')],
};
