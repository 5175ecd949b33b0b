/**
 * A connection to one address that has been checked, whatever name the server is asked for: the name goes into TLS and
 * into the request, but is not looked up again. Through a proxy the same address is asked for, so it can't choose another.
 */
import { request } from 'node:http';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface ConnectRequest {
  readonly url: URL;
  /** Where to connect to. */
  readonly address: string;
  /** URL of an HTTP proxy; undefined: connect directly. */
  readonly proxy: string | undefined;
  /** Certificates to trust beside the system's; for tests. */
  readonly ca: string | undefined;
  readonly signal: AbortSignal;
}

/** Throws what node:net and node:tls throw, or the reason of an abort. */
export async function connectWeb(connection: ConnectRequest): Promise<Socket> {
  const { url, address, proxy, signal } = connection;
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const socket =
    proxy === undefined
      ? await open(connectTcp({ host: address, port }), 'connect', signal)
      : await openTunnel(new URL(proxy), { address, port }, connection);
  if (url.protocol !== 'https:') return socket;
  return secure(socket, url.hostname.replace(/^\[|\]$/g, ''), connection);
}

/** The certificate must be for the name (or address) of the URL. */
async function secure(
  socket: Socket,
  host: string,
  { ca, signal }: Pick<ConnectRequest, 'ca' | 'signal'>,
): Promise<Socket> {
  const options = { socket, host, ALPNProtocols: ['http/1.1'], ...(ca === undefined ? {} : { ca }) };
  // The name in the greeting (SNI) can't be an address.
  const tls = connectTls(isIP(host) === 0 ? { ...options, servername: host } : options);
  return open(tls, 'secureConnect', signal);
}

async function openTunnel(
  proxy: URL,
  to: { readonly address: string; readonly port: number },
  { ca, signal }: Pick<ConnectRequest, 'ca' | 'signal'>,
): Promise<Socket> {
  if (proxy.protocol !== 'http:' && proxy.protocol !== 'https:') {
    throw new Error(`the proxy ${proxy.protocol}//${proxy.host} is of a kind that is not supported`);
  }
  const isSecure = proxy.protocol === 'https:';
  const host = proxy.hostname.replace(/^\[|\]$/g, '');
  const plain = connectTcp({ host, port: Number(proxy.port || (isSecure ? 443 : 80)) });
  const opened = await open(plain, 'connect', signal);
  const socket = isSecure ? await secure(opened, host, { ca, signal }) : opened;
  const path = `${to.address.includes(':') ? `[${to.address}]` : to.address}:${to.port}`;
  const headers = { host: path, ...proxyAuthorization(proxy) };
  return new Promise((resolve, reject) => {
    const tunnel = request({ method: 'CONNECT', path, headers, createConnection: () => socket, signal });
    tunnel.once('connect', (answer, connected) => {
      if (answer.statusCode === 200) return resolve(connected);
      connected.destroy();
      reject(new Error(`the proxy ${proxy.host} answered ${answer.statusCode} and opened no way to ${path}`));
    });
    tunnel.once('error', reject);
    tunnel.end();
  });
}

function proxyAuthorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** Waits for the event that says the socket is ready. */
async function open<Kind extends Socket>(
  socket: Kind,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
): Promise<Kind> {
  const stop = (): void =>
    void socket.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once(event, resolve);
      socket.once('error', reject);
    });
    return socket;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
