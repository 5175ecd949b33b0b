import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type AnthropicModelOptions,
  createAnthropicModel,
} from '../../../../src/core/model/anthropicModel.ts';
import type { ModelRequest } from '../../../../src/core/model/modelRequest.ts';
import { createModelTable } from '../../../../src/core/model/modelTable.ts';
import type { ApiReply, StreamEvent } from '../../../../src/protocol/streamEvents.ts';
import { Accumulator } from '../../../../src/stream/accumulator.ts';
import { type ModelServer, startModelServer } from '../../../support/modelServer/startModelServer.ts';
import * as say from '../../../support/modelServer/steps.ts';
import { createManualClock, type ManualClock } from './manualClock.ts';

let server: ModelServer;
let clock: ManualClock;
beforeEach(async () => {
  server = await startModelServer();
  clock = createManualClock();
});
afterEach(() => server.close());

const hello: ModelRequest = {
  model: 'claude-sonnet-5-5',
  system: ['You help.'],
  tools: [{ name: 'Read', description: 'Reads.', input_schema: { type: 'object', properties: {} } }],
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }],
  maxTokens: 4096,
};

function model(options: Partial<AnthropicModelOptions> = {}) {
  const models = createModelTable();
  return createAnthropicModel({
    secrets: { get: async (name) => (name === 'anthropic-api-key' ? 'sk-ant-test' : undefined) },
    baseUrl: () => server.url,
    clock,
    models: () => models,
    ...options,
  });
}

interface Asked {
  readonly events: StreamEvent[];
  readonly reply: ApiReply | undefined;
  readonly error: unknown;
}

async function ask({
  request = hello,
  signal = new AbortController().signal,
  options = {} as Partial<AnthropicModelOptions>,
} = {}): Promise<Asked> {
  const events: StreamEvent[] = [];
  const accumulator = new Accumulator();
  try {
    for await (const event of model(options)(request, signal)) {
      events.push(event);
      accumulator.push(event);
    }
    return { events, reply: accumulator.finish(), error: undefined };
  } catch (error) {
    return { events, reply: undefined, error };
  }
}

const types = ({ events }: Asked) => events.map(({ type }) => type);
const whole = [
  say.thinking('Let me think.'),
  say.text('Grüße 😀, I read it.'),
  say.toolUse('Read', { file_path: 'ä/😀.ts' }, { id: 'toolu_1' }),
];

describe('a reply', () => {
  test('comes as its events, and as a whole once they are accumulated', async () => {
    server.script(whole);
    const asked = await ask();
    expect(types(asked).slice(0, 3)).toEqual(['message_start', 'content_block_start', 'content_block_delta']);
    expect(types(asked).slice(-2)).toEqual(['message_delta', 'message_stop']);
    expect(asked.reply).toMatchObject({
      model: 'claude-sonnet-5-5',
      stop_reason: 'tool_use',
      content: [
        { type: 'thinking', thinking: 'Let me think.' },
        { type: 'text', text: 'Grüße 😀, I read it.' },
        { type: 'tool_use', name: 'Read', input: { file_path: 'ä/😀.ts' } },
      ],
    });
    server.assertNoRefusals();
  });

  test.each([1, 2, 3, 7, 64])('F15 is the same when its bytes come %i at a time', async (size) => {
    server.script(whole, [say.chunks(size), ...whole]);
    const [first, second] = [await ask(), await ask()];
    expect(second.reply?.content).toEqual(first.reply?.content);
  });

  test.each(['bytes', 'chunk'] as const)('is the same when its events are wrapped as %s', async (form) => {
    server.script(whole, [say.wrapped(form), ...whole]);
    const [first, second] = [await ask(), await ask()];
    expect(second.reply?.content).toEqual(first.reply?.content);
  });

  test('F16 pings are passed on, unknown events are not', async () => {
    server.script([say.ping(), say.event('brand_new', { type: 'brand_new' }), say.text('hi'), say.ping()]);
    const asked = await ask();
    expect(types(asked).filter((type) => type === 'ping')).toHaveLength(2);
    expect(asked.reply?.content).toEqual([{ type: 'text', text: 'hi', citations: null }]);
  });

  test('F60 that comes whole, from a server that doesn’t stream, is taken as it came', async () => {
    const message = {
      type: 'message',
      id: 'msg_9',
      role: 'assistant',
      model: 'm',
      content: [
        { type: 'text', text: 'hi' },
        { type: 'tool_use', id: 't', name: 'Read', input: { a: 1 } },
      ],
      stop_reason: 'tool_use',
      usage: { input_tokens: 3, output_tokens: 4 },
    };
    server.script([say.answer(200, `\n ${JSON.stringify(message)}`)]);
    const { reply } = await ask();
    expect(reply).toEqual({ ...message, stop_sequence: null });
    expect(server.requests).toHaveLength(1);
  });

  test('needs no content type, and may begin with white space and a byte order mark', async () => {
    server.script([say.raw('\ufeff\n: hi\n\n'), say.text('hi')]);
    expect((await ask()).reply?.content).toHaveLength(1);
  });

  test('may leave its connection open behind it: what came is whole', async () => {
    server.script([
      say.text('hi'),
      say.event('message_delta', { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: {} }),
      say.event('message_stop', { type: 'message_stop' }),
      say.stall(),
    ]);
    const asking = ask();
    await server.received(1);
    while (clock.sleepers < 2) await clock.advance(0);
    await clock.advance(250);
    expect((await asking).reply?.stop_reason).toBe('end_turn');
  });
});

describe('the request', () => {
  test('carries the key as the SDK sends it, and as older servers read it', async () => {
    server.script([say.text('hi')]);
    await ask();
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer sk-ant-test',
      'x-api-key': 'sk-ant-test',
      'anthropic-version': '2026-10-21',
    });
  });

  test('carries a token instead, when that is what there is', async () => {
    server.script([say.text('hi')]);
    const secrets = {
      get: async (name: string) => (name === 'anthropic-auth-token' ? 'token-1' : undefined),
    };
    await ask({ options: { secrets } });
    expect(server.requests[0]?.headers).toMatchObject({ authorization: 'Bearer token-1' });
    expect(server.requests[0]?.headers['x-api-key']).toBeUndefined();
  });

  test('carries no key to a server that needs none, whatever the environment holds', async () => {
    await server.close();
    server = await startModelServer({ key: null });
    server.script([say.text('hi')]);
    const before = { ...process.env };
    process.env.ANTHROPIC_API_KEY = 'sk-ant-environment';
    process.env.ANTHROPIC_BASE_URL = 'http://127.0.0.1:1';
    try {
      const asked = await ask({ options: { secrets: { get: async () => undefined } } });
      expect(asked.error).toBeUndefined();
    } finally {
      process.env = before;
    }
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
    expect(server.requests[0]?.headers['x-api-key']).toBeUndefined();
  });

  test('carries further headers', async () => {
    server.script([say.text('hi')]);
    await ask({ options: { headers: { 'X-Team': 'belay' } } });
    expect(server.requests[0]?.headers['x-team']).toBe('belay');
  });

  test.each(['', '/', '/v1', '/v1/', '/v1/messages'])(
    'goes to the right place when the address ends with %j',
    async (end) => {
      server.script([say.text('hi')]);
      expect((await ask({ options: { baseUrl: () => server.url + end } })).error).toBeUndefined();
    },
  );

  test('goes through the fetch it is given', async () => {
    server.script([say.text('hi')]);
    const seen: string[] = [];
    const fetchThrough: typeof fetch = (input, init) => {
      seen.push(String(input));
      return fetch(input, init);
    };
    await ask({ options: { fetch: fetchThrough } });
    expect(seen).toEqual([`${server.url}/v1/messages`]);
  });

  test('is one request, however it fails: trying again is for others to decide', async () => {
    server.script([say.httpError(529, 'overloaded_error')], [say.text('hi')]);
    await ask();
    expect(server.requests).toHaveLength(1);
  });
});

describe('a failure', () => {
  const failure = async (reply: say.Reply, options: Partial<AnthropicModelOptions> = {}) => {
    server.script(reply);
    return (await ask({ options })).error;
  };
  const host = () => new URL(server.url).host;

  test('no key for the Anthropic API is told without a request', async () => {
    const options = { baseUrl: () => undefined, secrets: { get: async () => undefined } };
    expect((await ask({ options })).error).toMatchObject({
      name: 'ModelError',
      kind: 'no_provider',
      code: 'no_key',
      host: 'api.anthropic.com',
      retryable: false,
    });
  });

  test.each(['not an address', 'ftp://example.org', 'localhost:8080'])(
    'the address %j is told without a request',
    async (url) => {
      expect((await ask({ options: { baseUrl: () => url } })).error).toMatchObject({
        kind: 'network',
        code: 'invalid_address',
        retryable: false,
      });
    },
  );

  test('F02 an error status carries what the API said and how long to wait', async () => {
    const error = await failure([
      say.httpError(429, 'rate_limit_error', {
        message: 'Slow.',
        headers: { 'retry-after': 'Sat, 21 Nov 2026 10:00:12 GMT', 'request-id': 'req_7' },
      }),
    ]);
    expect(error).toMatchObject({
      kind: 'rate_limit',
      status: 429,
      message: 'Slow.',
      retryAfterMs: 12_000,
      requestId: 'req_7',
      host: host(),
    });
  });

  test('F03 a spending limit is told from a rate limit', async () => {
    expect(
      await failure([say.httpError(429, 'rate_limit_error', { code: 'enforced_spend_limit_reached' })]),
    ).toMatchObject({ kind: 'billing', retryable: false });
  });

  test('F05 a page with status 502 is a server error', async () => {
    expect(
      await failure([say.answer(502, '<html>Bad gateway</html>', { 'content-type': 'text/html' })]),
    ).toMatchObject({ kind: 'server', retryable: true });
  });

  test('F07 the key is refused', async () => {
    await server.close();
    server = await startModelServer({ key: 'another' });
    expect((await ask()).error).toMatchObject({ kind: 'authentication', status: 401, retryable: false });
  });

  test('F09 the model is not there', async () => {
    const request = { ...hello, model: 'claude-nova-9' };
    expect((await ask({ request })).error).toMatchObject({ kind: 'model_not_found', status: 404 });
  });

  test('F11 an error event before any content', async () => {
    server.script([say.errorEvent('overloaded_error')]);
    const asked = await ask();
    expect(asked.error).toMatchObject({
      kind: 'overloaded',
      status: undefined,
      requestId: 'req_1',
      retryable: true,
    });
    expect(types(asked)).toEqual([]);
  });

  test('F12 an error event after text', async () => {
    server.script([say.text('half'), say.errorEvent('api_error', 'Internal.')]);
    const asked = await ask();
    expect(asked.error).toMatchObject({ kind: 'server', message: 'Internal.' });
    expect(types(asked)).toContain('content_block_stop');
  });

  test('F13 a reset after a tool call', async () => {
    server.script([say.toolUse('Read', {}), say.reset()]);
    const asked = await ask();
    expect(asked.error).toMatchObject({ kind: 'stream_broken', retryable: true, host: host() });
    expect(types(asked).at(-1)).toBe('content_block_stop');
  });

  test('a reset before the answer is a network failure', async () => {
    expect(await failure([say.reset()])).toMatchObject({
      kind: 'network',
      code: 'ECONNRESET',
      retryable: true,
    });
  });

  test.each<[string, say.Step[]]>([
    ['in the middle of a block', [say.text('half'), say.end()]],
    [
      'in the middle of an event',
      [say.text('half'), say.raw('event: content_block_start\ndata: {"type":"content_bl'), say.end()],
    ],
    ['after a ping', [say.ping(), say.end()]],
  ])('a stream that ends %s is broken', async (_name, reply) => {
    expect(await failure(reply)).toMatchObject({
      kind: 'stream_broken',
      code: 'incomplete',
      retryable: true,
    });
  });

  test.each<[string, string, string]>([
    ['html', 'a page', '<!doctype html><html><body>Sign in</body></html>'],
    ['empty', 'nothing', ''],
    ['empty', 'white space', ' \n\n '],
    ['not_events', 'other JSON', '{"ok":true}'],
    ['not_events', 'broken JSON', '{"type":"message","id":'],
    ['not_events', 'text', 'Hello there'],
    ['malformed_event', 'events that aren’t JSON', 'data: hello\n\ndata: x\n\n'],
  ])('F60 a 200 with %s (%s) is named and not asked again', async (code, _name, body) => {
    expect(await failure([say.answer(200, body, { 'content-type': 'text/event-stream' })])).toMatchObject({
      kind: 'bad_response',
      code,
      retryable: false,
    });
    expect(server.requests).toHaveLength(1);
  });

  test('an error as the whole answer, with status 200, is an error', async () => {
    const body = { type: 'error', error: { type: 'overloaded_error', message: 'x' } };
    expect(await failure([say.answer(200, JSON.stringify(body))])).toMatchObject({ kind: 'overloaded' });
  });

  test('garbage in the middle of a reply is named', async () => {
    expect(await failure([say.text('x'), say.raw('data: {oops}\n\n')])).toMatchObject({
      kind: 'bad_response',
      code: 'malformed_event',
    });
  });

  test('F01 a refused connection names its host', async () => {
    const { url } = server;
    await server.close();
    const { error } = await ask({ options: { baseUrl: () => url } });
    server = await startModelServer();
    expect(error).toMatchObject({
      kind: 'network',
      code: 'ECONNREFUSED',
      host: new URL(url).host,
      retryable: true,
    });
  });

  test('F01 a host that isn’t there', async () => {
    const cause = Object.assign(new Error('getaddrinfo ENOTFOUND nowhere.invalid'), { code: 'ENOTFOUND' });
    const fetchFails: typeof fetch = () => Promise.reject(new TypeError('fetch failed', { cause }));
    const options = { baseUrl: () => 'https://nowhere.invalid', fetch: fetchFails };
    expect((await ask({ options })).error).toMatchObject({
      kind: 'network',
      code: 'ENOTFOUND',
      host: 'nowhere.invalid',
    });
  });

  test('a connection that failed for a reason nobody names is a network failure too', async () => {
    const fetchFails: typeof fetch = () => Promise.reject(new TypeError('Failed to fetch'));
    expect((await ask({ options: { fetch: fetchFails } })).error).toMatchObject({
      kind: 'network',
      message: 'Failed to fetch',
    });
  });

  test('F61 a server that speaks no TLS, or one with a certificate nobody trusts', async () => {
    const plain = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as { port: number };
    try {
      const { error } = await ask({ options: { baseUrl: () => `https://127.0.0.1:${port}` } });
      expect(error).toMatchObject({ kind: 'certificate', retryable: false });
    } finally {
      plain.close();
    }
    const cause = Object.assign(new Error('certificate has expired'), { code: 'CERT_HAS_EXPIRED' });
    const fetchFails: typeof fetch = () => Promise.reject(new TypeError('fetch failed', { cause }));
    expect((await ask({ options: { fetch: fetchFails } })).error).toMatchObject({
      kind: 'certificate',
      code: 'CERT_HAS_EXPIRED',
    });
  });
});

describe('waiting', () => {
  test('F14 a reply that goes silent is given up after 75 seconds', async () => {
    server.script([say.text('half'), say.stall()]);
    const asking = ask();
    await server.received(1);
    await settled();
    await clock.advance(74_000);
    await settled();
    await clock.advance(1_001);
    const asked = await asking;
    expect(asked.error).toMatchObject({ kind: 'stream_broken', code: 'stalled', retryable: true });
    expect(types(asked)).toContain('content_block_delta');
  });

  test('F14 a ping counts as a sign of life', async () => {
    const ping = openGate();
    const more = openGate();
    server.script([
      say.text('half'),
      say.gate(ping.promise),
      say.ping(),
      say.gate(more.promise),
      say.text('whole'),
    ]);
    const pinged = openGate();
    const accumulator = new Accumulator();
    const asking = (async () => {
      for await (const event of model()(hello, new AbortController().signal)) {
        accumulator.push(event);
        if (event.type === 'ping') pinged.resolve();
      }
    })();
    await server.received(1);
    await settled();
    await clock.advance(70_000);
    ping.resolve();
    await pinged.promise;
    await clock.advance(70_000);
    more.resolve();
    await asking;
    expect(accumulator.finish().content).toHaveLength(2);
  });

  test('a server that doesn’t answer at all is given up after five minutes', async () => {
    const never: typeof fetch = (_input, init) =>
      new Promise((_resolve, reject) =>
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)),
      );
    const asking = ask({ options: { fetch: never } });
    for (let minute = 0; minute < 5; minute += 1) {
      await settled();
      expect(clock.sleepers).toBe(1);
      await clock.advance(60_000);
    }
    expect((await asking).error).toMatchObject({ kind: 'network', code: 'no_answer', retryable: false });
  });

  test('nothing is left waiting after a reply', async () => {
    server.script([say.text('hi')]);
    await ask();
    expect(clock.sleepers).toBe(0);
  });
});

describe('an abort', () => {
  test('before the request makes none', async () => {
    const reason = new Error('stopped');
    expect((await ask({ signal: AbortSignal.abort(reason) })).error).toBe(reason);
    expect(server.requests).toHaveLength(0);
  });

  test('F27 in the middle of a reply ends it with the signal’s reason', async () => {
    server.script([say.text('half'), say.stall()]);
    const controller = new AbortController();
    const reason = new Error('stopped');
    const seen: string[] = [];
    const reading = (async () => {
      for await (const event of model()(hello, controller.signal)) {
        seen.push(event.type);
        if (event.type === 'content_block_stop') controller.abort(reason);
      }
    })();
    await expect(reading).rejects.toBe(reason);
    expect(seen).toContain('content_block_delta');
    expect(clock.sleepers).toBe(0);
  });

  test('a reader that stops reading lets the connection go', async () => {
    const gone = openGate();
    server.script([say.text('half'), say.gate(gone.promise)]);
    for await (const event of model()(hello, new AbortController().signal)) {
      if (event.type === 'content_block_stop') break;
    }
    expect(clock.sleepers).toBe(0);
    gone.resolve();
  });
});

function openGate(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** Lets what is on its way through loopback and the event loop arrive. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
