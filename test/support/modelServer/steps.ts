/**
 * What the scripted model does in answer to one request, step by step. A reply without a `stop` ends with `tool_use` when it
 * calls a tool, else with `end_turn`.
 */
export type Step =
  | { readonly kind: 'text'; readonly pieces: readonly string[] }
  | { readonly kind: 'thinking'; readonly pieces: readonly string[] }
  | { readonly kind: 'redacted_thinking' }
  | {
      readonly kind: 'tool_use';
      readonly name: string;
      readonly id: string | undefined;
      readonly json: readonly string[];
    }
  | { readonly kind: 'block'; readonly block: Readonly<Record<string, unknown>> & { readonly type: string } }
  | { readonly kind: 'stop'; readonly reason: string }
  | { readonly kind: 'usage'; readonly usage: Readonly<Record<string, unknown>> }
  | { readonly kind: 'model'; readonly model: string }
  | { readonly kind: 'event'; readonly name: string; readonly data: unknown }
  | { readonly kind: 'raw'; readonly bytes: string }
  | { readonly kind: 'chunks'; readonly size: number }
  | { readonly kind: 'wrapped'; readonly form: 'bytes' | 'chunk' }
  | { readonly kind: 'gate'; readonly until: Promise<unknown> }
  | { readonly kind: 'reset' }
  | { readonly kind: 'stall' }
  | { readonly kind: 'end' }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    };

/** All steps of one reply. */
export type Reply = readonly Step[];

/** Text; given as several pieces it comes as so many deltas, given as one it is cut after every 12 characters. */
export function text(...pieces: string[]): Step {
  return { kind: 'text', pieces: cut(pieces) };
}

/** Thinking, with a signature that is bound to everything before it. */
export function thinking(...pieces: string[]): Step {
  return { kind: 'thinking', pieces: cut(pieces) };
}

export function redactedThinking(): Step {
  return { kind: 'redacted_thinking' };
}

export function toolUse(name: string, input: object, { id }: { readonly id?: string } = {}): Step {
  return { kind: 'tool_use', name, id, json: cut([JSON.stringify(input)]) };
}

/** A call whose input is this text, JSON or not. */
export function toolUseText(name: string, ...json: string[]): Step {
  return { kind: 'tool_use', name, id: undefined, json };
}

/** A block as it is, without deltas: a server tool, or a type nobody knows. */
export function block(content: Readonly<Record<string, unknown>> & { readonly type: string }): Step {
  return { kind: 'block', block: content };
}

export function stop(reason: string): Step {
  return { kind: 'stop', reason };
}

/** Counts over those the server makes up. */
export function usage(counts: Readonly<Record<string, unknown>>): Step {
  return { kind: 'usage', usage: counts };
}

/** The model the reply claims to be of; default: the one asked. */
export function saysModel(model: string): Step {
  return { kind: 'model', model };
}

export function ping(): Step {
  return { kind: 'event', name: 'ping', data: { type: 'ping' } };
}

/** Any event at this place in the stream. */
export function event(name: string, data: unknown): Step {
  return { kind: 'event', name, data };
}

/** The provider gives up in the middle of its stream; nothing comes after. */
export function errorEvent(type: string, message = 'Scripted error.'): Step {
  return {
    kind: 'event',
    name: 'error',
    data: { type: 'error', error: { type, message }, request_id: 'req_scripted' },
  };
}

/** Bytes that are no event. */
export function raw(bytes: string): Step {
  return { kind: 'raw', bytes };
}

/** From here on each write carries this many bytes. */
export function chunks(size: number): Step {
  return { kind: 'chunks', size };
}

/** From here on events are wrapped as base64 bytes, as gateways to Bedrock do it. */
export function wrapped(form: 'bytes' | 'chunk'): Step {
  return { kind: 'wrapped', form };
}

/** Goes on when the test says so. */
export function gate(until: Promise<unknown>): Step {
  return { kind: 'gate', until };
}

/** The connection is reset. */
export function reset(): Step {
  return { kind: 'reset' };
}

/** Nothing comes any more, and the connection stays open. */
export function stall(): Step {
  return { kind: 'stall' };
}

/** The body ends here, complete or not. */
export function end(): Step {
  return { kind: 'end' };
}

/** The request is answered with an error of the API. Must be the first step. */
export function httpError(
  status: number,
  type: string,
  {
    message = 'Scripted error.',
    code,
    headers = {},
  }: {
    readonly message?: string;
    readonly code?: string;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Step {
  const details = code === undefined ? {} : { details: { error_code: code } };
  const body = { type: 'error', error: { type, message, ...details }, request_id: 'req_scripted' };
  return answer(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
}

/** The request is answered with this, whatever it is. Must be the first step. */
export function answer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Step {
  return { kind: 'answer', status, headers, body };
}

function cut(pieces: readonly string[]): readonly string[] {
  if (pieces.length !== 1) return pieces;
  return pieces[0]?.match(/[\s\S]{1,12}/g) ?? [];
}
