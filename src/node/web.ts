/**
 * Web pages, without a way into the private network: the name is looked up once, every address it has is checked, and the
 * connection goes to an address that was checked. No cookies, no credentials, no redirect followed.
 *
 * On node:http rather than a client library: the current undici needs a newer Node than the editors have that Belay runs in.
 */
import { lookup } from 'node:dns/promises';
import { type IncomingMessage, request } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Web, WebAnswer } from '../core/ports.ts';
import { errorCode } from './fileOperations.ts';
import { isAddress, isLoopbackAddress, isPublicAddress } from './publicAddress.ts';
import { connectWeb } from './webConnect.ts';
import { findProxy } from './webProxy.ts';

export interface NodeWebOptions {
  /** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY are looked for; the environment of this process when absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** All addresses of a name; for tests. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
  /** Let addresses of this machine pass; for tests, which have no other server. */
  readonly allowLoopback?: boolean;
  /** Certificates to trust beside the system's; for tests. */
  readonly ca?: string;
  readonly timeoutMs?: number;
}

interface WebRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly allowLoopback: boolean;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** As many addresses of one name are tried. */
const maxAddresses = 4;
/** Time to connect to one of several addresses. Milliseconds. */
const connectMs = 8000;

export function createNodeWeb(options: NodeWebOptions = {}): Web {
  const timeoutMs = options.timeoutMs ?? 30_000;
  const { allowLoopback = false } = options;
  return {
    get: async (address, { maxBytes, signal }) => {
      const limit = AbortSignal.timeout(timeoutMs);
      const both = AbortSignal.any([signal, limit]);
      const asked = { method: 'GET', headers: GET_HEADERS, allowLoopback, maxBytes, signal: both } as const;
      try {
        return await exchange(address, asked, options);
      } catch (error) {
        signal.throwIfAborted();
        if (limit.aborted) return { kind: 'failed', reason: `no answer within ${timeoutMs / 1000} seconds` };
        return { kind: 'failed', reason: describeFailure(error) };
      }
    },
    post: async (address, { headers, ...asked }) => {
      try {
        return await exchange(
          address,
          { ...asked, method: 'POST', headers: { ...lowerCased(headers), ...POST_HEADERS } },
          options,
        );
      } catch (error) {
        asked.signal.throwIfAborted();
        return { kind: 'failed', reason: describeFailure(error) };
      }
    },
  };
}

const GET_HEADERS = { accept: 'text/markdown, text/html;q=0.9, text/plain;q=0.8, */*;q=0.5' };
const POST_HEADERS = { accept: 'application/json, text/plain;q=0.9', 'content-type': 'application/json' };

/** So that none comes twice. */
function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

async function exchange(address: string, asked: WebRequest, options: NodeWebOptions): Promise<WebAnswer> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined) return refuse(`${JSON.stringify(address)} is not an address on the web`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return refuse(`${url.protocol} is not http or https`);
  if (url.username !== '' || url.password !== '')
    return refuse('the address holds a user name or a password');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = isAddress(host) ? [host] : await abortable(resolveName(host, options), asked.signal);
  if (addresses.length === 0) return { kind: 'failed', reason: `the name ${host} has no address` };
  const bad = addresses.find(
    (each) => !isPublicAddress(each) && !(asked.allowLoopback && isLoopbackAddress(each)),
  );
  if (bad !== undefined) return refuse(`${host} is at ${bad}, which is not on the public internet`);
  const socket = await connectToAny(url, addresses.slice(0, maxAddresses), { ...options, asked });
  try {
    return await ask(url, socket, asked);
  } finally {
    socket.destroy();
  }
}

function refuse(reason: string): WebAnswer {
  return { kind: 'refused', reason };
}

async function resolveName(host: string, { resolve }: NodeWebOptions): Promise<readonly string[]> {
  if (resolve !== undefined) return resolve(host);
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

async function connectToAny(
  url: URL,
  addresses: readonly string[],
  { env, ca, asked: { signal, method } }: NodeWebOptions & { readonly asked: WebRequest },
) {
  const proxy = findProxy(url, env ?? process.env);
  const connect = (address: string, until: AbortSignal) =>
    connectWeb({
      ...{ url, address, ca, signal: until },
      // To a proxy the same address would be another machine: its own.
      proxy: method === 'POST' && isLoopbackAddress(address) ? undefined : proxy,
    });
  for (const address of addresses.slice(0, -1)) {
    try {
      return await connect(address, AbortSignal.any([signal, AbortSignal.timeout(connectMs)]));
    } catch {
      // Another address may be in reach: this machine may have no IPv6, or the server be half down.
      signal.throwIfAborted();
    }
  }
  return connect(addresses.at(-1) ?? '', signal);
}

async function ask(
  url: URL,
  socket: Awaited<ReturnType<typeof connectWeb>>,
  { method, headers, body, maxBytes, signal }: WebRequest,
): Promise<WebAnswer> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request({
      method,
      path: `${url.pathname}${url.search}`,
      headers: {
        'user-agent': 'Belay',
        ...headers,
        host: url.host,
        'accept-encoding': 'gzip, deflate, br',
        connection: 'close',
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
      },
      createConnection: () => socket,
      signal,
    });
    asked.once('response', resolve);
    asked.on('error', reject);
    asked.end(body);
  });
  const status = answer.statusCode ?? 0;
  const { location } = answer.headers;
  if ([301, 302, 303, 307, 308].includes(status) && location !== undefined && URL.canParse(location, url)) {
    return { kind: 'redirect', location: new URL(location, url).href };
  }
  const read = await readBody(decode(answer), maxBytes);
  return { kind: 'answer', status, contentType: answer.headers['content-type'] ?? '', ...read };
}

function decode(answer: IncomingMessage): Readable {
  const decoder = createDecoder(answer.headers['content-encoding']);
  // Errors reach whoever reads the last of the streams.
  return decoder === undefined ? answer : pipeline(answer, decoder, () => {});
}

function createDecoder(encoding: string | undefined) {
  switch (encoding?.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return undefined;
  }
}

/** No more than `maxBytes`, counted after decoding: a small answer can unpack into a huge one. */
async function readBody(
  stream: Readable,
  maxBytes: number,
): Promise<{ body: Uint8Array; truncated: boolean }> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of stream as AsyncIterable<Uint8Array>) {
    pieces.push(piece);
    length += piece.length;
    if (length > maxBytes) break;
  }
  const body = new Uint8Array(Buffer.concat(pieces).subarray(0, maxBytes));
  return { body, truncated: length > maxBytes };
}

async function abortable<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  signal.throwIfAborted();
  let stop: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
  });
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function describeFailure(error: unknown): string {
  const code = errorCode(error);
  const message = error instanceof Error ? error.message : String(error);
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the name of the server could not be looked up';
    case 'ECONNREFUSED':
      return 'the server refuses connections';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'the connection was cut off';
    case 'CERT_HAS_EXPIRED':
      return "the server's certificate has expired";
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return "the server's certificate is for another name";
    case 'EIO':
      return message;
    default:
      return `${message} (${code})`;
  }
}
