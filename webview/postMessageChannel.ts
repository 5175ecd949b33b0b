/**
 * The webview's end of the channel to its host. On the wire, both ways: `{ belay: 1, batch: unknown[] }`, an array of
 * protocol messages. Anything else that arrives as a window message is not for us and is dropped.
 */
import type { Channel } from '../src/channel/channel.ts';
import { createMessageQueue } from '../src/channel/messageQueue.ts';

/** What we use of `acquireVsCodeApi()`. */
export interface WebviewApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

export function createPostMessageChannel(api: WebviewApi, target: Window): Channel {
  const incoming = createMessageQueue<unknown>();
  const receive = (event: MessageEvent): void => {
    // Webview content and the frame around it share one origin; frames below us don't exist.
    if (event.origin !== target.origin) return;
    for (const message of parseEnvelope(event.data)) incoming.push(message);
  };
  target.addEventListener('message', receive);
  let isClosed = false;
  return {
    async send(message) {
      if (!isClosed) api.postMessage({ belay: 1, batch: [message] });
    },
    messages: incoming,
    close() {
      isClosed = true;
      target.removeEventListener('message', receive);
      incoming.end();
    },
  };
}

function parseEnvelope(data: unknown): readonly unknown[] {
  if (typeof data !== 'object' || data === null) return [];
  if (!('belay' in data) || data.belay !== 1 || !('batch' in data)) return [];
  return Array.isArray(data.batch) ? data.batch : [];
}
