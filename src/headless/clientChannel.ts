/**
 * The agent's channel to a client behind standard input and output: what the client did not ask for is left out, and the
 * end of the input does not end what is under way. Whoever has closed the input can answer nothing any more, so questions
 * that are open then, and those still to come, are answered with an error, which counts as a denial.
 */
import type { Channel } from '../channel/channel.ts';
import { createMessageQueue } from '../channel/messageQueue.ts';

export interface ClientChannelOptions {
  /** Pass on the echo of each prompt that was taken up. */
  readonly replayUserMessages: boolean;
  /** Called with each `result` message. */
  readonly onResult: (result: Readonly<Record<string, unknown>>) => void;
  /** Awaited after the end of the input, before the agent hears of it: queued turns finish. */
  readonly whenIdle: () => Promise<void>;
  /** Resolves when the client can't hear anything any more either: then nothing is waited for. */
  readonly gone?: Promise<void>;
}

const done = Promise.resolve();
const never = new Promise<void>(() => undefined);

export function createClientChannel(outer: Channel, options: ClientChannelOptions): Channel {
  /** Ids of questions the client has not answered. */
  const open = new Set<string>();
  /** What is said in the client's stead when it can say nothing any more. */
  const late = createMessageQueue<unknown>();
  let hasEnded = false;

  const refuse = (requestId: string): void =>
    late.push({
      type: 'control_response',
      response: { subtype: 'error', request_id: requestId, error: 'The client has closed its input.' },
    });

  async function* read(): AsyncGenerator<unknown, void> {
    for await (const message of outer.messages) {
      const head = readHead(message);
      if (head.type === 'control_response' && head.answers !== undefined) open.delete(head.answers);
      yield message;
    }
    // By now the agent has taken up all that came.
    hasEnded = true;
    for (const requestId of open) refuse(requestId);
    void Promise.race([options.whenIdle(), options.gone ?? never]).then(late.end, late.end);
    yield* late;
  }

  return {
    // Returns what it is given: a promise of its own for each of the many pieces of a reply would be all it adds to them.
    send(message) {
      const head = readHead(message);
      if (head.isReplay && !options.replayUserMessages) return done;
      if (head.type === 'result') options.onResult(toObject(message));
      if (head.type === 'control_request' && head.asks !== undefined) {
        if (hasEnded) {
          refuse(head.asks);
          return done;
        }
        open.add(head.asks);
      }
      if (head.type === 'control_cancel_request' && head.asks !== undefined) open.delete(head.asks);
      return outer.send(message);
    },
    messages: read(),
    close() {
      late.end();
      outer.close();
    },
  };
}

interface Head {
  readonly type: unknown;
  readonly isReplay: boolean;
  /** Id of the request this is, or takes back. */
  readonly asks: string | undefined;
  /** Id of the request this answers. */
  readonly answers: string | undefined;
}

function readHead(message: unknown): Head {
  const { type, isReplay, request_id, response } = toObject(message);
  const { request_id: answers } = toObject(response);
  return {
    type,
    isReplay: type === 'user' && isReplay === true,
    asks: typeof request_id === 'string' ? request_id : undefined,
    answers: typeof answers === 'string' ? answers : undefined,
  };
}

function toObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
