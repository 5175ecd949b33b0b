import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isPublicAddress } from '../../../src/node/publicAddress.ts';
import { createNodeWeb, type NodeWebOptions } from '../../../src/node/web.ts';
import { findProxy } from '../../../src/node/webProxy.ts';
import { testCertificate } from './testCertificate.ts';

const limits = { maxBytes: 1_000_000, signal: new AbortController().signal };
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function local(options: Partial<NodeWebOptions> = {}) {
  return createNodeWeb({ env: {}, allowLoopback: true, resolve: async () => ['127.0.0.1'], ...options });
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const serve = (listener: RequestListener) => listen(createServer(listener));

describe('addresses', () => {
  it.each([
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '127.0.0.1',
    '127.1.2.3',
    '0.0.0.0',
    '169.254.169.254',
    '100.64.0.1',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    '64:ff9b:1::7f00:1',
    '2002:7f00:1::',
    '2001::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '2001:db8::1',
    'not an address',
  ])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['8.8.8.8', '93.184.216.34', '2606:4700::1111'])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('what is refused before anything is sent', () => {
  const strict = (addresses: readonly string[]) => createNodeWeb({ env: {}, resolve: async () => addresses });

  it.each([
    'http://127.0.0.1/',
    'http://[::1]/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://169.254.169.254/latest/meta-data',
    'http://[::ffff:10.0.0.1]/',
    'https://user:secret@example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'nonsense',
  ])('%s', async (url) => {
    expect(await strict(['8.8.8.8']).get(url, limits)).toMatchObject({ kind: 'refused' });
  });

  it('a name that has any private address', async () => {
    expect(await strict(['8.8.8.8', '10.0.0.1']).get('https://example.com/', limits)).toEqual({
      kind: 'refused',
      reason: 'example.com is at 10.0.0.1, which is not on the public internet',
    });
  });

  it('the real localhost, by the real resolver', async () => {
    const web = createNodeWeb({ env: {} });
    expect(await web.get('http://localhost:1/', limits)).toMatchObject({ kind: 'refused' });
  });
});

describe('an answer', () => {
  it('has status, type and body, and asks without cookies', async () => {
    let headers: unknown;
    const port = await serve((request, response) => {
      headers = request.headers;
      response
        .writeHead(404, { 'content-type': 'text/plain', 'set-cookie': 'a=b' })
        .end(`path ${request.url}`);
    });
    const answer = await local().get(`http://example.test:${port}/x?y=1#z`, limits);
    expect(answer).toEqual({
      kind: 'answer',
      status: 404,
      contentType: 'text/plain',
      body: new TextEncoder().encode('path /x?y=1'),
      truncated: false,
    });
    expect(headers).toMatchObject({ host: `example.test:${port}`, 'user-agent': 'Belay' });
    expect(headers).not.toHaveProperty('cookie');
  });

  it('looks a name up once, and tries its other addresses', async () => {
    const port = await serve((_, response) => void response.end('ok'));
    let lookups = 0;
    const resolve = async () => {
      lookups += 1;
      return ['127.0.0.3', '127.0.0.1'];
    };
    expect(await local({ resolve }).get(`http://example.test:${port}/`, limits)).toMatchObject({
      kind: 'answer',
    });
    expect(lookups).toBe(1);
  });

  it('is unpacked', async () => {
    const packings = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync };
    const port = await serve((request, response) => {
      const encoding = (request.url ?? '').slice(1) as keyof typeof packings;
      response.writeHead(200, { 'content-encoding': encoding }).end(packings[encoding]('unpacked'));
    });
    for (const encoding of Object.keys(packings)) {
      const answer = await local().get(`http://example.test:${port}/${encoding}`, limits);
      expect(answer.kind === 'answer' && text(answer.body)).toBe('unpacked');
    }
  });

  it('is cut at the limit, also one that unpacks into much more or never ends', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/bomb') {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000)));
        return;
      }
      const more = (): void => void (response.destroyed || response.write('x'.repeat(65536), more));
      more();
    });
    for (const path of ['bomb', 'endless']) {
      const answer = await local().get(`http://example.test:${port}/${path}`, { ...limits, maxBytes: 1000 });
      expect(answer).toMatchObject({ kind: 'answer', truncated: true });
      expect(answer.kind === 'answer' && answer.body.length).toBe(1000);
    }
  });

  it('that leads elsewhere is told, not followed', async () => {
    const port = await serve((request, response) => {
      const location = request.url === '/rel' ? '../there' : 'http://169.254.169.254/';
      response.writeHead(302, { location }).end();
    });
    const at = `http://example.test:${port}`;
    expect(await local().get(`${at}/rel`, limits)).toEqual({ kind: 'redirect', location: `${at}/there` });
    expect(await local().get(`${at}/abs`, limits)).toEqual({
      kind: 'redirect',
      location: 'http://169.254.169.254/',
    });
  });
});

describe('a failure', () => {
  it('is told: nobody there, cut off, too slow, damaged, unknown name', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/cut') response.socket?.destroy();
      if (request.url === '/half') {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half', () => response.socket?.destroy());
      }
      if (request.url === '/broken') response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip');
    });
    const at = `http://example.test:${port}`;
    expect(await local().get('http://example.test:1/', limits)).toEqual({
      kind: 'failed',
      reason: 'the server refuses connections',
    });
    expect(await local().get(`${at}/cut`, limits)).toMatchObject({
      kind: 'failed',
      reason: /cut off|hang up/,
    });
    expect(await local().get(`${at}/half`, limits)).toMatchObject({ kind: 'failed' });
    expect(await local().get(`${at}/broken`, limits)).toMatchObject({ kind: 'failed' });
    expect(await local({ timeoutMs: 50 }).get(`${at}/slow`, limits)).toEqual({
      kind: 'failed',
      reason: 'no answer within 0.05 seconds',
    });
    const resolve = async () => Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' }));
    expect(await local({ resolve }).get(at, limits)).toEqual({
      kind: 'failed',
      reason: 'the name of the server could not be looked up',
    });
  });

  it('of a turn that is stopped is thrown, whatever it is waiting for', async () => {
    const reason = new Error('stopped');
    let arrived = () => {};
    const asked = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const port = await serve(() => arrived());
    const controller = new AbortController();
    const waiting = local().get(`http://example.test:${port}/`, { ...limits, signal: controller.signal });
    await asked;
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    const resolving = local({ resolve: () => new Promise(() => {}) });
    const aborted = resolving.get('http://example.test/', { ...limits, signal: AbortSignal.abort(reason) });
    await expect(aborted).rejects.toBe(reason);
  });
});

describe('https', () => {
  it('asks for the certificate of the name, at the checked address', async () => {
    const port = await listen(
      createSecureServer(testCertificate, (_, response) => void response.end('secure')),
    );
    const trusting = local({ ca: testCertificate.cert });
    const answer = await trusting.get(`https://example.test:${port}/`, limits);
    expect(answer.kind === 'answer' && text(answer.body)).toBe('secure');
    expect(await trusting.get(`https://other.test:${port}/`, limits)).toEqual({
      kind: 'failed',
      reason: "the server's certificate is for another name",
    });
    expect(await trusting.get(`https://127.0.0.1:${port}/`, limits)).toMatchObject({ kind: 'failed' });
    expect(await local().get(`https://example.test:${port}/`, limits)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('self-signed'),
    });
  });
});

describe('a proxy', () => {
  /** Answers CONNECT by connecting; remembers what it was asked. */
  async function createProxy(allow = true) {
    const asked: { path: string | undefined; authorization: string | undefined }[] = [];
    const server = createServer();
    server.on('connect', (request, socket) => {
      asked.push({ path: request.url, authorization: request.headers['proxy-authorization'] });
      if (!allow) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      const [host = '', port] = (request.url ?? '').split(':');
      const upstream = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      upstream.on('error', () => socket.destroy());
      socket.on('error', () => upstream.destroy());
    });
    return { asked, port: await listen(server) };
  }

  it('is asked for the checked address, for http and https', async () => {
    const proxy = await createProxy();
    const plain = await serve((_, response) => void response.end('plain'));
    const secure = await listen(
      createSecureServer(testCertificate, (_, response) => void response.end('secure')),
    );
    const env = {
      http_proxy: `http://u:p%40@127.0.0.1:${proxy.port}`,
      HTTPS_PROXY: `127.0.0.1:${proxy.port}`,
    };
    const web = local({ env, ca: testCertificate.cert });
    const first = await web.get(`http://example.test:${plain}/`, limits);
    expect(first.kind === 'answer' && text(first.body)).toBe('plain');
    const second = await web.get(`https://example.test:${secure}/`, limits);
    expect(second.kind === 'answer' && text(second.body)).toBe('secure');
    expect(proxy.asked).toEqual([
      { path: `127.0.0.1:${plain}`, authorization: `Basic ${Buffer.from('u:p@').toString('base64')}` },
      { path: `127.0.0.1:${secure}`, authorization: undefined },
    ]);
  });

  it('that refuses, or is of another kind, is told', async () => {
    const proxy = await createProxy(false);
    const refused = await local({ env: { http_proxy: `http://127.0.0.1:${proxy.port}` } }).get(
      'http://x.test/',
      limits,
    );
    expect(refused).toMatchObject({ kind: 'failed', reason: expect.stringContaining('answered 403') });
    const socks = await local({ env: { all_proxy: 'socks5://127.0.0.1:1' } }).get('http://x.test/', limits);
    expect(socks).toMatchObject({ kind: 'failed', reason: expect.stringContaining('not supported') });
  });

  it('does not weaken the check', async () => {
    const web = createNodeWeb({
      env: { http_proxy: 'http://127.0.0.1:1' },
      resolve: async () => ['10.0.0.1'],
    });
    expect(await web.get('http://intranet.test/', limits)).toMatchObject({ kind: 'refused' });
  });

  it('is found as curl finds it', () => {
    const find = (url: string, env: Record<string, string>) => findProxy(new URL(url), env);
    expect(find('https://a.b/', { HTTPS_PROXY: 'http://p:1', http_proxy: 'http://q:2' })).toBe('http://p:1');
    expect(find('http://a.b/', { HTTPS_PROXY: 'http://p:1', http_proxy: 'q:2' })).toBe('http://q:2');
    expect(find('http://a.b/', { ALL_PROXY: 'http://p:1' })).toBe('http://p:1');
    expect(find('http://a.b/', {})).toBeUndefined();
    for (const [list, excluded] of [
      ['*', true],
      ['a.b', true],
      ['.b', true],
      ['*.b', true],
      ['x, a.b:80', true],
      ['a.b:81', false],
      ['xa.b', false],
      ['', false],
    ] as const) {
      expect([list, find('http://a.b/', { http_proxy: 'p', no_proxy: list }) === undefined]).toEqual([
        list,
        excluded,
      ]);
    }
  });
});

it('survives a server that speaks something else', async () => {
  const server = createTcpServer((socket) => void socket.end('SSH-2.0-OpenSSH\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  expect(await local().get(`http://example.test:${port}/`, limits)).toMatchObject({ kind: 'failed' });
});
