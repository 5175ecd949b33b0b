/** An agent behind an in-process channel, on ports in memory, with a scripted model and a client that a test plays. */
import * as z from 'zod';
import { createInProcessPair } from '../../src/channel/inProcess.ts';
import { createPeer, type Handlers, type Peer } from '../../src/channel/peer.ts';
import type { Agent, AgentOptions, AgentPorts } from '../../src/core/agent.ts';
import { createAgent } from '../../src/core/createAgent.ts';
import { createModelTable } from '../../src/core/model/modelTable.ts';
import type { Clock, FileSystem, Log, Processes, Storage, Web } from '../../src/core/ports.ts';
import type { AnyTool, Effect, Tool } from '../../src/core/tools/tool.ts';
import type { RequestOf, ResponseOf } from '../../src/protocol/control.ts';
import {
  type ConversationMessage,
  parseConversationMessage,
  type ResultMessage,
} from '../../src/protocol/messages.ts';
import type { PermissionResult } from '../../src/protocol/permissions.ts';
import { createMemoryTranscripts, type MemoryTranscripts } from './memoryTranscripts.ts';
import { createScriptedModel, type ScriptedModel, type ScriptedReply } from './scriptedModel.ts';

type Question = RequestOf<'can_use_tool'>;

export interface HarnessOptions {
  readonly replies: readonly ScriptedReply[];
  readonly tools?: readonly AnyTool[];
  /** What the client answers when it is asked; default: allow. */
  readonly onQuestion?: (question: Question, signal: AbortSignal) => Promise<PermissionResult>;
  /** What the client answers for a hook that it has named; default: nothing. */
  readonly onHook?: (request: RequestOf<'hook_callback'>, signal: AbortSignal) => Promise<unknown>;
  /** What the client answers for an MCP server of its own; default: nothing. */
  readonly onMcpMessage?: (
    request: RequestOf<'mcp_message'>,
    signal: AbortSignal,
  ) => Promise<ResponseOf<'mcp_message'>>;
  /** What the client answers when a server wants to ask the model; default: no. */
  readonly onSample?: (
    request: RequestOf<'belay/mcp_sample'>,
    signal: AbortSignal,
  ) => Promise<ResponseOf<'belay/mcp_sample'>>;
  readonly options?: Partial<AgentOptions>;
  readonly ports?: Partial<AgentPorts>;
  readonly transcripts?: MemoryTranscripts;
  /** Prompts get the uuids NAME-1, NAME-2 …; default: user. */
  readonly uuidPrefix?: string;
}

export interface Harness {
  readonly agent: Agent;
  readonly peer: Peer;
  readonly model: ScriptedModel;
  readonly transcripts: MemoryTranscripts;
  readonly messages: ConversationMessage[];
  readonly questions: Question[];
  /** Milliseconds the agent has waited for, in order. */
  readonly waits: number[];
  send(text: string, fields?: object): Promise<void>;
  /** Sends and waits for the end of the turn. */
  ask(text: string): Promise<ResultMessage>;
  /** Resolves with the n-th result (from 1). */
  result(count: number): Promise<ResultMessage>;
  /** Resolves with the first message, seen or still to come, that fits. */
  until<M extends ConversationMessage>(fits: (message: ConversationMessage) => message is M): Promise<M>;
  ofType<T extends ConversationMessage['type']>(type: T): Extract<ConversationMessage, { type: T }>[];
}

export function createHarness(setup: HarnessOptions): Harness {
  const [agentEnd, clientEnd] = createInProcessPair();
  const model = createScriptedModel(setup.replies);
  const transcripts = setup.transcripts ?? createMemoryTranscripts();
  const messages: ConversationMessage[] = [];
  const questions: Question[] = [];
  const waits: number[] = [];
  const listeners = new Set<() => void>();
  let ids = 0;
  const agent = createAgent(
    { ...createPorts({ waits, model, transcripts, createId: () => `id-${++ids}` }), ...setup.ports },
    { ...createOptions(setup.tools ?? []), ...setup.options },
    agentEnd,
  );
  const handlers: Handlers<'client' | 'program'> = {
    async can_use_tool(question, { signal }) {
      questions.push(question);
      return setup.onQuestion?.(question, signal) ?? { behavior: 'allow' };
    },
    elicitation: async () => ({ action: 'decline' }),
    'belay/mcp_sample': async (request, { signal }) =>
      setup.onSample?.(request, signal) ?? { action: 'decline' },
    mcp_message: async (request, { signal }) => setup.onMcpMessage?.(request, signal) ?? {},
    hook_callback: async (request, { signal }) => setup.onHook?.(request, signal) ?? {},
  };
  const peer = createPeer<'client' | 'program'>(clientEnd, {
    handlers,
    onMessage(message) {
      const parsed = parseConversationMessage(message);
      if (parsed.kind !== 'message')
        throw new Error(`the agent sent what is no message: ${JSON.stringify(parsed)}`);
      messages.push(parsed.message);
      for (const listener of [...listeners]) listener();
    },
    onProblem: () => undefined,
  });
  let sent = 0;
  const harness: Harness = {
    agent,
    peer,
    model,
    transcripts,
    messages,
    questions,
    waits,
    send: (text, fields) => {
      sent += 1;
      return peer.send({
        type: 'user',
        uuid: `${setup.uuidPrefix ?? 'user'}-${sent}`,
        parent_tool_use_id: null,
        message: { role: 'user', content: text },
        ...fields,
      });
    },
    async ask(text) {
      await harness.until(
        (message): message is ConversationMessage =>
          'subtype' in message && message.subtype === 'session_state_changed',
      );
      const before = harness.ofType('result').length;
      await harness.send(text);
      return harness.result(before + 1);
    },
    async result(count) {
      await harness.until(
        (message): message is ResultMessage =>
          message.type === 'result' && harness.ofType('result').length >= count,
      );
      return harness.ofType('result')[count - 1] as ResultMessage;
    },
    until: (fits) => untilMessage(fits),
    ofType: (type) => messages.filter((message) => message.type === type) as never,
  };

  function untilMessage<M extends ConversationMessage>(
    fits: (message: ConversationMessage) => message is M,
  ): Promise<M> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = messages.find(fits);
        if (found === undefined) return;
        listeners.delete(look);
        resolve(found);
      };
      listeners.add(look);
      look();
    });
  }

  return harness;
}

interface PortParts {
  readonly waits: number[];
  readonly model: ScriptedModel;
  readonly transcripts: MemoryTranscripts;
  readonly createId: () => string;
}

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

function createPorts({ waits, model, transcripts, createId }: PortParts): AgentPorts {
  let now = 0;
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      waits.push(ms);
      now += ms;
    },
  };
  return {
    clock,
    log: silent,
    files: refuse<FileSystem>('files', {
      realPath: async (path: string) => path,
      tracePath: async (path: string) => ({ real: path, hops: [], folding: { case: false, unicode: false } }),
    }),
    processes: refuse<Processes>('processes', { shellName: 'bash' }),
    web: refuse<Web>('web', {}),
    storage: refuse<Storage>('storage', {
      locate: (path: readonly string[]) => `/storage/${path.join('/')}`,
    }),
    workspace: {
      cwd: '/w',
      roots: ['/w'],
      home: '/home/u',
      platform: 'linux',
      trusted: true,
      osDescription: 'Linux',
    },
    transcripts,
    checkpoints: undefined,
    streamModel: model.streamModel,
    createId,
  };
}

/** A port of which the test uses nothing but what is given: anything else fails loudly. */
function refuse<Port extends object>(name: string, given: Partial<Port>): Port {
  return new Proxy(given as Port, {
    get(target, key) {
      if (key in target) return target[key as keyof Port];
      throw new Error(`the test did not expect ${name}.${String(key)} to be used`);
    },
  });
}

function createOptions(tools: readonly AnyTool[]): AgentOptions {
  return {
    sessionId: 'session',
    resume: false,
    model: 'claude-opus-5-5',
    models: () => createModelTable({}),
    modelList: () => [],
    permissionMode: 'default',
    rules: [],
    tools,
    partialMessages: false,
    interactive: true,
    version: '0.0.0',
  };
}

export interface FakeToolOptions {
  readonly name: string;
  readonly readOnly?: boolean;
  readonly effects?: readonly Effect[];
  readonly run: (input: Record<string, unknown>, signal: AbortSignal) => Promise<string>;
}

/** A tool with any input, that answers with a string; what it throws is an error. */
export function fakeTool({ name, readOnly = true, effects = [], run }: FakeToolOptions): AnyTool {
  const tool: Tool<Record<string, unknown>, string> = {
    name,
    description: name,
    prompt: `The tool ${name}.`,
    inputSchema: z.record(z.string(), z.unknown()),
    isReadOnly: () => readOnly,
    isConcurrencySafe: () => readOnly,
    effects: async () => effects,
    async *run(input, { signal }) {
      yield { output: `${name} runs\n` };
      return { output: await run(input, signal), isError: false };
    },
    toResultContent: (output) => output,
    title: () => `Use ${name}`,
  };
  return tool;
}
