/** The MCP servers named on the command line and in the project's `.mcp.json`. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type McpServerConfigs, parseMcpConfig } from '../core/settings/mcpConfig.ts';
import { readTextFile } from '../node/readTextFile.ts';
import { StartError } from './exitCodes.ts';
import type { Environment } from './headlessPorts.ts';

export interface McpConfigOptions {
  /** `--mcp-config`: each is JSON or the path of a file. */
  readonly given: readonly string[];
  /** Read the project's `.mcp.json`, too. */
  readonly project: boolean;
  readonly cwd: string;
  readonly environment: Environment;
}

/** A server of the command line goes before one of the project with the same name. Throws StartError and SettingsError. */
export async function readMcpConfig(options: McpConfigOptions): Promise<McpServerConfigs> {
  const { cwd, environment } = options;
  const file = join(cwd, '.mcp.json');
  const ofProject = options.project ? await readProjectFile(file) : undefined;
  const servers = { ...(ofProject === undefined ? {} : parseMcpConfig(ofProject, file, environment)) };
  for (const given of options.given) {
    const isJson = given.trimStart().startsWith('{');
    const text = isJson ? given : await readGiven(resolve(cwd, given));
    Object.assign(servers, parseMcpConfig(text, isJson ? '--mcp-config' : given, environment));
  }
  return servers;
}

async function readProjectFile(path: string): Promise<string | undefined> {
  try {
    return await readTextFile(path);
  } catch (cause) {
    throw new StartError(`The MCP configuration ${path} can't be read: ${String(cause)}`, { cause });
  }
}

async function readGiven(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new StartError(`The MCP configuration ${path} can't be read: ${String(cause)}`, { cause });
  }
}
