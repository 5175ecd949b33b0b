/** One attempt to connect a server: its transport, the greeting, and what it offers. */
import type { McpServerConfig } from '../../protocol/mcp.ts';
import type { Clock, Log } from '../ports.ts';
import type { McpTransport } from './connector.ts';
import type { Elicit } from './elicitation.ts';
import type { Answer, McpClient } from './mcpClient.ts';
import type { Sample } from './sampling.ts';
import type { ServerLog } from './serverLog.ts';
import { hasOwnToken } from './serverLogin.ts';
import { parsePrompts } from './serverPrompt.ts';
import type { ServerLists } from './serverState.ts';
import { parseTool, type ToolDefinition } from './toolDefinition.ts';

export interface ConnectionDeps {
  readonly openTransport: (config: McpServerConfig) => Promise<McpTransport>;
  readonly version: string;
  readonly roots: readonly string[];
  /** Somebody can log in from here. */
  readonly canLogIn: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly elicit: Elicit;
  readonly sample: Sample | undefined;
  readonly onElicited: (server: string, elicitationId: string) => void;
}

export interface ConnectionOptions {
  readonly deps: ConnectionDeps;
  readonly name: string;
  readonly config: McpServerConfig;
  readonly timeoutMs: number;
  readonly serverLog: ServerLog;
  readonly signal: AbortSignal;
  /** The transport is there, the greeting begins. */
  readonly onGreeting: () => void;
  readonly onClose: (reason: string | undefined) => void;
  readonly onListsChanged: () => void;
  readonly onProblem: () => void;
}

export interface Connected extends ServerLists {
  readonly client: McpClient;
}

/** Throws what the transport throws. When the signal is aborted, nothing of the server is left. */
export async function openConnection(options: ConnectionOptions): Promise<Answer<Connected> | undefined> {
  const { deps, name, config, signal, serverLog } = options;
  const { openTransport, log, version, roots, clock, elicit, sample } = deps;
  const transport = await openTransport(config);
  transport.onwords = (text) => serverLog.add('stderr', text);
  const { connectMcpClient } = await import('./mcpClient.ts');
  if (signal.aborted) return undefined;
  options.onGreeting();
  const connected = await connectMcpClient(transport, {
    ...{ version, roots, clock, signal, elicit, sample },
    timeoutMs: options.timeoutMs,
    refusal: describeRefusal(config, deps.canLogIn),
    serverName: name,
    onClose: options.onClose,
    onElicited: (elicitationId) => deps.onElicited(name, elicitationId),
    onListsChanged: options.onListsChanged,
    onLog: (level, text) => serverLog.add(level, text),
    onProblem: (problem) => {
      log.debug('a problem with an MCP server', { server: name, problem });
      serverLog.add('belay', problem);
      options.onProblem();
    },
  });
  if (connected.kind !== 'answer') return connected;
  const client = connected.value;
  let lists: Answer<ServerLists> | undefined;
  try {
    lists = await readLists(client, options);
  } finally {
    if (lists?.kind !== 'answer' || signal.aborted) await client.close();
  }
  if (lists.kind !== 'answer') return lists;
  return signal.aborted ? undefined : { kind: 'answer', value: { client, ...lists.value } };
}

type Reading = Pick<ConnectionOptions, 'name' | 'serverLog'> & { readonly deps: Pick<ConnectionDeps, 'log'> };

/** Rejects with the connection's reason only. A server whose prompts can't be read has none. */
export async function readLists(client: McpClient, reading: Reading): Promise<Answer<ServerLists>> {
  const listed = await client.listTools();
  const prompts = await client.listPrompts();
  if (prompts.kind !== 'answer') {
    const { problem } = prompts;
    reading.deps.log.warn('the prompts of an MCP server could not be read', {
      server: reading.name,
      problem,
    });
    reading.serverLog.add('belay', `Its prompts could not be read. ${problem}`);
  }
  if (listed.kind !== 'answer') return listed;
  return {
    kind: 'answer',
    value: {
      tools: parseTools(listed.value, reading),
      prompts: prompts.kind === 'answer' ? parsePrompts(prompts.value) : [],
    },
  };
}

function parseTools(
  listed: readonly unknown[],
  { deps, name: server, serverLog }: Reading,
): readonly ToolDefinition[] {
  return listed.flatMap((item) => {
    const parsed = parseTool(item);
    if (parsed.kind === 'tool') return [parsed.tool];
    const { name, problem } = parsed;
    deps.log.warn('a tool of an MCP server was left out', { server, tool: name, problem });
    serverLog.add('belay', `The tool "${name}" was left out. ${problem}`);
    return [];
  });
}

/** Why a server that has answered with 401 is not connected, and what can be done: a sentence or two for a person. */
function describeRefusal(config: McpServerConfig, canLogIn: boolean): string {
  if (config.type !== 'http' && config.type !== 'sse') return 'It refused the sign-in (HTTP 401).';
  if (hasOwnToken(config)) return 'It refused the token that its configuration gives it (HTTP 401).';
  if (canLogIn) return 'It wants you to log in.';
  return 'It wants you to log in, which can be done in VS Code only. Or give it a token: "headers": {"Authorization": "Bearer …"} in its configuration.';
}
