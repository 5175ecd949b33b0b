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

/** Official: files, in the folders it is told of or, without any, in the roots of its client. */
export function filesystem(...folders: readonly string[]): StdioConfig {
  return official(require.resolve('@modelcontextprotocol/server-filesystem/dist/index.js'), folders);
}

/** Official: a graph of things to remember, in a file. */
export function memory(file: string): StdioConfig {
  return {
    ...official(require.resolve('@modelcontextprotocol/server-memory/dist/index.js')),
    env: { MEMORY_FILE_PATH: file },
  };
}

function official(path: string, args: readonly string[] = []): StdioConfig {
  return {
    type: 'stdio',
    command: process.execPath,
    args: [path, ...args],
  };
}

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
