/**
 * A model behind the Messages API: the Anthropic API, or any server that speaks it. When to ask again is decided elsewhere
 * (retry.ts); the stream is read by readReply.ts, because the SDK's own reader drops pings, unwraps nothing and can't tell a
 * broken stream from a whole one.
 */
import type { StreamEvent } from '../../protocol/streamEvents.ts';
import type { Clock, StreamModel } from '../ports.ts';
import {
  type AnthropicAccess,
  type Connect,
  createConnect,
  parseAddress,
  toEdgeError,
} from './anthropicClient.ts';
import { ModelError } from './modelError.ts';
import type { ModelRequest } from './modelRequest.ts';
import type { ModelTable } from './modelTable.ts';
import { readReply } from './readReply.ts';
import { startWatchdog, type Watchdog } from './watchdog.ts';
import { type BodyWriter, createBodyWriter } from './writeBody.ts';

export interface AnthropicModelOptions extends AnthropicAccess {
  readonly clock: Clock;
  readonly models: () => ModelTable;
  /** How long the answer may take to begin. Default 5 minutes. */
  readonly answerTimeoutMs?: number | undefined;
  /** How long a reply may be silent, pings counted as sound. Default 75 seconds. */
  readonly idleTimeoutMs?: number | undefined;
}

const ANSWER_TIMEOUT_MS = 300_000;
const IDLE_TIMEOUT_MS = 75_000;
/** The client library makes JSON of what is not text yet. */
const JSON_BODY = { 'content-type': 'application/json' };

/** Each call makes one request. It throws ModelError, or the signal's reason when that was aborted. */
export function createAnthropicModel(options: AnthropicModelOptions): StreamModel {
  const parts: Parts = { ...options, connect: createConnect(options), writeBody: createBodyWriter() };
  return (request, signal) => streamOnce(request, signal, parts);
}

interface Parts extends AnthropicModelOptions {
  readonly connect: Connect;
  readonly writeBody: BodyWriter;
}

async function* streamOnce(
  request: ModelRequest,
  signal: AbortSignal,
  parts: Parts,
): AsyncGenerator<StreamEvent, void> {
  signal.throwIfAborted();
  const { clock, answerTimeoutMs = ANSWER_TIMEOUT_MS, idleTimeoutMs = IDLE_TIMEOUT_MS } = parts;
  const address = parseAddress(parts.baseUrl());
  const client = await parts.connect(address);
  const body = parts.writeBody(request, parts.models().get(request.model));
  const watchdog = startWatchdog({
    ...{ clock, unwanted: signal },
    answerMs: answerTimeoutMs,
    silenceMs: idleTimeoutMs,
  });
  try {
    const answer = await client
      .post('/v1/messages', { body, headers: JSON_BODY, stream: true, signal: watchdog.signal })
      .asResponse();
    watchdog.feed();
    const reply = readReply(answer, { host: address.host, clock, onBytes: watchdog.feed });
    for await (const events of reply) for (const event of events) yield event;
  } catch (thrown) {
    signal.throwIfAborted();
    throw (
      describeBark(watchdog, address.host) ?? toEdgeError(thrown, { host: address.host, now: clock.now() })
    );
  } finally {
    watchdog.stop();
  }
}

function describeBark({ barked }: Watchdog, host: string): ModelError | undefined {
  switch (barked) {
    case undefined:
      return undefined;
    case 'answer':
      return new ModelError({
        kind: 'network',
        code: 'no_answer',
        host,
        // It may be working on it all the same, and that is paid for: a person decides.
        retryable: false,
        message: 'The server did not answer.',
      });
    case 'silence':
      return new ModelError({
        kind: 'stream_broken',
        code: 'stalled',
        host,
        message: 'The server went silent in the middle of the reply.',
      });
    default:
      return barked satisfies never;
  }
}
