/** The MCP servers named on the command line and in the project's `.mcp.json`. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { type McpServerConfig, mcpServers } from '../protocol/mcp.ts';
import { StartError } from './exitCodes.ts';
import type { Environment } from './headlessPorts.ts';

type Servers = Readonly<Record<string, McpServerConfig>>;

export interface McpConfigOptions {
  /** `--mcp-config`: each is JSON or the path of a file. */
  readonly given: readonly string[];
  /** Read the project's `.mcp.json`, too. */
  readonly project: boolean;
  readonly cwd: string;
  readonly environment: Environment;
}

const configFile = z.looseObject({ mcpServers });

/** A server of the command line goes before one of the project with the same name. Throws StartError. */
export async function readMcpConfig(options: McpConfigOptions): Promise<Servers> {
  const { cwd, environment } = options;
  const file = join(cwd, '.mcp.json');
  const ofProject = options.project ? await readFile(file, 'utf8').catch(() => undefined) : undefined;
  const servers: Record<string, McpServerConfig> = {};
  if (ofProject !== undefined) Object.assign(servers, parse(ofProject, file, environment));
  for (const given of options.given) {
    const isJson = given.trimStart().startsWith('{');
    const text = isJson ? given : await readGiven(resolve(cwd, given));
    Object.assign(servers, parse(text, isJson ? '--mcp-config' : given, environment));
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

function parse(text: string, where: string, environment: Environment): Servers {
  let value: unknown;
  try {
    value = JSON.parse(text, (_key, part: unknown) =>
      typeof part === 'string' ? expandVariables(part, environment) : part,
    );
  } catch (cause) {
    throw new StartError(`The MCP configuration in ${where} is not JSON: ${String(cause)}`, { cause });
  }
  const parsed = configFile.safeParse(value);
  if (parsed.success) return parsed.data.mcpServers;
  throw new StartError(`The MCP configuration in ${where} doesn't fit: ${z.prettifyError(parsed.error)}`);
}

/** `${NAME}` and `${NAME:-otherwise}`, so that keys needn't stand in a file that is shared. */
function expandVariables(text: string, environment: Environment): string {
  return text.replace(/\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g, (whole, name: string, otherwise?: string) => {
    return environment[name] ?? otherwise ?? whole;
  });
}
