/** The tools by which the model sees what resources MCP servers have, and reads one. Names and inputs are the field's. */
import * as z from 'zod';
import type { AnyTool, Tool } from '../tools/tool.ts';
import { fail, isFailure, runQuietly, succeed, type ToolFailure } from '../tools/toolOutcome.ts';
import type { Answer } from './mcpClient.ts';
import type { ListedResource, ReadResult } from './resource.ts';
import { type CallResult, toResultBlocks } from './resultContent.ts';

/** The servers that have resources. */
export interface ResourceServers {
  /** Of one server, or of all. */
  listResources(server: string | undefined): Promise<Answer<readonly ListedResource[]>>;
  /** Rejects with the signal's reason only. */
  readResource(server: string, uri: string, signal: AbortSignal): Promise<Answer<ReadResult>>;
}

export function createResourceTools(servers: ResourceServers): readonly AnyTool[] {
  return [createListTool(servers), createReadTool(servers)];
}

const listInput = z.object({
  server: z.string().optional().describe('Only those of this MCP server; all servers without it'),
});

interface ListOutput {
  readonly resources: readonly ListedResource[];
}

function createListTool(servers: ResourceServers): Tool<z.infer<typeof listInput>, ListOutput | ToolFailure> {
  return {
    name: 'ListMcpResourcesTool',
    description: 'Lists the resources of MCP servers.',
    prompt:
      'Lists the resources that the connected MCP servers have: address, name, what each is, and its server. Read one with ReadMcpResourceTool.',
    inputSchema: listInput,
    isReadOnly: () => true,
    isConcurrencySafe: () => true,
    effects: async () => [],
    run: ({ server }) =>
      runQuietly<ListOutput>(async () => {
        const answer = await servers.listResources(server);
        return answer.kind === 'answer' ? succeed({ resources: answer.value }) : fail(answer.problem);
      }),
    toResultContent: (output) => {
      if (isFailure(output)) return output.error;
      return output.resources.length === 0 ? 'There are no resources.' : JSON.stringify(output.resources);
    },
    title: ({ server }) => (server === undefined ? 'List MCP resources' : `List the resources of ${server}`),
  };
}

const readInput = z.object({
  server: z.string().describe('The MCP server, as ListMcpResourcesTool names it'),
  uri: z.string().describe('The address of the resource'),
});

function createReadTool(servers: ResourceServers): Tool<z.infer<typeof readInput>, ReadResult | ToolFailure> {
  const name = 'ReadMcpResourceTool';
  return {
    name,
    description: 'Reads a resource of an MCP server.',
    prompt:
      'Reads a resource of an MCP server, by the server and the address that ListMcpResourcesTool gives.',
    inputSchema: readInput,
    isReadOnly: () => false,
    isConcurrencySafe: () => true,
    effects: async ({ server }) => [{ kind: 'mcp', server, tool: name, changed: false }],
    run: ({ server, uri }, { signal }) =>
      runQuietly<ReadResult>(async () => {
        const answer = await servers.readResource(server, uri, signal);
        return answer.kind === 'answer' ? succeed(answer.value) : fail(answer.problem);
      }),
    toResultContent: (output) =>
      'contents' in output ? [...toResultBlocks(toCallResult(output))] : output.error,
    title: ({ server, uri }) =>
      uri === undefined ? 'Read an MCP resource' : `Read ${uri}${server === undefined ? '' : ` (${server})`}`,
  };
}

function toCallResult({ contents }: ReadResult): CallResult {
  return { content: contents.map((resource) => ({ type: 'resource', resource })) };
}
