/**
 * What is needed of `fetch` to talk to a model, on node:http alone: the runtime's own takes 20 ms and 10 MB to load. Proxies
 * and certificates are the runtime's business (NODE_USE_ENV_PROXY, NODE_EXTRA_CA_CERTS), as they are there.
 */
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { AnswerBody, ModelAnswer, ModelFetch } from '../core/model/modelFetch.ts';

type Send = (url: URL, options: RequestOptions, onAnswer: (answer: IncomingMessage) => void) => ClientRequest;

/** Redirects are not followed: what is sent holds a key. Rejects with what node:http, node:https and node:tls throw. */
export function createNodeModelFetch(): ModelFetch {
  return async (address, { method, headers, body, signal }) => {
    signal.throwIfAborted();
    const url = new URL(address);
    const send = await findSend(url);
    return new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
      const options = { method, headers: { 'accept-encoding': 'identity', ...headers, ...length }, signal };
      const asked = send(url, options, (answer) => resolve(toModelAnswer(answer)));
      asked.on('error', (error) => reject(signal.aborted ? signal.reason : error));
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

function toModelAnswer(answer: IncomingMessage): ModelAnswer {
  return {
    status: answer.statusCode ?? 0,
    headers: {
      get(name) {
        const value = answer.headers[name.toLowerCase()];
        return Array.isArray(value) ? value.join(', ') : (value ?? null);
      },
    },
    body: toBody(answer),
    async text() {
      const pieces: Uint8Array[] = [];
      for await (const piece of answer) pieces.push(piece);
      return new TextDecoder().decode(Buffer.concat(pieces));
    },
  };
}

function toBody(answer: IncomingMessage): AnswerBody {
  return {
    getReader() {
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
    },
  };
}
