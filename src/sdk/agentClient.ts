/** A conversation with an agent: prompts go in, messages come out, for as long as the client is open. */
import { createMessageQueue, type MessageQueue } from '../channel/messageQueue.ts';
import { ChannelClosedError, createPeer, type Peer } from '../channel/peer.ts';
import type { RewindAnswer } from '../protocol/checkpoints.ts';
import type { RequestOf, ResponseOf, Subtype } from '../protocol/control.ts';
import {
  type ConversationMessage,
  parseConversationMessage,
  type UserMessage,
} from '../protocol/messages.ts';
import type { PermissionMode } from '../protocol/permissions.ts';
import { findSystemPrompt } from './buildInvocation.ts';
import { type ClientParts, createClientParts } from './clientHandlers.ts';
import { ConnectionError, MessageParseError, SdkError } from './errors.ts';
import { startInProcess } from './inProcessTransport.ts';
import type { Options } from './options.ts';
import { startProcess } from './processTransport.ts';
import {
  type RedoFilesOptions,
  type RewindFilesOptions,
  type RewindPoint,
  toRedoRequest,
  toRewindRequest,
} from './rewind.ts';
import type { Transport } from './transport.ts';

/** A text, or a message with blocks of its own. */
export type Prompt = string | Pick<UserMessage, 'message' | 'uuid'> | UserMessage;

interface Connection {
  readonly transport: Transport;
  readonly peer: Peer;
  readonly parts: ClientParts;
  readonly messages: MessageQueue<ConversationMessage>;
  readonly server: ResponseOf<'initialize'>;
  /** Why nothing comes any more. */
  failure: SdkError | undefined;
}

export class AgentClient implements AsyncDisposable {
  readonly #options: Options;
  #connecting: Promise<Connection> | undefined;
  #reading: AsyncGenerator<ConversationMessage, void> | undefined;

  constructor(options: Options = {}) {
    this.#options = options;
  }

  /** Starts the agent; the other methods do it by themselves. Throws a SdkError. */
  async connect(): Promise<void> {
    await this.#connection();
  }

  /**
   * Sends a prompt. Resolves with the id of the message, which `rewindFiles` takes, when it is on its way. Throws a SdkError
   * when the agent is lost.
   */
  async query(prompt: Prompt): Promise<string> {
    const { peer, failure } = await this.#connection();
    if (failure !== undefined) throw failure;
    const message = toUserMessage(prompt);
    await peer.send(message);
    return message.uuid;
  }

  /** Every message, also between turns, until the client is closed. Throws a SdkError when the agent is lost. */
  receiveMessages(): AsyncGenerator<ConversationMessage, void> {
    this.#reading ??= this.#read();
    const reading = this.#reading;
    // Whoever stops listening may listen again: only `close` ends the messages.
    return (async function* (): AsyncGenerator<ConversationMessage, void> {
      for (;;) {
        const step = await reading.next();
        if (step.done === true) return;
        yield step.value;
      }
    })();
  }

  /** The messages up to the result of the turn, which is the last of them. */
  async *receiveResponse(): AsyncGenerator<ConversationMessage, void> {
    for await (const message of this.receiveMessages()) {
      yield message;
      if (message.type === 'result') return;
    }
  }

  /** Stops the running turn. */
  async interrupt(): Promise<void> {
    await this.#request('interrupt', {});
  }

  async setPermissionMode(mode: PermissionMode): Promise<void> {
    await this.#request('set_permission_mode', { mode });
  }

  /** From the next request on; undefined: the model of the start. */
  async setModel(model?: string): Promise<void> {
    await this.#request('set_model', { model });
  }

  /**
   * Takes back what was changed since this user message, since a tool call, or since a checkpoint (of a rewind: brings back
   * what it took); `dryRun` only says what would be.
   */
  rewindFiles(point: string | RewindPoint, options: RewindFilesOptions = {}): Promise<RewindAnswer> {
    return this.#request('rewind_files', toRewindRequest(point, options));
  }

  /** Takes the last rewind back. */
  redoFiles(options: RedoFilesOptions = {}): Promise<RewindAnswer> {
    return this.#request('rewind_files', toRedoRequest(options));
  }

  /** What the agent said of itself when it was started: commands, models, kinds of subagents. */
  async getServerInfo(): Promise<ResponseOf<'initialize'>> {
    return (await this.#connection()).server;
  }

  /** Ends the agent and all that it has started. Never throws, and may be called twice. */
  async close(): Promise<void> {
    const connection = await this.#connecting?.catch(() => undefined);
    if (connection === undefined) return;
    await connection.transport.close();
    await connection.parts.close();
    connection.messages.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #connection(): Promise<Connection> {
    this.#connecting ??= connect(this.#options);
    return this.#connecting;
  }

  async *#read(): AsyncGenerator<ConversationMessage, void> {
    const connection = await this.#connection();
    yield* connection.messages;
    if (connection.failure !== undefined) throw connection.failure;
  }

  async #request<S extends Subtype>(subtype: S, payload: RequestOf<S>): Promise<ResponseOf<S>> {
    const connection = await this.#connection();
    try {
      return await connection.peer.request(subtype, payload);
    } catch (error) {
      throw await toSdkError(error, connection.transport);
    }
  }
}

async function connect(options: Options): Promise<Connection> {
  options.abortController?.signal.throwIfAborted();
  const transport = await (options.transport === 'inProcess' ? startInProcess : startProcess)(options);
  const messages = createMessageQueue<ConversationMessage>();
  const parts = await createClientParts(options, (request) => peer.request('mcp_message', request));
  const fail = (error: SdkError): void => {
    connection.failure ??= error;
    messages.end();
  };
  const peer = createPeer<'client' | 'program'>(transport.channel, {
    handlers: parts.handlers,
    onMessage: (message) => receive(message, { messages, fail }),
    onProblem: (problem) => options.stderr?.(`${problem}\n`),
  });
  const connection: { -readonly [Key in keyof Connection]: Connection[Key] } = {
    transport,
    peer,
    parts,
    messages,
    server: NO_SERVER,
    failure: undefined,
  };
  void Promise.all([peer.closed, transport.ended]).then(([, problem]) => {
    if (problem !== undefined) fail(problem);
    messages.end();
  });
  options.abortController?.signal.addEventListener('abort', () => void transport.close(), { once: true });
  try {
    connection.server = await peer.request('initialize', {
      ...parts.announced,
      agents: options.agents === undefined ? undefined : { ...options.agents },
      systemPrompt: findSystemPrompt(options),
      jsonSchema: options.outputFormat?.schema,
    });
  } catch (error) {
    const problem = await toSdkError(error, transport);
    await transport.close();
    throw problem;
  }
  return connection;
}

const NO_SERVER: ResponseOf<'initialize'> = {
  commands: [],
  agents: [],
  output_style: 'default',
  available_output_styles: [],
  models: [],
  account: {},
};

interface Receiving {
  readonly messages: MessageQueue<ConversationMessage>;
  readonly fail: (error: SdkError) => void;
}

/** A message of a type that this version doesn't know is stepped over. */
function receive(message: unknown, { messages, fail }: Receiving): void {
  const parsed = parseConversationMessage(message);
  if (parsed.kind === 'message') messages.push(parsed.message);
  else if (parsed.kind === 'invalid') fail(new MessageParseError(parsed.problem, message));
}

/** A lost connection is told by what ended it. */
async function toSdkError(error: unknown, transport: Transport): Promise<SdkError> {
  if (error instanceof SdkError) return error;
  const lost = error instanceof ChannelClosedError ? await transport.ended : undefined;
  if (lost !== undefined) return lost;
  const problem = error instanceof Error ? error.message : String(error);
  return new ConnectionError(problem, { cause: error });
}

function toUserMessage(prompt: Prompt): UserMessage & { readonly uuid: string } {
  const given: Pick<UserMessage, 'message' | 'uuid'> =
    typeof prompt === 'string' ? { message: { role: 'user', content: prompt } } : prompt;
  return { parent_tool_use_id: null, ...given, type: 'user', uuid: given.uuid ?? crypto.randomUUID() };
}
