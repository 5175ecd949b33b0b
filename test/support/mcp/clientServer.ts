/** An MCP server that lives in the client, answered as the official Agent SDK does it. */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { type JSONRPCMessage, JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js';
import type { RequestOf, ResponseOf } from '../../../src/protocol/control.ts';

export interface ClientServer {
  readonly server: McpServer;
  /** For `mcp_message` requests of the agent. */
  answer(request: RequestOf<'mcp_message'>): Promise<ResponseOf<'mcp_message'>>;
  /** What the server says by itself, in order; `say` passes it on to the agent once it is set. */
  say: (message: JSONRPCMessage) => void;
  /** Methods of the messages that came. */
  readonly heard: string[];
}

export async function createClientServer(register: (server: McpServer) => void): Promise<ClientServer> {
  const server = new McpServer({ name: 'inside', version: '1.0.0' });
  const heard: string[] = [];
  const waiting = new Map<unknown, (message: JSONRPCMessage) => void>();
  const created: ClientServer = { server, answer, say: () => undefined, heard };
  const transport: Transport = {
    start: async () => undefined,
    close: async () => undefined,
    async send(message) {
      const id = 'id' in message ? message.id : undefined;
      const resolve = 'method' in message ? undefined : waiting.get(id);
      if (resolve === undefined) created.say(message);
      else resolve(message);
    },
  };

  async function answer({ message: raw }: RequestOf<'mcp_message'>): Promise<ResponseOf<'mcp_message'>> {
    const message = JSONRPCMessageSchema.parse(raw);
    if ('method' in message) heard.push(message.method);
    if (!('method' in message) || !('id' in message)) {
      transport.onmessage?.(message);
      return { mcp_response: { jsonrpc: '2.0', result: {}, id: 0 } };
    }
    const answered = new Promise<JSONRPCMessage>((resolve) => waiting.set(message.id, resolve));
    transport.onmessage?.(message);
    const mcp_response = await answered;
    waiting.delete(message.id);
    return { mcp_response };
  }

  register(server);
  await server.connect(transport);
  return created;
}
