import { describe, expect, test } from 'vitest';
import { buildApiError, parseRetryAfter } from '../../../../src/core/model/apiError.ts';
import {
  ModelError,
  type ModelErrorKind,
  toFailure,
  toModelError,
} from '../../../../src/core/model/modelError.ts';
import { StreamError } from '../../../../src/stream/streamError.ts';

const NOW = Date.parse('2026-11-21T10:00:00Z');

function answered(status: number | undefined, error: object | string, headers: Record<string, string> = {}) {
  const body = typeof error === 'string' ? error : { type: 'error', error, request_id: 'req_body' };
  return buildApiError({ status, headers: new Headers(headers), body, host: 'api.anthropic.com', now: NOW });
}

function apiError(type: string, message = 'Said by the API.', error_code?: string) {
  return { type, message, ...(error_code === undefined ? {} : { details: { error_code } }) };
}

describe('an answer that is an error', () => {
  test.each<[string, number | undefined, object | string, ModelErrorKind, boolean]>([
    [
      'F03 a spending limit',
      429,
      apiError('rate_limit_error', 'x', 'enforced_spend_limit_reached'),
      'billing',
      false,
    ],
    [
      'F03 the limit of a contract',
      429,
      apiError('rate_limit_error', 'x', 'contract_spend_limit_reached'),
      'billing',
      false,
    ],
    ['a limit on growth', 429, apiError('rate_limit_error', 'x', 'ramp_limit_exceeded'), 'rate_limit', true],
    ['a rate limit', 429, apiError('rate_limit_error'), 'rate_limit', true],
    ['F04 overload', 529, apiError('overloaded_error'), 'overloaded', true],
    ['F05 a server error', 500, apiError('api_error'), 'server', true],
    ['F05 a bad gateway with a page', 502, '<html><body>Bad gateway</body></html>', 'server', true],
    ['F05 a gateway that waited too long', 504, apiError('timeout_error'), 'server', true],
    ['overload under another status', 503, apiError('overloaded_error'), 'overloaded', true],
    ['F06 an invalid request', 400, apiError('invalid_request_error'), 'invalid_request', false],
    ['a request that can’t be processed', 422, apiError('invalid_request_error'), 'invalid_request', false],
    ['F07 a bad key', 401, apiError('authentication_error'), 'authentication', false],
    ['F07 no permission', 403, apiError('permission_error'), 'permission', false],
    [
      'an account on hold',
      400,
      apiError('invalid_request_error', 'x', 'organization_on_hold'),
      'permission',
      false,
    ],
    ['F08 no credit', 402, apiError('billing_error'), 'billing', false],
    ['F09 no such model', 404, apiError('not_found_error'), 'model_not_found', false],
    ['a page that isn’t there', 404, '<html>Not found</html>', 'bad_response', false],
    ['F10 too large', 413, apiError('request_too_large'), 'prompt_too_long', false],
    [
      'F10 too long',
      400,
      apiError('invalid_request_error', 'prompt is too long: 200001 tokens > 200000 maximum'),
      'prompt_too_long',
      false,
    ],
    ['a time-out', 408, '', 'server', true],
    ['a conflict', 409, apiError('conflict_error'), 'server', true],
    ['F11 an overload event', undefined, apiError('overloaded_error'), 'overloaded', true],
    ['an error event', undefined, apiError('api_error'), 'server', true],
    ['an error event of an unknown type', undefined, apiError('brand_new_error'), 'server', true],
    ['an unknown status', 418, apiError('teapot_error'), 'invalid_request', false],
  ])('%s', (_name, status, error, kind, retryable) => {
    expect(answered(status, error)).toMatchObject({ kind, retryable, status });
  });

  test('carries what the API said, its code, and the id of the request', () => {
    expect(
      answered(429, apiError('rate_limit_error', 'Slow down.', 'ramp_limit_exceeded'), {
        'retry-after': '7',
        'request-id': 'req_1',
      }),
    ).toMatchObject({
      name: 'ModelError',
      message: 'Slow down.',
      code: 'ramp_limit_exceeded',
      retryAfterMs: 7000,
      requestId: 'req_1',
      host: 'api.anthropic.com',
      wireName: 'rate_limit',
    });
    expect(answered(500, apiError('api_error')).requestId).toBe('req_body');
  });

  test('F05 the page of a proxy is never part of the message', () => {
    expect(answered(502, '<html>secret page</html>').message).toBe('The provider answered with status 502.');
  });

  test('x-should-retry: false is obeyed', () => {
    expect(answered(500, apiError('api_error'), { 'x-should-retry': 'false' }).retryable).toBe(false);
  });
});

describe('how long to wait', () => {
  test.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': 'Sat, 21 Nov 2026 10:00:12 GMT' }, 12_000],
    [{ 'retry-after': 'Sat, 21 Nov 2026 09:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after-ms': '250', 'retry-after': '7' }, 250],
    [{ 'retry-after': '-3' }, undefined],
  ])('%j is %s ms', (headers, ms) => {
    expect(parseRetryAfter(new Headers(headers), NOW)).toBe(ms);
  });
});

describe('anything thrown', () => {
  const failed = (code: string, cause?: unknown): Error =>
    Object.assign(new TypeError(`failed with ${code}`, cause === undefined ? undefined : { cause }), {
      code,
    });

  test.each<[string, ModelErrorKind]>([
    ['ECONNREFUSED', 'network'],
    ['ENOTFOUND', 'network'],
    ['EAI_AGAIN', 'network'],
    ['ECONNRESET', 'network'],
    ['UND_ERR_SOCKET', 'network'],
    ['UND_ERR_CONNECT_TIMEOUT', 'network'],
    ['CERT_HAS_EXPIRED', 'certificate'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'certificate'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'certificate'],
  ])('with the code %s anywhere in its chain is a failure of the kind %s', (code, kind) => {
    const chain = new Error('Connection error.', {
      cause: new TypeError('fetch failed', { cause: failed(code) }),
    });
    const error = toModelError(chain);
    expect(error).toMatchObject({ kind, code, retryable: kind === 'network' });
    expect(error.cause).toBe(chain);
  });

  test('several addresses that all refused are one network failure', () => {
    const all = new AggregateError([failed('ECONNREFUSED'), failed('ECONNREFUSED')], '');
    expect(toModelError(new TypeError('fetch failed', { cause: all }))).toMatchObject({ kind: 'network' });
  });

  test('a chain that bites its tail ends', () => {
    const error = new Error('round');
    error.cause = error;
    expect(toModelError(error).kind).toBe('internal');
  });

  test('a contradicting stream is a bad response, one that ended early a broken stream', () => {
    expect(toModelError(new StreamError('incomplete', 'x'))).toMatchObject({
      kind: 'stream_broken',
      retryable: true,
    });
    expect(toModelError(new StreamError('wrong_block', 'x'))).toMatchObject({
      kind: 'bad_response',
      retryable: false,
    });
  });

  test('else is a defect of ours, and not asked again', () => {
    expect(toModelError(new TypeError('x is not a function'))).toMatchObject({
      kind: 'internal',
      retryable: false,
    });
    expect(toModelError('text')).toMatchObject({ kind: 'internal', message: 'text' });
  });

  test('a ModelError stays what it is', () => {
    const error = new ModelError({ kind: 'server', message: 'x' });
    expect(toModelError(error)).toBe(error);
  });
});

describe('what a person is told', () => {
  const kinds: readonly ModelErrorKind[] = [
    'authentication',
    'permission',
    'billing',
    'rate_limit',
    'overloaded',
    'network',
    'certificate',
    'server',
    'invalid_request',
    'model_not_found',
    'prompt_too_long',
    'bad_response',
    'stream_broken',
    'no_provider',
    'internal',
  ];

  test.each(kinds)('%s has a title, a detail and something to do', (kind) => {
    const failure = toFailure(new ModelError({ kind, message: 'It was so', host: 'example.org' }), {
      canContinue: false,
    });
    expect(failure.kind).toBe(kind);
    expect(failure.title).not.toBe('');
    expect(failure.detail).toMatch(/\.$/);
    expect(failure.actions.length).toBeGreaterThan(0);
  });

  test('a model that VS Code withholds is no matter of a key', () => {
    const error = new ModelError({ kind: 'permission', code: 'NoPermissions', message: 'Not allowed' });
    expect(toFailure(error, { canContinue: false })).toMatchObject({
      title: 'VS Code did not let Belay use this model',
      actions: ['retry', 'choose_model', 'choose_provider'],
    });
  });

  test('a missing key names what to do about it', () => {
    expect(
      toFailure(new ModelError({ kind: 'no_provider', message: 'no key' }), { canContinue: false }),
    ).toEqual({
      kind: 'no_provider',
      title: 'No API key is set',
      detail: 'Belay needs a key to ask the model. Set one, or choose another provider.',
      actions: ['set_key', 'choose_provider'],
    });
  });

  test('a refused connection names the host and what to check', () => {
    const error = new ModelError({
      kind: 'network',
      message: 'connect ECONNREFUSED 127.0.0.1:1',
      host: '127.0.0.1:1',
    });
    expect(toFailure(error, { canContinue: false })).toEqual({
      kind: 'network',
      title: 'No connection to 127.0.0.1:1',
      detail:
        'connect ECONNREFUSED 127.0.0.1:1. Check the network, the VPN and the proxy settings, then try again.',
      actions: ['retry', 'choose_provider', 'open_log'],
    });
  });

  test('a long wait and the id of the request are named', () => {
    const error = answered(429, apiError('rate_limit_error', 'Too many.'), {
      'retry-after': '900',
      'request-id': 'req_9',
    });
    expect(toFailure(error, { canContinue: false }).detail).toBe(
      'Too many. Wait a little and try again, or choose another model. The provider asks to wait 15 min. (Request req_9)',
    );
  });

  test('a certificate problem never advises to switch the check off', () => {
    const { detail } = toFailure(new ModelError({ kind: 'certificate', message: 'expired' }), {
      canContinue: false,
    });
    expect(detail).not.toMatch(/disable|reject|insecure|NODE_TLS/i);
  });

  test('where part of the reply was kept, going on comes first and stands for trying again', () => {
    expect(
      toFailure(new ModelError({ kind: 'stream_broken', message: 'x' }), { canContinue: true }).actions,
    ).toEqual(['continue', 'open_log']);
  });

  test('something unexpected is named as such', () => {
    expect(toFailure(new RangeError('boom'), { canContinue: false })).toMatchObject({
      kind: 'internal',
      detail: 'boom. The conversation is kept. Try again; if it happens again, the log has the details.',
    });
  });

  test('F68 secrets are taken out of every message', () => {
    const key = 'sk-ant-api03-AbCdEf123456_7890-xyz';
    for (const text of [
      `invalid x-api-key: ${key}`,
      `header "Authorization: Bearer ${key}" refused`,
      'url https://user:hunter2secret@proxy.example/',
      '{"api_key":"hunter2secret"}',
      'AKIAIOSFODNN7EXAMPLE used',
      'token ghp_abcdefghijklmnopqrstuvwxyz0123',
    ]) {
      const error = new ModelError({ kind: 'authentication', message: text });
      const told = JSON.stringify(toFailure(error, { canContinue: false })) + error.message;
      expect(told).not.toMatch(/AbCdEf|hunter2|IOSFODNN|ghp_abc/);
      expect(JSON.stringify(toFailure(new Error(text), { canContinue: false }))).not.toMatch(
        /AbCdEf|hunter2|IOSFODNN|ghp_abc/,
      );
    }
  });
});
