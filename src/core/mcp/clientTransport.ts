/**
 * The way to a server that lives in the program which drives the agent: each message of the protocol is a `mcp_message`
 * request, whose answer carries the server's. What the server says by itself comes as `mcp_message` requests, too.
 */
import type { RequestOf, ResponseOf } from '../../protocol/control.ts';
import type { McpTransport } from './connector.ts';

export type AskClient = (
  request: RequestOf<'mcp_message'>,
  options: { readonly signal: AbortSignal },
) => Promise<ResponseOf<'mcp_message'>>;

/** A transport, and where what its server says by itself is to be put. */
export interface ClientTransport extends McpTransport {
  receive(message: unknown): void;
}

type Message = Parameters<McpTransport['send']>[0];

export function createClientTransport(serverName: string, ask: AskClient): ClientTransport {
  const closing = new AbortController();
  /** Questions that wait for their answer, by the id of the message. */
  const waiting = new Map<unknown, AbortController>();

  async function pass(message: Message, signal: AbortSignal): Promise<unknown> {
    const { mcp_response } = await ask({ server_name: serverName, message: { ...message } }, { signal });
    return mcp_response;
  }

  async function passQuestion(message: Message, id: string | number): Promise<void> {
    const abort = new AbortController();
    waiting.set(id, abort);
    try {
      const answer = await pass(message, AbortSignal.any([abort.signal, closing.signal]));
      if (!isAnswerTo(answer, id)) throw new Error('The client gave no answer of the server.');
      deliver(answer);
    } catch (error) {
      if (abort.signal.aborted || closing.signal.aborted) return;
      const problem = error instanceof Error ? error.message : String(error);
      deliver({ jsonrpc: '2.0', id, error: { code: INTERNAL_ERROR, message: problem } });
    } finally {
      waiting.delete(id);
    }
  }

  function deliver(message: unknown): void {
    if (!closing.signal.aborted && isMessage(message)) transport.onmessage?.(message);
  }

  const transport: ClientTransport = {
    start: async () => undefined,
    async send(message) {
      if ('method' in message && 'id' in message) {
        void passQuestion(message, message.id);
        return;
      }
      await pass(message, closing.signal);
      if ('method' in message && message.method === 'notifications/cancelled') {
        waiting.get(message.params?.requestId)?.abort();
      }
    },
    async close() {
      if (closing.signal.aborted) return;
      closing.abort(new DOMException('The connection was closed.', 'AbortError'));
      transport.onclose?.();
    },
    receive: deliver,
  };
  return transport;
}

/** Of JSON-RPC. */
const INTERNAL_ERROR = -32603;

/** The client looks closer: here is only told what can be a message at all. */
function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && 'jsonrpc' in value;
}

function isAnswerTo(value: unknown, id: string | number): boolean {
  return isMessage(value) && 'id' in value && value.id === id && ('result' in value || 'error' in value);
}
