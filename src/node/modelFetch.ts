/**
 * What is needed of `fetch` to talk to a model, on node:http alone: the runtime's own takes 20 ms and 10 MB to load, and
 * more time for each request. Proxies and certificates are the runtime's business (NODE_USE_ENV_PROXY,
 * NODE_EXTRA_CA_CERTS), as they are there.
 */
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { BodyReader, ModelAnswer, ModelFetch } from '../core/model/modelFetch.ts';

type Send = (url: URL, options: RequestOptions, onAnswer: (answer: IncomingMessage) => void) => ClientRequest;

/** Redirects are not followed: what is sent holds a key. Rejects with what node:http, node:https and node:tls throw. */
export function createNodeModelFetch(): ModelFetch {
  const findSend = createSendFinder();
  return async (address, { method, headers, body, signal }) => {
    signal?.throwIfAborted();
    const url = new URL(address);
    const send = await findSend(url);
    const bytes = body === undefined ? undefined : Buffer.from(body);
    return new Promise((resolve, reject) => {
      const asked = send(url, { method, headers: toSent(headers, bytes) }, (answer) =>
        resolve(toModelAnswer(address, answer)),
      );
      asked.on('error', (error) => reject(signal?.aborted === true ? signal.reason : error));
      if (signal !== undefined) destroyOnAbort(asked, signal);
      asked.end(bytes);
    });
  };
}

/** Loaded when needed: a server on this machine wants no TLS. */
function createSendFinder(): (url: URL) => Promise<Send> {
  const found = new Map<string, Promise<Send>>();
  return ({ protocol }) => {
    const send = found.get(protocol) ?? loadSend(protocol);
    found.set(protocol, send);
    return send;
  };
}

async function loadSend(protocol: string): Promise<Send> {
  return protocol === 'https:' ? (await import('node:https')).request : (await import('node:http')).request;
}

/** As the option `signal` does it, in a fraction of its time. */
function destroyOnAbort(asked: ClientRequest, signal: AbortSignal): void {
  const abort = (): void =>
    void asked.destroy(new Error('The request was called off.', { cause: signal.reason }));
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  asked.once('close', () => signal.removeEventListener('abort', abort));
}

function toSent(headers: Headers | undefined, body: Buffer | undefined): Record<string, string | number> {
  return {
    'accept-encoding': 'identity',
    ...Object.fromEntries(headers ?? []),
    ...(body === undefined ? {} : { 'content-length': body.length }),
  };
}

function toModelAnswer(url: string, answer: IncomingMessage): ModelAnswer {
  const status = answer.statusCode ?? 0;
  const text = async (): Promise<string> => {
    const pieces: Uint8Array[] = [];
    for await (const piece of answer) pieces.push(piece);
    return new TextDecoder().decode(Buffer.concat(pieces));
  };
  return {
    url,
    status,
    ok: status >= 200 && status < 300,
    headers: toHeaders(answer),
    body: { getReader: () => toReader(answer) },
    text,
    json: async () => JSON.parse(await text()),
  };
}

function toHeaders({ headersDistinct }: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  return headers;
}

/** By the events of the stream: an async iterator of Node does more for each piece, and more yet for each stream. */
function toReader(answer: IncomingMessage): BodyReader {
  let failure: unknown;
  let wake: (() => void) | undefined;
  const tell = (): void => wake?.();
  answer.on('readable', tell);
  answer.on('end', tell);
  answer.on('close', tell);
  answer.on('error', (error) => {
    failure = error;
    tell();
  });
  return {
    async read() {
      for (;;) {
        const value: Uint8Array | null = answer.read();
        if (value !== null) return { done: false, value };
        if (failure !== undefined) throw failure;
        if (answer.readableEnded) return { done: true };
        if (answer.destroyed) throw new Error('The connection was given up.');
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async cancel() {
      // Read to its end, the connection is used again.
      if (!answer.readableEnded) answer.destroy();
    },
  };
}
