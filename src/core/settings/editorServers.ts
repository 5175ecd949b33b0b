/**
 * MCP servers as VS Code itself knows them: `.vscode/mcp.json` of a folder and the `mcp.json` of a user
 * (code.visualstudio.com/docs/agents/reference/mcp-configuration). What Belay can't do as it is asked there is left out and told.
 */
import * as z from 'zod';
import { mcpServerConfig } from '../../protocol/mcp.ts';
import type { McpServerConfigs } from './mcpConfig.ts';
import { parseJsonWithComments } from './parseJsonWithComments.ts';

export interface EditorServers {
  readonly configs: McpServerConfigs;
  /** What is left out, and why, for a person. */
  readonly problems: readonly string[];
}

export interface EditorServersPlace {
  /** The file, for a person. */
  readonly where: string;
  readonly cwd: string;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const file = z.looseObject({ servers: z.record(z.string(), z.unknown()).optional() });

/** Never throws. Empty: there is no such file. */
export function parseEditorServers(text: string, place: EditorServersPlace): EditorServers {
  if (text.trim() === '') return { configs: {}, problems: [] };
  const parsed = file.safeParse(parseJsonWithComments(text));
  if (!parsed.success) return { configs: {}, problems: [`The MCP servers in ${place.where} can't be read.`] };
  const read = Object.entries(parsed.data.servers ?? {}).map(([name, server]) => ({
    name,
    ...readServer(server, place),
  }));
  return {
    configs: Object.fromEntries(
      read.flatMap(({ name, config }) => (config === undefined ? [] : [[name, config]])),
    ),
    problems: read.flatMap(({ name, problem }) =>
      problem === undefined ? [] : [`The MCP server "${name}" in ${place.where} is left out: ${problem}.`],
    ),
  };
}

/** As they stand there, by name; what can't be read names none. */
export function listEditorServers(text: string): ReadonlyMap<string, unknown> {
  const parsed = file.safeParse(parseJsonWithComments(text));
  return new Map(Object.entries((parsed.success ? parsed.data.servers : undefined) ?? {}));
}

type Read = { readonly config?: McpServerConfigs[string]; readonly problem?: string };

/** What would be another server without it. */
const UNABLE: Readonly<Record<string, string>> = {
  cwd: 'it names a folder to be started in',
  envFile: 'it names a file of variables',
  sandbox: 'it is to run in a sandbox',
  sandboxEnabled: 'it is to run in a sandbox',
};

function readServer(server: unknown, place: EditorServersPlace): Read {
  if (typeof server !== 'object' || server === null) return { problem: 'it is no object' };
  const unable = Object.entries(server).find(([key, value]) => key in UNABLE && value !== false);
  if (unable !== undefined) return { problem: UNABLE[unable[0]] ?? '' };
  const unknown = new Set<string>();
  const filled: unknown = JSON.parse(JSON.stringify(server), (_key, part: unknown) =>
    typeof part === 'string' ? fillIn(part, place, unknown) : part,
  );
  const [first] = unknown;
  if (first?.startsWith('input:') === true)
    return { problem: 'it wants an input that VS Code alone asks for' };
  if (first !== undefined) return { problem: `Belay knows no \${${first}}` };
  const type = 'url' in server ? 'http' : 'stdio';
  const config = mcpServerConfig.safeParse({ type, ...(filled as object) });
  return config.success && config.data.type !== 'sdk'
    ? { config: config.data }
    : { problem: 'it is not as such a server is described' };
}

/** `${NAME}` as VS Code fills it in; what is not known is put into `unknown`. */
function fillIn(text: string, { cwd, home, environment }: EditorServersPlace, unknown: Set<string>): string {
  return text.replace(/\$\{([^}]*)\}/g, (whole, name: string) => {
    if (name === 'workspaceFolder') return cwd;
    if (name === 'workspaceFolderBasename') return cwd.split(/[\\/]/).at(-1) ?? '';
    if (name === 'userHome') return home;
    if (name.startsWith('env:')) return environment[name.slice('env:'.length)] ?? '';
    unknown.add(name);
    return whole;
  });
}
