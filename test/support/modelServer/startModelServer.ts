/**
 * A server that speaks the Messages API as it is in November 2026, and says what a test tells it to. It refuses every request
 * that the real one refuses; `assertNoRefusals` at the end of a test makes such a request fail it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MODELS } from '../../../src/core/model/models.ts';
import { type ApiRequest, Refusal } from './apiRequest.ts';
import { checkMessages, type Memory } from './checkMessages.ts';
import { checkParameters } from './checkRequest.ts';
import { type Played, playReply, type Sink } from './playReply.ts';
import { ScenarioPlayer, type Scenarios } from './scenarios.ts';
import type { Reply } from './steps.ts';

export interface RecordedRequest {
  readonly body: ApiRequest;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** What was answered, as far as it was played; undefined for a refusal and for an `answer` step. */
  played: Played | undefined;
}

export interface RecordedRefusal {
  readonly status: number;
  readonly message: string;
  readonly body: unknown;
}

export interface ModelServerOptions {
  /** The only key that is accepted; undefined: any key, but there must be one; null: none is needed. */
  readonly key?: string | null;
  /** Models besides those everybody has; 'any': every name is a model. */
  readonly models?: readonly string[] | 'any';
}

export interface ModelServer {
  readonly url: string;
  /** Replies to the next requests that no scenario is meant for. */
  script(...replies: Reply[]): void;
  /** Adds scenarios: replies by a piece of what the user said last. */
  scenarios(scenarios: Scenarios): void;
  /** Asked first; undefined leaves the request to scenarios and script. */
  onRequest(handler: (request: RecordedRequest) => Reply | undefined): void;
  /** Requests that were not refused, in order. */
  readonly requests: readonly RecordedRequest[];
  readonly refusals: readonly RecordedRefusal[];
  /** Resolves when so many requests have come. */
  received(count: number): Promise<RecordedRequest>;
  /** Throws when a request was refused that no test wanted refused. */
  assertNoRefusals(): void;
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 32 * 1024 * 1024;

export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const requests: RecordedRequest[] = [];
  const refusals: RecordedRefusal[] = [];
  const scripted: Reply[] = [];
  const scenarios = new ScenarioPlayer();
  const waiting: { readonly count: number; readonly resolve: (request: RecordedRequest) => void }[] = [];
  let handler: (request: RecordedRequest) => Reply | undefined = () => undefined;
  const memory = createMemory(requests);

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    let body: unknown;
    try {
      const path = new URL(incoming.url ?? '/', 'http://server').pathname;
      checkHeaders(incoming, options);
      if (incoming.method === 'GET' && path === '/v1/models') return listModels(outgoing);
      if (incoming.method !== 'POST' || path !== '/v1/messages')
        throw new Refusal(`Not found: ${path}`, { status: 404, type: 'not_found_error' });
      body = await readJson(incoming);
      const request = body as ApiRequest;
      checkParameters(request, { models: options.models ?? [], betas: betasOf(incoming) });
      checkMessages(request, memory);
      const record: RecordedRequest = {
        body: request,
        headers: incoming.headers as RecordedRequest['headers'],
        played: undefined,
      };
      requests.push(record);
      for (const wait of waiting)
        if (requests.length >= wait.count) wait.resolve(requests[wait.count - 1] as RecordedRequest);
      const reply = handler(record) ?? scenarios.next(request) ?? scripted.shift();
      if (reply === undefined) throw new Refusal('No reply is scripted for this request.');
      await answer(reply, { record, outgoing, number: requests.length });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusals.push({ status: error.status, message: error.message, body });
      sendError(outgoing, error);
    }
  }

  // A connection that is closed for being idle may be closed just when the next request is on its way.
  const server = createServer({ keepAliveTimeout: 0 }, (incoming, outgoing) => {
    handle(incoming, outgoing).catch((error: unknown) => {
      refusals.push({ status: 500, message: String(error), body: undefined });
      outgoing.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    script: (...replies) => void scripted.push(...replies),
    scenarios: (more) => scenarios.set(more),
    onRequest(next) {
      handler = next;
    },
    requests,
    refusals,
    received: (count) =>
      new Promise((resolve) => {
        const there = requests[count - 1];
        if (there === undefined) waiting.push({ count, resolve });
        else resolve(there);
      }),
    assertNoRefusals() {
      if (refusals.length === 0) return;
      throw new Error(
        `The model server refused: ${refusals.map(({ status, message }) => `${status} ${message}`).join('; ')}`,
      );
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answering {
  readonly record: RecordedRequest;
  readonly outgoing: ServerResponse;
  readonly number: number;
}

async function answer(reply: Reply, { record, outgoing, number }: Answering): Promise<void> {
  const [first] = reply;
  if (first?.kind === 'answer') {
    outgoing.writeHead(first.status, first.headers).end(first.body);
    return;
  }
  const options = { request: record.body, number, usage: countTokens(record.body) };
  if (record.body.stream !== true) {
    record.played = await playReply(reply, SILENT, options);
    outgoing
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(toMessage(record.played)));
    return;
  }
  outgoing.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': `req_${number}` });
  record.played = await playReply(reply, createSink(outgoing), options);
}

function createSink(outgoing: ServerResponse): Sink {
  const gone = new Promise<void>((resolve) => outgoing.once('close', resolve));
  return {
    gone,
    write: (bytes) =>
      new Promise((resolve) => {
        if (outgoing.destroyed) resolve();
        // One write, one packet, as far as the system lets us: the next waits until this one has left.
        else outgoing.write(bytes, () => setImmediate(resolve));
      }),
    end: () => void outgoing.end(),
    reset: () => void outgoing.socket?.resetAndDestroy(),
  };
}

const SILENT: Sink = { gone: new Promise(() => {}), write: async () => {}, end: () => {}, reset: () => {} };

function createMemory(requests: readonly RecordedRequest[]): Memory {
  const said = () => requests.flatMap(({ played }) => (played === undefined ? [] : [played]));
  return {
    get sentTypes() {
      return new Set(said().flatMap(({ content }) => content.map(({ type }) => type)));
    },
    isPaused(content) {
      const last = JSON.stringify(content.at(-1));
      return said().some(
        (reply) => reply.stopReason === 'pause_turn' && JSON.stringify(reply.content.at(-1)) === last,
      );
    },
  };
}

function checkHeaders({ headers }: IncomingMessage, { key }: ModelServerOptions): void {
  const given = headers['x-api-key'] ?? headers.authorization?.replace(/^Bearer /, '');
  if (key !== null && (given === undefined || (key !== undefined && given !== key))) {
    throw new Refusal('invalid x-api-key', { status: 401, type: 'authentication_error' });
  }
  if (!/^\d{4}-\d{2}-\d{2}$/.test(String(headers['anthropic-version'])))
    throw new Refusal('anthropic-version: header is required');
}

function betasOf({ headers }: IncomingMessage): readonly string[] {
  return String(headers['anthropic-beta'] ?? '')
    .split(',')
    .map((beta) => beta.trim());
}

async function readJson(incoming: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  const bytes = Buffer.concat(pieces);
  if (bytes.length > MAX_BODY_BYTES)
    throw new Refusal('Request exceeds the maximum size', { status: 413, type: 'request_too_large' });
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new Refusal('The request body is not valid JSON');
  }
}

function sendError(outgoing: ServerResponse, { status, type, message }: Refusal): void {
  const body = { type: 'error', error: { type, message }, request_id: 'req_refused' };
  outgoing
    .writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_refused' })
    .end(JSON.stringify(body));
}

/** A rough count: four characters a token. */
function countTokens(body: ApiRequest): Record<string, unknown> {
  const input_tokens = Math.ceil(JSON.stringify([body.system, body.tools, body.messages]).length / 4);
  return { input_tokens, output_tokens: 20, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
}

function toMessage({ id, model, content, stopReason, usage }: Played): object {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content,
    stop_reason: stopReason,
    stop_sequence: null,
    usage,
  };
}

function listModels(outgoing: ServerResponse): void {
  const data = MODELS.map(({ id, displayName, contextWindow, maxOutput, efforts, thinking }) => ({
    type: 'model',
    id,
    display_name: displayName,
    created_at: '2026-11-01T00:00:00Z',
    lifecycle: 'active',
    max_input_tokens: contextWindow,
    max_tokens: maxOutput,
    capabilities: {
      effort: {
        supported: efforts.length > 0,
        ...Object.fromEntries(
          ['low', 'medium', 'high', 'xhigh', 'max'].map((level) => [
            level,
            { supported: efforts.some((effort) => effort === level) },
          ]),
        ),
      },
      thinking: {
        supported: true,
        types: {
          adaptive: { supported: thinking === 'adaptive' },
          enabled: { supported: thinking === 'budget' },
        },
      },
    },
  }));
  const page = { data, has_more: false, first_id: data[0]?.id, last_id: data.at(-1)?.id };
  outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(page));
}
