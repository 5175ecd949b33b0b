/** Tools of the program itself: an MCP server that lives in it and is reached through the agent's own channel. */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult, JSONRPCMessage, ToolAnnotations } from '@modelcontextprotocol/sdk/types.js';
import type * as z from 'zod';

export interface SdkMcpTool<Shape extends z.ZodRawShape = z.ZodRawShape> {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Shape;
  readonly handler: (input: z.infer<z.ZodObject<Shape>>, extra: unknown) => Promise<CallToolResult>;
  readonly annotations?: ToolAnnotations | undefined;
}

export interface SdkMcpServer {
  readonly type: 'sdk';
  readonly name: string;
  readonly instance: McpServer;
}

/** Defines a tool. `inputSchema` holds a zod schema for each field of the input. Parameters as the Agent SDK has them. */
export function tool<Shape extends z.ZodRawShape>(
  name: string,
  description: string,
  inputSchema: Shape,
  handler: SdkMcpTool<Shape>['handler'],
  { annotations }: { readonly annotations?: ToolAnnotations } = {},
): SdkMcpTool<Shape> {
  return { name, description, inputSchema, handler, annotations };
}

export interface SdkMcpServerOptions {
  readonly name: string;
  readonly version?: string;
  readonly instructions?: string;
  // biome-ignore lint/suspicious/noExplicitAny: tools of different inputs stand in one list
  readonly tools?: readonly SdkMcpTool<any>[];
}

/** For the option `mcpServers`. One server serves one agent. */
export function createSdkMcpServer({
  name,
  version = '1.0.0',
  instructions,
  tools = [],
}: SdkMcpServerOptions): SdkMcpServer {
  const instance = new McpServer({ name, version }, instructions === undefined ? {} : { instructions });
  for (const { name: toolName, description, inputSchema, handler, annotations } of tools) {
    const config = { description, inputSchema, ...(annotations === undefined ? {} : { annotations }) };
    instance.registerTool(toolName, config, async (input: Parameters<typeof handler>[0], extra: unknown) =>
      handler(input, extra),
    );
  }
  return { type: 'sdk', name, instance };
}

export interface ConnectedServer {
  /** Passes a message on; resolves with the server's answer, or undefined for what asks nothing. */
  receive(message: JSONRPCMessage): Promise<JSONRPCMessage | undefined>;
  close(): Promise<void>;
}

/** `say`: what the server says by itself. */
export async function connectServer(
  { instance }: SdkMcpServer,
  say: (message: JSONRPCMessage) => Promise<void>,
): Promise<ConnectedServer> {
  const waiting = new Map<string | number, (answer: JSONRPCMessage) => void>();
  let deliver: (message: JSONRPCMessage) => void = () => undefined;
  await instance.connect({
    start: async () => undefined,
    async send(message) {
      const answered = 'id' in message && !('method' in message) ? message.id : undefined;
      const settle = answered === undefined ? undefined : waiting.get(answered);
      if (answered === undefined || settle === undefined) return say(message);
      waiting.delete(answered);
      settle(message);
    },
    close: async () => undefined,
    set onmessage(handler: (message: JSONRPCMessage) => void) {
      deliver = handler;
    },
  });
  return {
    receive(message) {
      if (!('method' in message && 'id' in message)) {
        deliver(message);
        return Promise.resolve(undefined);
      }
      return new Promise((resolve) => {
        waiting.set(message.id, resolve);
        deliver(message);
      });
    },
    close: () => instance.close(),
  };
}
