/**
 * A peer turns a channel into questions with answers. It gives out request ids, matches responses, passes cancellation
 * both ways, and answers every request it gets, also when the handler throws or the subtype is unknown. A request to a
 * person has no time-out: abort and close end it, and an invalid answer rejects it (its asker counts that as a denial).
 */
import * as z from 'zod';
import {
  type AnsweredBy,
  controlTable,
  type RequestOf,
  type ResponseOf,
  type Subtype,
} from '../protocol/control.ts';
import {
  type ControlRequest,
  type ControlResponse,
  controlCancel,
  controlRequest,
  controlResponse,
} from '../protocol/controlMessages.ts';
import type { Answerer } from '../protocol/controlSpec.ts';
import type { Channel } from './channel.ts';

export interface HandlerContext {
  /** Aborted when the asker cancels or the channel closes. */
  readonly signal: AbortSignal;
}

/** One handler for every subtype this side answers: leaving one out does not compile. */
export type Handlers<Answers extends Answerer> = {
  readonly [S in AnsweredBy<Answers>]: (
    request: RequestOf<S>,
    context: HandlerContext,
  ) => Promise<ResponseOf<S>>;
};

export interface PeerOptions<Answers extends Answerer> {
  readonly handlers: Handlers<Answers>;
  /** Everything that isn't control traffic, in order. Must not throw. */
  readonly onMessage: (message: unknown) => void;
  /** Bad input of the other side, and handlers that threw. */
  readonly onProblem: (problem: string, cause?: unknown) => void;
  /** Makes request ids; default `crypto.randomUUID`. */
  readonly createId?: () => string;
}

export interface Peer {
  /** Rejects with RequestError (the other side said no), ChannelClosedError, or the signal's reason. */
  request<S extends Subtype>(
    subtype: S,
    payload: RequestOf<S>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<ResponseOf<S>>;
  send(message: unknown): Promise<void>;
  /** Resolves when the channel has ended and every open request has been settled. */
  readonly closed: Promise<void>;
  close(): void;
}

/** The other side answered with an error, or with something that isn't an answer. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}

export class ChannelClosedError extends Error {
  override readonly name = 'ChannelClosedError';
  constructor() {
    super('The connection was closed before an answer came.');
  }
}

interface Pending {
  readonly subtype: Subtype;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export function createPeer<Answers extends Answerer>(channel: Channel, options: PeerOptions<Answers>): Peer {
  const createId = options.createId ?? (() => crypto.randomUUID());
  const pending = new Map<string, Pending>();
  /** Requests that were taken back. Their answers, which may have been under way, are still to come and count for nothing. */
  const cancelled = new Set<string>();
  const running = new Map<string, AbortController>();
  let isClosed = false;

  const closed = (async () => {
    try {
      for await (const message of channel.messages) receive(message);
    } catch (error) {
      options.onProblem('the channel failed', error);
    }
    isClosed = true;
    for (const controller of running.values()) controller.abort(new ChannelClosedError());
    for (const request of pending.values()) request.reject(new ChannelClosedError());
    pending.clear();
  })();

  function receive(message: unknown): void {
    const type =
      typeof message === 'object' && message !== null ? (message as { type?: unknown }).type : undefined;
    if (type === 'control_request') receiveRequest(message);
    else if (type === 'control_response') receiveResponse(message);
    else if (type === 'control_cancel_request') receiveCancel(message);
    else options.onMessage(message);
  }

  function receiveRequest(message: unknown): void {
    const parsed = controlRequest.safeParse(message);
    if (!parsed.success) refuseRequest(message, z.prettifyError(parsed.error));
    else if (running.has(parsed.data.request_id))
      options.onProblem(`a request came twice and was taken once: ${parsed.data.request_id}`);
    else void answer(parsed.data);
  }

  /** A request too broken to be handled still gets an answer when it has an id. */
  function refuseRequest(message: unknown, problem: string): void {
    const id = (message as { request_id?: unknown }).request_id;
    options.onProblem(`invalid control request: ${problem}`);
    if (typeof id === 'string') void channel.send(errorResponse(id, `Invalid control request: ${problem}`));
  }

  async function answer({ request_id, request }: ControlRequest): Promise<void> {
    const { subtype, ...payload } = request;
    const handler = Object.hasOwn(options.handlers, subtype)
      ? (options.handlers as Record<string, (request: unknown, context: HandlerContext) => Promise<unknown>>)[
          subtype
        ]
      : undefined;
    if (handler === undefined)
      return channel.send(errorResponse(request_id, `Unsupported control request: ${subtype}`));
    const parsed = controlTable[subtype as Subtype].request.safeParse(payload);
    if (!parsed.success) {
      return channel.send(
        errorResponse(request_id, `Invalid ${subtype} request: ${z.prettifyError(parsed.error)}`),
      );
    }
    const controller = new AbortController();
    running.set(request_id, controller);
    try {
      const response = await handler(parsed.data, { signal: controller.signal });
      await channel.send({
        type: 'control_response',
        response: { subtype: 'success', request_id, response },
      });
    } catch (error) {
      if (!controller.signal.aborted) options.onProblem(`the handler of ${subtype} failed`, error);
      await channel.send(errorResponse(request_id, error instanceof Error ? error.message : String(error)));
    } finally {
      running.delete(request_id);
    }
  }

  function receiveResponse(message: unknown): void {
    const parsed = controlResponse.safeParse(message);
    if (parsed.success) settle(parsed.data.response);
    else options.onProblem(`invalid control response: ${z.prettifyError(parsed.error)}`);
  }

  function settle(response: ControlResponse['response']): void {
    const request = pending.get(response.request_id);
    if (request === undefined) {
      if (cancelled.delete(response.request_id)) return;
      options.onProblem(`an answer to no open request was skipped: ${response.request_id}`);
      return;
    }
    pending.delete(response.request_id);
    if (response.subtype === 'error') {
      request.reject(new RequestError(response.error));
      return;
    }
    const answered = controlTable[request.subtype].response.safeParse(response.response ?? {});
    if (answered.success) request.resolve(answered.data);
    else
      request.reject(
        new RequestError(`Invalid answer to ${request.subtype}: ${z.prettifyError(answered.error)}`),
      );
  }

  function receiveCancel(message: unknown): void {
    const parsed = controlCancel.safeParse(message);
    if (parsed.success)
      running
        .get(parsed.data.request_id)
        ?.abort(new DOMException('The request was cancelled.', 'AbortError'));
    else options.onProblem(`invalid control_cancel_request: ${z.prettifyError(parsed.error)}`);
  }

  function request<S extends Subtype>(
    subtype: S,
    payload: RequestOf<S>,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<ResponseOf<S>> {
    if (isClosed) return Promise.reject(new ChannelClosedError());
    if (signal?.aborted) return Promise.reject(signal.reason);
    const request_id = createId();
    return new Promise<unknown>((resolve, reject) => {
      const cancel = (): void => {
        if (!pending.delete(request_id)) return;
        cancelled.add(request_id);
        void channel.send({ type: 'control_cancel_request', request_id });
        reject(signal?.reason);
      };
      const settled = (): void => signal?.removeEventListener('abort', cancel);
      pending.set(request_id, {
        subtype,
        resolve: (value) => {
          settled();
          resolve(value);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      });
      signal?.addEventListener('abort', cancel, { once: true });
      void channel.send({ type: 'control_request', request_id, request: { ...payload, subtype } });
    }) as Promise<ResponseOf<S>>;
  }

  return { request, send: (message) => channel.send(message), closed, close: () => channel.close() };
}

function errorResponse(request_id: string, error: string): ControlResponse {
  return { type: 'control_response', response: { subtype: 'error', request_id, error } };
}
