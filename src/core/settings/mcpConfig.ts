/** Files that name MCP servers: `.mcp.json` of a project, and those a person names. */
import * as z from 'zod';
import { type McpServerConfig, mcpServers } from '../../protocol/mcp.ts';
import { SettingsError } from './settingsFile.ts';

export type McpServerConfigs = Readonly<Record<string, McpServerConfig>>;
type Environment = Readonly<Record<string, string | undefined>>;

const configFile = z.looseObject({ mcpServers });

/** `where`: a path, or the flag it came with. Throws SettingsError. */
export function parseMcpConfig(text: string, where: string, environment: Environment): McpServerConfigs {
  let value: unknown;
  try {
    value = JSON.parse(text, (_key, part: unknown) =>
      typeof part === 'string' ? expandVariables(part, environment) : part,
    );
  } catch (cause) {
    throw new SettingsError(`The MCP configuration in ${where} is not JSON: ${String(cause)}`, { cause });
  }
  const parsed = configFile.safeParse(value);
  if (parsed.success) return parsed.data.mcpServers;
  throw new SettingsError(`The MCP configuration in ${where} doesn't fit: ${z.prettifyError(parsed.error)}`);
}

/** `${NAME}` and `${NAME:-otherwise}`, so that keys needn't stand in a file that is shared. */
function expandVariables(text: string, environment: Environment): string {
  return text.replace(/\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g, (whole, name: string, otherwise?: string) => {
    return environment[name] ?? otherwise ?? whole;
  });
}
