/**
 * From the data of a server-sent event to an event of a reply: plain JSON, or JSON wrapped as base64 bytes as gateways to
 * Bedrock pass it on. Checked field by field and by hand, because there is one of these for every few characters.
 */
import type { StreamEvent, Usage } from '../../protocol/streamEvents.ts';
import { ModelError } from './modelError.ts';
import { readPlainDelta } from './readPlainDelta.ts';

/** The provider gave up in the middle of its reply; `body` is as that of an error answer. */
export interface ErrorEvent {
  readonly type: 'error';
  readonly body: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * From the name and the data of a server-sent event. undefined: of a type this version doesn't know. Throws
 * ModelError('bad_response') for what is no event, or lacks what its type must have.
 */
export function parseStreamEvent(name: string, data: string): StreamEvent | ErrorEvent | undefined {
  const delta = readPlainDelta(data);
  if (delta !== undefined) return delta;
  // What OpenAI-style gateways end every stream with.
  if (data === '[DONE]') return undefined;
  const fields = unwrap(parseJson(data));
  const type = typeof fields.type === 'string' ? fields.type : name;
  return type === 'error' ? { type, body: fields } : toStreamEvent(type, fields);
}

/** A whole reply, as answered by a server that doesn't stream, as the events it would have sent. */
export function toEvents(message: Fields): StreamEvent[] {
  const content = Array.isArray(message.content) ? message.content : [];
  const start = readMessageStart({ message: { ...message, content: [] } });
  const { stop_reason = null, stop_sequence = null, stop_details } = message;
  return [
    start,
    ...content.flatMap((content_block: unknown, index): StreamEvent[] => [
      readBlockStart({ index, content_block }),
      { type: 'content_block_stop', index },
    ]),
    readMessageDelta({
      delta: { stop_reason, stop_sequence, ...(stop_details === undefined ? {} : { stop_details }) },
      usage: message.usage,
    }),
    { type: 'message_stop' },
  ];
}

function toStreamEvent(type: string, fields: Fields): StreamEvent | undefined {
  switch (type) {
    case 'content_block_delta':
      return readBlockDelta(fields);
    case 'content_block_start':
      return readBlockStart(fields);
    case 'content_block_stop':
      return { type, index: indexOf(fields) };
    case 'message_start':
      return readMessageStart(fields);
    case 'message_delta':
      return readMessageDelta(fields);
    case 'message_stop':
    case 'ping':
      return { type };
    default:
      return undefined;
  }
}

/** The field that carries the text of a delta, by its type. */
const TEXT_FIELD: Readonly<Record<string, string>> = {
  text_delta: 'text',
  input_json_delta: 'partial_json',
  thinking_delta: 'thinking',
  signature_delta: 'signature',
};

function readBlockDelta(fields: Fields): StreamEvent {
  const delta = recordIn(fields, 'delta');
  const type = stringIn(delta, 'type');
  const textField = Object.hasOwn(TEXT_FIELD, type) ? TEXT_FIELD[type] : undefined;
  if (textField !== undefined) stringIn(delta, textField);
  return { type: 'content_block_delta', index: indexOf(fields), delta } as unknown as StreamEvent;
}

function readBlockStart(fields: Fields): StreamEvent {
  const content_block = recordIn(fields, 'content_block');
  stringIn(content_block, 'type');
  return { type: 'content_block_start', index: indexOf(fields), content_block } as unknown as StreamEvent;
}

function readMessageStart(fields: Fields): StreamEvent {
  const message = recordIn(fields, 'message');
  return {
    type: 'message_start',
    message: {
      ...message,
      id: stringIn(message, 'id'),
      type: 'message',
      role: 'assistant',
      model: typeof message.model === 'string' ? message.model : '',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 0, output_tokens: 0, ...readUsage(message.usage) },
    },
  };
}

function readMessageDelta(fields: Fields): StreamEvent {
  const delta = isRecord(fields.delta) ? fields.delta : {};
  return {
    type: 'message_delta',
    delta: {
      ...delta,
      stop_reason: typeof delta.stop_reason === 'string' ? delta.stop_reason : null,
      stop_sequence: typeof delta.stop_sequence === 'string' ? delta.stop_sequence : null,
    },
    usage: readUsage(fields.usage),
  };
}

/** Counts must be numbers; one that isn't is left out, because a wrong sum is better than no reply. */
function readUsage(value: unknown): Partial<Usage> {
  if (!isRecord(value)) return {};
  const counts = Object.entries(value).filter(
    ([field, count]) => !field.endsWith('_tokens') || typeof count === 'number' || count === null,
  );
  return Object.fromEntries(counts.filter(([field, count]) => count !== null || !REQUIRED.has(field)));
}

const REQUIRED: ReadonlySet<string> = new Set(['input_tokens', 'output_tokens']);

/** `{"bytes": "…"}` and `{"chunk": {"bytes": "…"}}`: base64 of the JSON of one event. */
function unwrap(fields: Fields): Fields {
  const wrapped = isRecord(fields.chunk) ? fields.chunk.bytes : fields.bytes;
  if (typeof wrapped !== 'string' || typeof fields.type === 'string') return fields;
  return parseJson(decodeBase64(wrapped));
}

function decodeBase64(text: string): string {
  let binary: string;
  try {
    binary = atob(text);
  } catch (cause) {
    throw malformed('its bytes are not base64', cause);
  }
  return new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
}

function parseJson(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw malformed('it is not JSON', cause);
  }
  if (!isRecord(value)) throw malformed('it is not an object');
  return value;
}

function recordIn(fields: Fields, field: string): Fields {
  const value = fields[field];
  if (!isRecord(value)) throw malformed(`"${field}" is missing`);
  return value;
}

function stringIn(fields: Fields, field: string): string {
  const value = fields[field];
  if (typeof value !== 'string') throw malformed(`"${field}" is not a text`);
  return value;
}

function indexOf(fields: Fields): number {
  const { index } = fields;
  if (typeof index !== 'number' || !Number.isInteger(index)) throw malformed('"index" is not a number');
  return index;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(why: string, cause?: unknown): ModelError {
  return new ModelError({
    kind: 'bad_response',
    code: 'malformed_event',
    message: `An event of the reply can't be read: ${why}.`,
    cause,
  });
}
