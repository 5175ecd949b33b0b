import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BodyReader } from '../../../src/core/model/modelFetch.ts';
import { createNodeModelFetch } from '../../../src/node/modelFetch.ts';

let answer: (request: IncomingMessage, response: ServerResponse) => void;
let connections = 0;
const server = createServer((request, response) => answer(request, response));
server.on('connection', () => {
  connections += 1;
});
let url = '';

beforeEach(async () => {
  connections = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/messages?a=b`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const fetch = createNodeModelFetch();
const open = (): AbortSignal => new AbortController().signal;

async function readAll(reader: BodyReader): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for (let read = await reader.read(); !read.done; read = await reader.read())
    text += decoder.decode(read.value, { stream: true });
  return text;
}

describe('a request to a model', () => {
  it('says what it was given, and reads what comes', async () => {
    const asked: unknown[] = [];
    answer = async (request, response) => {
      let body = '';
      for await (const piece of request) body += piece;
      asked.push(
        request.method,
        request.url,
        request.headers['x-a'],
        request.headers['content-length'],
        body,
      );
      response.writeHead(429, { 'retry-after': '3', 'set-cookie': ['a=1', 'b=2'] });
      response.write('o');
      response.end('h ü');
    };
    const { status, headers, body } = await fetch(url, {
      method: 'POST',
      headers: new Headers({ 'x-a': '1' }),
      body: '"ü"',
      signal: open(),
    });
    expect(asked).toEqual(['POST', '/v1/messages?a=b', '1', '4', '"ü"']);
    expect(status).toBe(429);
    expect([headers.get('Retry-After'), headers.get('set-cookie'), headers.get('none')]).toEqual([
      '3',
      'a=1, b=2',
      null,
    ]);
    expect(body && (await readAll(body.getReader()))).toBe('oh ü');
  });

  it('uses its connection again when the answer was read to its end', async () => {
    answer = (_, response) => response.end('whole');
    for (const _ of [1, 2, 3]) {
      const { text } = await fetch(url, { method: 'GET', signal: open() });
      expect(await text()).toBe('whole');
    }
    expect(connections).toBe(1);
  });

  it('follows no redirect', async () => {
    answer = (_, response) => response.writeHead(307, { location: '/elsewhere' }).end();
    const { status } = await fetch(url, { method: 'GET', signal: open() });
    expect(status).toBe(307);
  });

  it('rejects with the reason of an abort, also before it began', async () => {
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await expect(fetch(url, { method: 'GET', signal })).rejects.toBe(reason);
    const controller = new AbortController();
    answer = () => controller.abort(reason);
    const asking = fetch(url, { method: 'GET', signal: controller.signal });
    await expect(asking).rejects.toBe(reason);
  });

  it('rejects with the code of the system where nobody listens', async () => {
    const nobody = 'http://127.0.0.1:1/';
    const asking = fetch(nobody, { method: 'GET', signal: open() });
    await expect(asking).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('the body of an answer', () => {
  const begin = async (signal: AbortSignal): Promise<BodyReader> => {
    answer = (_, response) => response.write('first');
    const { body } = await fetch(url, { method: 'GET', signal });
    const reader = body?.getReader();
    if (reader === undefined) throw new Error('There is no body.');
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('first');
    return reader;
  };

  it('breaks off with an abort', async () => {
    const controller = new AbortController();
    const reader = await begin(controller.signal);
    const reading = reader.read();
    controller.abort();
    await expect(reading).rejects.toThrow();
  });

  it('breaks off with its connection', async () => {
    const reader = await begin(open());
    const reading = reader.read();
    server.closeAllConnections();
    await expect(reading).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('can be given up while a read waits, which closes the connection', async () => {
    let closed: Promise<unknown> | undefined;
    server.once('request', (_, response: ServerResponse) => {
      closed = once(response, 'close');
    });
    const reader = await begin(open());
    const reading = reader.read().then(
      () => 'read',
      () => 'given up',
    );
    await reader.cancel();
    expect(await reading).toBe('given up');
    expect(closed).toBeDefined();
    await closed;
  });
});
