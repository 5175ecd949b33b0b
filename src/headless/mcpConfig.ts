/** The MCP servers named on the command line and in the project's `.mcp.json`. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type McpServerConfigs, parseMcpConfig } from '../core/settings/mcpConfig.ts';
import { StartError } from './exitCodes.ts';
import type { Environment } from './headlessPorts.ts';

export interface McpConfigOptions {
  /** `--mcp-config`: each is JSON or the path of a file. */
  readonly given: readonly string[];
  /** The project's `.mcp.json` as far as it counts. */
  readonly project: { readonly file: string; readonly text: string } | undefined;
  readonly cwd: string;
  readonly environment: Environment;
}

/** A server of the command line goes before one of the project with the same name. Throws StartError and SettingsError. */
export async function readMcpConfig(options: McpConfigOptions): Promise<McpServerConfigs> {
  const { cwd, environment, project } = options;
  const servers = {
    ...(project === undefined ? {} : parseMcpConfig(project.text, project.file, environment)),
  };
  for (const given of options.given) {
    const isJson = given.trimStart().startsWith('{');
    const text = isJson ? given : await readGiven(resolve(cwd, given));
    Object.assign(servers, parseMcpConfig(text, isJson ? '--mcp-config' : given, environment));
  }
  return servers;
}

async function readGiven(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new StartError(`The MCP configuration ${path} can't be read: ${String(cause)}`, { cause });
  }
}
