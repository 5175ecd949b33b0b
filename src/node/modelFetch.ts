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
  return async (address, { method, headers, body, signal }) => {
    signal?.throwIfAborted();
    const url = new URL(address);
    const send = await findSend(url);
    const options = { method, headers: toSent(headers, body), signal };
    return new Promise((resolve, reject) => {
      const asked = send(url, options, (answer) => resolve(toModelAnswer(address, answer)));
      asked.on('error', (error) => reject(signal?.aborted === true ? signal.reason : error));
      asked.end(body);
    });
  };
}

/** Loaded when needed: a server on this machine wants no TLS. */
async function findSend(url: URL): Promise<Send> {
  return url.protocol === 'https:'
    ? (await import('node:https')).request
    : (await import('node:http')).request;
}

function toSent(headers: Headers | undefined, body: string | undefined): Record<string, string | number> {
  return {
    'accept-encoding': 'identity',
    ...Object.fromEntries(headers ?? []),
    ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
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

function toReader(answer: IncomingMessage): BodyReader {
  const pieces: AsyncIterator<Uint8Array, undefined> = answer[Symbol.asyncIterator]();
  return {
    async read() {
      const { done = false, value } = await pieces.next();
      return { done, value };
    },
    async cancel() {
      // Read to its end, the connection is used again.
      if (!answer.readableEnded) answer.destroy();
    },
  };
}
