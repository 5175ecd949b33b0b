/** What the agent asks the program: permissions, hooks, and the program's own MCP servers. */
import { JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js';
import type { Handlers } from '../channel/peer.ts';
import type { RequestOf } from '../protocol/control.ts';
import { type ConnectedServer, connectServer } from './mcpServer.ts';
import type { ElicitationRequest, HookCallback, McpSampleRequest, Options } from './options.ts';

export interface ClientParts {
  readonly handlers: Handlers<'client' | 'program'>;
  /** What `initialize` says of them. */
  readonly announced: Pick<RequestOf<'initialize'>, 'hooks' | 'sdkMcpServers'>;
  close(): Promise<void>;
}

/** `say`: a request from a server of this program to the agent. */
export async function createClientParts(
  options: Options,
  say: (request: RequestOf<'mcp_message'>) => Promise<unknown>,
): Promise<ClientParts> {
  const { canUseTool, onElicitation, onMcpSample } = options;
  const hooks = nameHooks(options);
  const servers = await connectServers(options, say);
  return {
    announced: { hooks: hooks.announced, sdkMcpServers: [...servers.keys()] },
    handlers: {
      async can_use_tool(question, { signal }) {
        if (canUseTool === undefined) return { behavior: 'deny', message: 'Nobody is there to be asked.' };
        return canUseTool(question.tool_name, question.input, {
          signal,
          suggestions: question.permission_suggestions ?? [],
          toolUseID: question.tool_use_id,
          agentID: question.agent_id,
          decisionReason: question.decision_reason,
          blockedPath: question.blocked_path,
          title: question.title,
        });
      },
      async hook_callback({ callback_id, input, tool_use_id }, { signal }) {
        const callback = hooks.callbacks.get(callback_id);
        if (callback === undefined) throw new Error(`There is no hook ${callback_id}.`);
        return callback(input, tool_use_id, { signal });
      },
      async elicitation(asked, { signal }) {
        const answer = await onElicitation?.(toElicitationRequest(asked), { signal });
        return answer ?? { action: 'decline' };
      },
      async 'belay/mcp_sample'(asked, { signal }) {
        const isAccepted = await onMcpSample?.(toSampleRequest(asked), { signal });
        return { action: isAccepted === true ? 'accept' : 'decline' };
      },
      async mcp_message({ server_name, message }) {
        const server = servers.get(server_name);
        if (server === undefined) throw new Error(`There is no MCP server ${server_name} in this program.`);
        const answer = await server.receive(JSONRPCMessageSchema.parse(message));
        return { mcp_response: answer ?? { jsonrpc: '2.0', id: 0, result: {} } };
      },
    },
    async close() {
      for (const server of servers.values()) await server.close();
    },
  };
}

function toElicitationRequest(asked: RequestOf<'elicitation'>): ElicitationRequest {
  return {
    serverName: asked.mcp_server_name,
    message: asked.message,
    mode: asked.mode,
    url: asked.url,
    elicitationId: asked.elicitation_id,
    requestedSchema: asked.requested_schema,
  };
}

function toSampleRequest(asked: RequestOf<'belay/mcp_sample'>): McpSampleRequest {
  return {
    serverName: asked.mcp_server_name,
    messages: asked.messages,
    systemPrompt: asked.system_prompt,
    modelHints: asked.model_hints,
    model: asked.model,
    maxTokens: asked.max_tokens,
  };
}

function nameHooks({ hooks = {} }: Options) {
  const callbacks = new Map<string, HookCallback>();
  const announced = Object.fromEntries(
    Object.entries(hooks).map(([event, matchers]) => [
      event,
      matchers.map(({ matcher, timeout, hooks: wanted }) => ({
        matcher,
        timeout,
        hookCallbackIds: wanted.map((callback) => {
          const id = `hook_${callbacks.size}`;
          callbacks.set(id, callback);
          return id;
        }),
      })),
    ]),
  );
  return { callbacks, announced };
}

async function connectServers(
  { mcpServers = {} }: Options,
  say: (request: RequestOf<'mcp_message'>) => Promise<unknown>,
): Promise<ReadonlyMap<string, ConnectedServer>> {
  const connected = new Map<string, ConnectedServer>();
  for (const [name, server] of Object.entries(mcpServers)) {
    if (server.type !== 'sdk') continue;
    const passOn = async (message: object): Promise<void> => {
      await say({ server_name: name, message: { ...message } });
    };
    connected.set(name, await connectServer(server, passOn));
  }
  return connected;
}
