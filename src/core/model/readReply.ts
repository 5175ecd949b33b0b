/**
 * From the body of an answer with status 200 to the events of a reply. What came is used as it came: a server that answers
 * with a whole reply instead of a stream is understood, and nothing is ever asked again behind the person's back
 * (SECURITY F60: no double billing).
 */
import type { StreamEvent } from '../../protocol/streamEvents.ts';
import type { Clock } from '../ports.ts';
import { buildApiError } from './apiError.ts';
import { ModelError, toModelError } from './modelError.ts';
import type { BodyReader, ModelAnswer } from './modelFetch.ts';
import { readNetworkFailure } from './networkFailure.ts';
import { parseStreamEvent, toEvents } from './parseStreamEvent.ts';
import { ServerSentEventReader } from './serverSentEvents.ts';

export interface ReadReplyOptions {
  readonly host: string | undefined;
  readonly clock: Clock;
  /** Called for every piece that arrives, whatever is in it. */
  onBytes(): void;
}

/** How long the end of the body may lag behind the end of the reply; read to its end, the connection can be used again. */
const DRAIN_MS = 250;

type Answer = Pick<ModelAnswer, 'headers' | 'body'>;

/**
 * Gives the events as they come together: there are thousands of them, and each step of an async iteration has its price.
 * Ends after `message_stop`. Throws ModelError when the stream ends before it, or breaks.
 */
export async function* readReply(
  answer: Answer,
  options: ReadReplyOptions,
): AsyncGenerator<readonly StreamEvent[], void> {
  const { host } = options;
  if (answer.body === null) throw emptyAnswer(host);
  const reader = answer.body.getReader();
  try {
    const first = await readStart(reader, options);
    if (first.kind === 'json')
      yield readWholeReply(await readRest(reader, first.bytes, options), { answer, options });
    else yield* readStream(reader, first.bytes, { answer, options });
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

interface Reading {
  readonly answer: Answer;
  readonly options: ReadReplyOptions;
}

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const BRACE = 0x7b;
const ANGLE = 0x3c;

/** Reads up to the first byte that tells what the body is; headers are not to be trusted with that. */
async function readStart(
  reader: BodyReader,
  options: ReadReplyOptions,
): Promise<{ readonly kind: 'events' | 'json'; readonly bytes: Uint8Array }> {
  let bytes = new Uint8Array();
  for (;;) {
    const piece = await readPiece(reader, options);
    if (piece === undefined) throw emptyAnswer(options.host);
    bytes = join([bytes, piece]);
    const telling = bytes.find((byte) => byte > 0x20 && !BYTE_ORDER_MARK.includes(byte));
    if (telling === ANGLE) {
      throw new ModelError({
        kind: 'bad_response',
        code: 'html',
        host: options.host,
        message: 'The answer is a web page, not a reply.',
      });
    }
    if (telling !== undefined) return { kind: telling === BRACE ? 'json' : 'events', bytes };
  }
}

async function* readStream(
  reader: BodyReader,
  start: Uint8Array,
  { answer, options }: Reading,
): AsyncGenerator<readonly StreamEvent[], void> {
  const inbox = createInbox({ answer, options });
  inbox.push(start);
  for (;;) {
    yield inbox.take();
    if (inbox.failure !== undefined) throw inbox.failure;
    if (inbox.state === 'complete') return drain(reader, options.clock);
    if (inbox.state === 'ended') throw endedEarly(inbox.hasEvents, options.host);
    const piece = await readPiece(reader, options);
    if (piece === undefined) inbox.end();
    else inbox.push(piece);
  }
}

/** The events of the pieces read so far. What comes after a failure, or after the end of the reply, is left out. */
interface Inbox {
  push(bytes: Uint8Array): void;
  end(): void;
  /** The events that haven't been given out. */
  take(): readonly StreamEvent[];
  readonly state: 'open' | 'complete' | 'ended';
  /** Something has come that was an event, if not one of a reply. */
  readonly hasEvents: boolean;
  readonly failure: ModelError | undefined;
}

function createInbox(reading: Reading): Inbox {
  let events: StreamEvent[] = [];
  let state: Inbox['state'] = 'open';
  let hasEvents = false;
  let failure: ModelError | undefined;

  const takeEvent = (name: string, data: string): void => {
    if (failure !== undefined || state === 'complete') return;
    const parsed = parseStreamEvent(name, data);
    if (parsed?.type === 'error') throw buildError(parsed.body, reading);
    hasEvents = true;
    if (parsed === undefined) return;
    events.push(parsed);
    if (parsed.type === 'message_stop') state = 'complete';
  };
  const reader = new ServerSentEventReader(takeEvent);

  return {
    push(bytes) {
      try {
        reader.push(bytes);
      } catch (thrown) {
        failure = toModelError(thrown);
      }
    },
    end() {
      state = 'ended';
      try {
        reader.end();
      } catch (thrown) {
        const error = toModelError(thrown);
        // An event right before the end of the stream may be half of one.
        if (error.code !== 'malformed_event') failure = error;
      }
    },
    take() {
      const taken = events;
      events = [];
      return taken;
    },
    get state() {
      return state;
    },
    get hasEvents() {
      return hasEvents;
    },
    get failure() {
      return failure;
    },
  };
}

async function drain(reader: BodyReader, clock: Clock): Promise<void> {
  const timer = new AbortController();
  const late = clock.sleep(DRAIN_MS, timer.signal).catch(() => undefined);
  try {
    let done = false;
    while (!done) done = await Promise.race([reader.read().then((read) => read.done), late.then(() => true)]);
  } catch {
    // The reply is complete; what becomes of its connection is of no interest.
  } finally {
    timer.abort('drained');
  }
}

function readWholeReply(text: string, { answer, options }: Reading): readonly StreamEvent[] {
  const body = parseObject(text);
  if (body?.type === 'message') return toEvents(body);
  if (body?.type === 'error') throw buildError(body, { answer, options });
  throw new ModelError({
    kind: 'bad_response',
    code: 'not_events',
    host: options.host,
    message: 'The answer is not one of the Messages API.',
  });
}

async function readRest(reader: BodyReader, start: Uint8Array, options: ReadReplyOptions): Promise<string> {
  const pieces = [start];
  for (;;) {
    const piece = await readPiece(reader, options);
    if (piece === undefined) return new TextDecoder().decode(join(pieces));
    pieces.push(piece);
  }
}

/** undefined at the end. A body that can't be read any more is a broken stream, whatever the runtime calls it. */
async function readPiece(
  reader: BodyReader,
  { host, onBytes }: ReadReplyOptions,
): Promise<Uint8Array | undefined> {
  try {
    const { done, value } = await reader.read();
    if (done) return undefined;
    onBytes();
    return value;
  } catch (cause) {
    throw new ModelError({
      kind: 'stream_broken',
      code: readNetworkFailure(cause)?.code,
      host,
      message: 'The connection broke before the reply was complete.',
      cause,
    });
  }
}

function join(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function buildError(body: unknown, { answer, options }: Reading): ModelError {
  const { host } = options;
  return buildApiError({ status: undefined, headers: answer.headers, body, host, now: options.clock.now() });
}

function emptyAnswer(host: string | undefined): ModelError {
  return new ModelError({ kind: 'bad_response', code: 'empty', host, message: 'The answer is empty.' });
}

/** Events that end too soon are a broken stream; a body without any event was never a stream. */
function endedEarly(seen: boolean, host: string | undefined): ModelError {
  return seen
    ? new ModelError({
        kind: 'stream_broken',
        code: 'incomplete',
        host,
        message: 'The connection was closed before the reply was complete.',
      })
    : new ModelError({
        kind: 'bad_response',
        code: 'not_events',
        host,
        message: 'The answer is not one of the Messages API.',
      });
}
