import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { McpServerConfig } from '../../../src/protocol/mcp.ts';
import { createServerRig, type RigOptions, type ServerRig } from '../../support/mcp/serverRig.ts';
import { type HttpServer, startHttpServer } from '../../support/mcp/startHttpServer.ts';

const endings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function everythingAt(mode: 'streamableHttp' | 'sse'): Promise<HttpServer> {
  const server = await startHttpServer(mode);
  endings.push(() => server.kill());
  return server;
}

async function serve(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  endings.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}/mcp`;
}

function rig(config: McpServerConfig, options: RigOptions = {}): ServerRig {
  const created = createServerRig({ servers: { s: config }, ...options });
  endings.push(() => created.mcp.close());
  return created;
}

const types = [
  ['http', 'streamableHttp'],
  ['sse', 'sse'],
] as const;

describe.each(types)('a server over %s', (type, mode) => {
  it('is connected, and its tools answer', async () => {
    const { url } = await everythingAt(mode);
    const { call, names, statusOf } = rig({ type, url });
    expect(await names()).toContain('mcp__s__echo');
    expect(await call('mcp__s__echo', { message: 'hello' })).toEqual({
      content: [{ type: 'text', text: 'Echo: hello' }],
      isError: false,
      progress: [],
    });
    expect(statusOf('s')).toMatchObject({ status: 'connected', config: { type, url } });
  });

  it('gives an error when it dies in a call, and is found again when it is back', async () => {
    const server = await everythingAt(mode);
    const { call, until } = rig({ type, url: server.url }, { limits: { restarts: 10 } });
    await until('s', 'connected');
    const dead = await call(
      'mcp__s__trigger-long-running-operation',
      { duration: 60, steps: 600 },
      { onProgress: () => void server.kill() },
    );
    expect(dead.isError).toBe(true);
    await server.restart();
    await until('s', 'connected');
    expect((await call('mcp__s__echo', { message: 'again' })).isError).toBe(false);
  });

  it('is called failed when nobody is there', async () => {
    const url = (await everythingAt(mode)).url.replace(/:\d+/, ':1');
    const { names, statusOf } = rig({ type, url });
    expect(await names()).toEqual([]);
    expect(statusOf('s')).toMatchObject({ status: 'failed' });
  });

  it('is told apart when it wants a sign-in', async () => {
    const url = await serve((_, response) => response.writeHead(401).end());
    const { names, statusOf } = rig({ type, url });
    expect(await names()).toEqual([]);
    expect(statusOf('s')).toMatchObject({
      status: 'needs-auth',
      error: expect.stringContaining('It wants you to log in, which can be done in VS Code only.'),
    });
  });

  it('gets the headers it is to get', async () => {
    const seen: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(404).end('<html>'.repeat(10_000));
    });
    const { names, statusOf } = rig({ type, url, headers: { Authorization: 'Bearer mine' } });
    await names();
    expect(seen[0]).toBe('Bearer mine');
    expect(statusOf('s')).toMatchObject({ status: 'failed', error: 'It answered with HTTP 404.' });
  });

  it('is called failed when it never answers', async () => {
    const url = await serve(() => undefined);
    const { names, statusOf } = rig({ type, url }, { limits: { connectMs: 200 } });
    expect(await names()).toEqual([]);
    expect(statusOf('s')).toMatchObject({ status: 'failed', error: 'It did not answer in time.' });
  });

  it('is called failed when its answer has no end', async () => {
    const contentType = type === 'sse' ? 'text/event-stream' : 'application/json';
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-type': contentType });
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(100_000)));
      };
      response.on('drain', more);
      more();
    });
    const { names, statusOf } = rig({ type, url });
    expect(await names()).toEqual([]);
    expect(statusOf('s')?.status).toBe('failed');
  });

  it('is refused when its address is not one of the web', async () => {
    const { names, statusOf } = rig({ type, url: 'file:///etc/passwd' });
    expect(await names()).toEqual([]);
    expect(statusOf('s')).toMatchObject({
      status: 'failed',
      error: '"file:///etc/passwd" is not an address of the web (http:// or https://).',
    });
  });
});

/** A server over HTTP whose tool `hang` begins to answer, and then says nothing any more. */
const hanging: RequestListener = async (request, response) => {
  if (request.method !== 'POST') return void response.writeHead(405).end();
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const { id, method, params } = JSON.parse(body);
  if (id === undefined) return void response.writeHead(202).end();
  const result = {
    initialize: {
      protocolVersion: '2025-06-18',
      capabilities: { tools: {} },
      serverInfo: { name: 'hanging', version: '1' },
    },
    'tools/list': {
      tools: ['hang', 'work'].map((name) => ({ name, description: name, inputSchema: { type: 'object' } })),
    },
    'tools/call': { content: [{ type: 'text', text: 'It works.' }] },
    ping: {},
  }[String(method)];
  if (params?.name === 'hang') {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': it has begun\n\n');
    return;
  }
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ jsonrpc: '2.0', id, result }));
};

describe('a server over http whose answer hangs', () => {
  it('gives an error when the time of the call is over, and the next call works', async () => {
    const { call, statusOf } = rig({ type: 'http', url: await serve(hanging), timeout: 1000 });
    expect(await call('mcp__s__hang')).toMatchObject({
      isError: true,
      content: [
        { type: 'text', text: 'The MCP server "s" gave no result. It did not answer within 1 seconds.' },
      ],
    });
    expect(await call('mcp__s__work')).toMatchObject({
      isError: false,
      content: [{ type: 'text', text: 'It works.' }],
    });
    expect(statusOf('s')).toMatchObject({ status: 'connected' });
  });

  it('is given up at once when the turn is stopped', async () => {
    const { call } = rig({ type: 'http', url: await serve(hanging) });
    const turn = new AbortController();
    const called = call('mcp__s__hang', {}, { signal: turn.signal });
    turn.abort(new Error('stopped'));
    await expect(called).rejects.toThrow('stopped');
    expect(await call('mcp__s__work')).toMatchObject({ isError: false });
  });
});
