/**
 * One connection to an MCP server, by the official client. A chunk of its own in VS Code: whoever needs it says
 * `await import(…)`, and only when there is a server to connect to.
 */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
  type ClientCapabilities,
  ElicitationCompleteNotificationSchema,
  ElicitRequestSchema,
  ElicitResultSchema,
  ErrorCode,
  ListRootsRequestSchema,
  LoggingMessageNotificationSchema,
  McpError,
  PromptListChangedNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import type * as z from 'zod';
import type { ElicitationAnswer } from '../../protocol/mcp.ts';
import type { Clock } from '../ports.ts';
import { type CallLimits, createCallLimits } from './callLimits.ts';
import { answerSampling } from './clientSampling.ts';
import type { McpTransport } from './connector.ts';
import type { Elicit, Elicitation } from './elicitation.ts';
import { createFloodGauge } from './floodGauge.ts';
import { askRequiredPages } from './requiredPages.ts';
import { type ReadResult, readResult } from './resource.ts';
import { type CallResult, callResult } from './resultContent.ts';
import type { Sample } from './sampling.ts';
import { listAll } from './serverLists.ts';
import { type PromptResult, promptResult } from './serverPrompt.ts';

export interface ConnectOptions {
  readonly version: string;
  /** Folders the agent works in, as `file:` addresses. */
  readonly roots: readonly string[];
  /** Milliseconds the server may take to answer a question that isn't a call. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** The connection has ended, once; `reason`: what is known of why. Also when nobody asked for it. */
  readonly onClose: (reason: string | undefined) => void;
  /** The tools or the prompts are not any more what they were. */
  readonly onListsChanged: () => void;
  /** What is said of a server that has answered with 401. */
  readonly refusal: string;
  /** The name under which the client knows the server. */
  readonly serverName: string;
  readonly elicit: Elicit;
  /** undefined: nobody could say yes, and the server is told so. */
  readonly sample: Sample | undefined;
  /** What the server asked for by a page has been done. */
  readonly onElicited: (elicitationId: string) => void;
  /** What the server tells of itself. */
  readonly onLog: (level: string, text: string) => void;
  /** Something went wrong that ends nothing. */
  readonly onProblem: (problem: string) => void;
}

export interface CallRequest {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

export interface McpClient {
  readonly serverInfo: { readonly name: string; readonly version: string };
  /** What the server said it can do. */
  readonly capabilities: Readonly<Record<string, unknown>>;
  /** What the server wants the model to know. */
  readonly instructions: string | undefined;
  /** What a person has logged in with goes along. */
  isLoggedIn(): boolean;
  /** As listed, unchecked; empty where the server has no tools. */
  listTools(): Promise<Answer<readonly unknown[]>>;
  /** The same. */
  listPrompts(): Promise<Answer<readonly unknown[]>>;
  /** The same. */
  listResources(): Promise<Answer<readonly unknown[]>>;
  /** Rejects with the signal's reason only. */
  getPrompt(
    prompt: { readonly name: string; readonly arguments: Readonly<Record<string, string>> },
    signal: AbortSignal,
  ): Promise<Answer<PromptResult>>;
  /** Rejects with the signal's reason only. */
  readResource(uri: string, signal: AbortSignal): Promise<Answer<ReadResult>>;
  /** Rejects with the signal's reason only. */
  callTool(request: CallRequest): Promise<Answer<CallResult>>;
  ping(): Promise<Answer<unknown>>;
  /** Resolves when nothing of the server is left. Never rejects. */
  close(reason?: string): Promise<void>;
}

/** What went wrong between us and a server. A value, not an error: this file is a bundle of its own, with classes of its own. */
export interface ServerProblem {
  /** `refused`: it answered with an error. `silent`: no answer in time. `lost`: it can't be reached (any more). */
  readonly kind: 'refused' | 'silent' | 'lost';
  /** A sentence for a person or the model. */
  readonly problem: string;
  readonly needsAuth: boolean;
}

export type Answer<Value> = { readonly kind: 'answer'; readonly value: Value } | ServerProblem;

/** The longest that timers can wait: the limit of a call is kept here, not by the client, whose clock can't be stopped. */
const NO_TIMEOUT = 2 ** 31 - 1;

/** Without an answer the transport is closed. Rejects with the signal's reason only. */
export async function connectMcpClient(
  transport: McpTransport,
  options: ConnectOptions,
): Promise<Answer<McpClient>> {
  const client = new Client(
    { name: 'belay', version: options.version },
    { capabilities: toCapabilities(options) },
  );
  const limits = { timeout: options.timeoutMs, signal: options.signal };
  const state: ConnectionState = { problem: undefined, isClosed: false };
  const callLimits = createCallLimits(options.clock);
  watch({ client, transport, state, options, callLimits });
  const close = async (reason?: string): Promise<void> => {
    state.problem ??= reason;
    await transport.close().catch((error: unknown) => options.onProblem(describe(error)));
  };
  const ask = async <Value>(question: Promise<Value>, signal: AbortSignal): Promise<Answer<Value>> => {
    try {
      return { kind: 'answer', value: await question };
    } catch (error) {
      signal.throwIfAborted();
      return toServerProblem(error, { ...state, ...options });
    }
  };
  let connected: Answer<void> | undefined;
  try {
    connected = await ask(within(client.connect(transport, limits), options), options.signal);
  } finally {
    if (connected?.kind !== 'answer') await close();
  }
  if (connected.kind !== 'answer') return connected;
  return {
    kind: 'answer',
    value: {
      serverInfo: client.getServerVersion() ?? { name: '', version: '' },
      capabilities: { ...client.getServerCapabilities() },
      instructions: client.getInstructions(),
      isLoggedIn: () => transport.isLoggedIn?.() ?? false,
      listTools: () => ask(listAll('tools', client, limits), options.signal),
      listPrompts: () => ask(listAll('prompts', client, limits), options.signal),
      listResources: () => ask(listAll('resources', client, limits), options.signal),
      getPrompt: ({ name, arguments: given }, signal) =>
        ask(
          client.request({ method: 'prompts/get', params: { name, arguments: { ...given } } }, promptResult, {
            ...limits,
            signal,
          }),
          signal,
        ),
      readResource: (uri, signal) =>
        ask(
          client.request({ method: 'resources/read', params: { uri } }, readResult, { ...limits, signal }),
          signal,
        ),
      async callTool({ name, input, timeoutMs, signal, onProgress }) {
        const [late, done] = [new AbortController(), new AbortController()];
        callLimits.watch(timeoutMs, late, AbortSignal.any([signal, done.signal]));
        const params = { name, arguments: { ...input } };
        const calling = client.request({ method: 'tools/call', params }, callResult, {
          signal: AbortSignal.any([signal, late.signal]),
          timeout: NO_TIMEOUT,
          onprogress: ({ progress, total, message }) => onProgress(toProgressLine(progress, total, message)),
        });
        let required: string | undefined;
        const called = calling.catch(async (error: unknown) => {
          required = await callLimits.whileAsking(() => askRequiredPages(error, { ...options, signal }));
          throw error;
        });
        const answer = await ask(called, signal).finally(() => done.abort());
        if (required !== undefined) return toProblem('refused', required);
        return answer.kind !== 'answer' && late.signal.aborted ? SILENT : answer;
      },
      ping: () => ask(client.ping(limits), options.signal),
      close,
    },
  };
}

function toCapabilities({ sample }: ConnectOptions): ClientCapabilities {
  const always = { roots: {}, elicitation: { form: {}, url: {} } };
  return sample === undefined ? always : { ...always, sampling: {} };
}

interface ConnectionState {
  /** What was last known to be wrong: the reason of an end that comes next. */
  problem: string | undefined;
  isClosed: boolean;
}

interface Watched {
  readonly client: Client;
  readonly transport: McpTransport;
  readonly state: ConnectionState;
  readonly options: ConnectOptions;
  readonly callLimits: CallLimits;
}

/** The client calls what stands in the transport before its own handlers. */
function watch({ client, transport, state, options, callLimits }: Watched): void {
  const gauge = createFloodGauge(options.clock);
  transport.onmessage = () => {
    if (state.isClosed || !gauge.count()) return;
    state.isClosed = true;
    state.problem = 'It sent far more messages than anybody could read, so the connection was ended.';
    void transport.close().catch((error: unknown) => options.onProblem(describe(error)));
  };
  const before = transport.onerror;
  transport.onerror = (error) => {
    before?.(error);
    const problem = describe(error);
    if (error.name === 'McpTransportError') state.problem = problem;
    options.onProblem(problem);
  };
  client.onclose = () => options.onClose(state.problem);
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => options.onListsChanged());
  client.setNotificationHandler(PromptListChangedNotificationSchema, () => options.onListsChanged());
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params: { level, logger, data } }) => {
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    options.onLog(level, logger === undefined ? text : `${logger}: ${text}`);
  });
  client.setNotificationHandler(ElicitationCompleteNotificationSchema, ({ params }) =>
    options.onElicited(params.elicitationId),
  );
  client.setRequestHandler(ElicitRequestSchema, async ({ params }, { signal }) =>
    toElicitResult(
      await callLimits.whileAsking((over) =>
        options.elicit(toElicitation(params, options.serverName), AbortSignal.any([signal, over])),
      ),
    ),
  );
  const { sample, serverName } = options;
  if (sample !== undefined) {
    const onAnswer = (text: string): void => options.onLog('belay', text);
    answerSampling(client, { callLimits, serverName, sample, onAnswer });
  }
  client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: options.roots.map((uri) => ({ uri })) }));
}

type ElicitParams = z.infer<typeof ElicitRequestSchema>['params'];

function toElicitation(params: ElicitParams, serverName: string): Elicitation {
  const asked = { mcp_server_name: serverName, message: params.message };
  if (params.mode === 'url')
    return { ...asked, mode: 'url', url: params.url, elicitation_id: params.elicitationId };
  return {
    ...asked,
    mode: 'form',
    requested_schema: { ...params.requestedSchema },
    property_order: Object.keys(params.requestedSchema.properties),
  };
}

/** Fields that the protocol does not know (lists in lists) make it no answer. */
function toElicitResult({ action, content }: ElicitationAnswer) {
  if (action !== 'accept' || content === undefined) return { action };
  const parsed = ElicitResultSchema.safeParse({ action, content });
  return parsed.success ? { action, content: parsed.data.content } : { action: 'decline' as const };
}

/** A transport may wait for its server without end before the first question is even asked. */
async function within(
  connecting: Promise<void>,
  { clock, timeoutMs, signal }: ConnectOptions,
): Promise<void> {
  const done = new AbortController();
  const late = clock.sleep(timeoutMs, AbortSignal.any([signal, done.signal])).then(() => {
    throw new McpError(ErrorCode.RequestTimeout, 'Request timed out');
  });
  late.catch(() => undefined);
  try {
    await Promise.race([connecting, late]);
  } finally {
    done.abort();
    connecting.catch(() => undefined);
  }
}

type Known = Pick<ConnectionState, 'problem'> & Pick<ConnectOptions, 'refusal'>;

function toServerProblem(error: unknown, { problem, refusal }: Known): ServerProblem {
  const code = codeOf(error);
  if (code === 401) return { kind: 'lost', problem: refusal, needsAuth: true };
  if (code === 403) return { kind: 'lost', problem: 'It refused the sign-in (HTTP 403).', needsAuth: true };
  if (code === ErrorCode.RequestTimeout) return SILENT;
  if (code === ErrorCode.ConnectionClosed) return toProblem('lost', problem ?? 'The connection was closed.');
  if (typeof code === 'number' && code >= 300) return toProblem('lost', `It answered with HTTP ${code}.`);
  if (error instanceof McpError) return toProblem('refused', error.message);
  if (isSchemaError(error)) return toProblem('refused', 'Its answer is not what the protocol asks for.');
  return toProblem('lost', problem ?? describe(error));
}

const SILENT = toProblem('silent', 'It did not answer in time.');

function toProblem(kind: ServerProblem['kind'], problem: string): ServerProblem {
  return { kind, problem, needsAuth: false };
}

/** The client checks some answers with schemas of its own copy of zod. */
function isSchemaError(error: unknown): boolean {
  return error instanceof Error && (error.name === 'ZodError' || error.name === '$ZodError');
}

function codeOf(error: unknown): unknown {
  if (error instanceof Error && 'status' in error && error.status !== undefined) return error.status;
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function toProgressLine(progress: number, total: number | undefined, message: string | undefined): string {
  const done = total === undefined ? `${progress}` : `${progress} of ${total}`;
  return message === undefined || message === '' ? `${done}\n` : `${done}: ${message}\n`;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'McpTransportError') return error.message;
  const cause = error.cause instanceof Error ? error.cause.message : '';
  return cause === '' || error.message.includes(cause) ? error.message : `${error.message} (${cause})`;
}
