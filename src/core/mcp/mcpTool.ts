/** A tool of an MCP server, as any other tool. What its server says of it is a hint: it never spares a question. */
import { createMessageQueue } from '../../channel/messageQueue.ts';
import type { AnyTool, Tool, ToolContext, ToolOutcome, ToolProgress } from '../tools/tool.ts';
import type { Answer } from './mcpClient.ts';
import { isChanged, type McpServer } from './mcpServer.ts';
import { type CallResult, type ResultBlock, toResultBlocks } from './resultContent.ts';
import type { ToolDefinition } from './toolDefinition.ts';

/** For the panel and for whoever drives the agent. */
interface McpOutput {
  readonly content: readonly ResultBlock[];
  readonly structuredContent?: unknown;
}

export interface McpToolOptions {
  /** The full name, `mcp__<server>__<tool>`. */
  readonly name: string;
  readonly definition: ToolDefinition;
  readonly serverName: string;
  /** The server of that name as it is now; undefined: it was taken away. */
  readonly server: () => McpServer | undefined;
}

export function createMcpTool({ name, definition, serverName, server }: McpToolOptions): AnyTool {
  const tool: Tool<Record<string, unknown>, McpOutput> = {
    name,
    server: serverName,
    description: `${definition.title} (${serverName})`,
    prompt: definition.description === '' ? definition.title : definition.description,
    inputSchema: definition.inputSchema,
    inputJsonSchema: definition.jsonSchema,
    isReadOnly: () => false,
    isConcurrencySafe: () => definition.hints.readOnly,
    effects: async () => {
      const state = server()?.state;
      const changed = state !== undefined && isChanged(definition, state);
      return [{ kind: 'mcp', server: serverName, tool: definition.name, changed }];
    },
    run: (input, context) => run(input, { serverName, tool: definition.name, server: server() }, context),
    toResultContent: ({ content }) => [...content],
    title: () => `${definition.title} (${serverName})`,
  };
  return tool;
}

interface Called {
  readonly serverName: string;
  readonly tool: string;
  readonly server: McpServer | undefined;
}

async function* run(
  input: Record<string, unknown>,
  { serverName, tool, server }: Called,
  { signal }: ToolContext,
): AsyncGenerator<ToolProgress, ToolOutcome<McpOutput>, void> {
  if (server === undefined) return fail(serverName, 'It was taken away.');
  const progress = createMessageQueue<string>();
  const answering = server.call({ tool, input, signal, onProgress: (text) => progress.push(text) });
  // Its failure is met below, after the last progress.
  answering.catch(() => undefined).finally(() => progress.end());
  for await (const output of progress) yield { output };
  return toOutcome(serverName, await answering);
}

function toOutcome(serverName: string, answer: Answer<CallResult>): ToolOutcome<McpOutput> {
  if (answer.kind !== 'answer') return fail(serverName, answer.problem);
  const { structuredContent, isError } = answer.value;
  const content = toResultBlocks(answer.value);
  const output = structuredContent === undefined ? { content } : { content, structuredContent };
  return { output, isError: isError === true };
}

function fail(serverName: string, problem: string): ToolOutcome<McpOutput> {
  const text = `The MCP server "${serverName}" gave no result. ${problem}`;
  return { output: { content: [{ type: 'text', text }] }, isError: true };
}
