/** A tool of an MCP server, as any other tool. What its server says of it is a hint: it never spares a question. */
import { createMessageQueue } from '../../channel/messageQueue.ts';
import type { AnyTool, Tool, ToolContext, ToolOutcome, ToolProgress } from '../tools/tool.ts';
import type { Answer } from './mcpClient.ts';
import type { McpServer } from './mcpServer.ts';
import { type CallResult, type ResultBlock, toResultBlocks } from './resultContent.ts';
import { isSameDefinition, type ToolDefinition } from './toolDefinition.ts';

/** For the panel and for whoever drives the agent. */
interface McpOutput {
  readonly content: readonly ResultBlock[];
  readonly structuredContent?: unknown;
}

export interface McpToolOptions {
  /** The full name, `mcp__<server>__<tool>`. */
  readonly name: string;
  /** As the model is told of it. */
  readonly definition: ToolDefinition;
  /** As a person has last accepted it. */
  readonly accepted: () => ToolDefinition;
  readonly serverName: string;
  /** The server of that name as it is now; undefined: it was taken away. */
  readonly server: () => McpServer | undefined;
}

export function createMcpTool(options: McpToolOptions): AnyTool {
  const { name, definition, accepted, serverName, server } = options;
  const tool: Tool<Record<string, unknown>, McpOutput> = {
    name,
    server: serverName,
    description: `${definition.title} (${serverName})`,
    prompt: definition.description === '' ? definition.title : definition.description,
    // The model may know better by now than the list of its tools says.
    get inputSchema() {
      return accepted().inputSchema;
    },
    inputJsonSchema: definition.jsonSchema,
    isReadOnly: () => false,
    isConcurrencySafe: () => definition.hints.readOnly,
    effects: async () => {
      const changed = isChanged(accepted(), server());
      return [{ kind: 'mcp', server: serverName, tool: definition.name, changed }];
    },
    run: (input, context) => run(input, { serverName, tool: definition.name, server: server() }, context),
    toResultContent: ({ content }) => [...content],
    title: () => `${definition.title} (${serverName})`,
  };
  return tool;
}

/** A tool that is gone did not change. */
function isChanged(accepted: ToolDefinition, server: McpServer | undefined): boolean {
  if (server?.state.kind !== 'ready') return false;
  const now = server.state.tools.find(({ name }) => name === accepted.name);
  return now !== undefined && !isSameDefinition(accepted, now);
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
