/**
 * From an answer that is an error (https://docs.anthropic.com/en/api/errors) to a ModelError: an HTTP status with a body, or
 * an `error` event in a stream that began with 200. Decided on `error_code`, then status, then the type of the error.
 */
import { ModelError, type ModelErrorKind } from './modelError.ts';

export interface ApiErrorAnswer {
  /** undefined: an `error` event in a stream. */
  readonly status: number | undefined;
  readonly headers: { get(name: string): string | null };
  /** The parsed body; anything but an object when it was no JSON. */
  readonly body: unknown;
  readonly host: string | undefined;
  /** Milliseconds since 1970: what a `retry-after` date is counted from. */
  readonly now: number;
}

/** Codes that say more than their status (types of `@anthropic-ai/sdk`, resources/shared.ts). */
const KIND_BY_CODE: Readonly<Record<string, ModelErrorKind>> = {
  contract_spend_limit_reached: 'billing',
  enforced_spend_limit_reached: 'billing',
  linked_organization_spend_limit_reached: 'billing',
  linked_organization_billing_unavailable: 'billing',
  organization_on_hold: 'permission',
  claude_code_key_creator_not_member: 'permission',
  request_body_too_large_after_decoding: 'prompt_too_long',
};

const KIND_BY_STATUS: Readonly<Record<number, ModelErrorKind>> = {
  401: 'authentication',
  402: 'billing',
  403: 'permission',
  404: 'model_not_found',
  408: 'server',
  409: 'server',
  413: 'prompt_too_long',
  429: 'rate_limit',
  529: 'overloaded',
};

const KIND_BY_TYPE: Readonly<Record<string, ModelErrorKind>> = {
  authentication_error: 'authentication',
  billing_error: 'billing',
  permission_error: 'permission',
  not_found_error: 'model_not_found',
  request_too_large: 'prompt_too_long',
  rate_limit_error: 'rate_limit',
  overloaded_error: 'overloaded',
  timeout_error: 'server',
  api_error: 'server',
  conflict_error: 'server',
  invalid_request_error: 'invalid_request',
};

export function buildApiError(answer: ApiErrorAnswer): ModelError {
  const { status, headers, host } = answer;
  const body = readBody(answer.body);
  const shouldRetry = headers.get('x-should-retry');
  return new ModelError({
    kind: decideKind(status, body),
    message: body?.message ?? describeStatus(status),
    status,
    code: body?.code,
    retryAfterMs: parseRetryAfter(headers, answer.now),
    retryable: shouldRetry === 'false' ? false : undefined,
    requestId: headers.get('request-id') ?? body?.requestId,
    host,
  });
}

interface ErrorBody {
  readonly type: string | undefined;
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly requestId: string | undefined;
}

function decideKind(status: number | undefined, body: ErrorBody | undefined): ModelErrorKind {
  if (body?.code !== undefined && Object.hasOwn(KIND_BY_CODE, body.code)) {
    return KIND_BY_CODE[body.code] ?? 'server';
  }
  const byType =
    body?.type !== undefined && Object.hasOwn(KIND_BY_TYPE, body.type) ? KIND_BY_TYPE[body.type] : undefined;
  if (status === undefined) return byType ?? 'server';
  if (status === 400 && isPromptTooLong(body?.message)) return 'prompt_too_long';
  // A 404 that isn't in the API's words comes from something else at that address.
  if (status === 404 && body === undefined) return 'bad_response';
  const byStatus = KIND_BY_STATUS[status];
  if (byStatus !== undefined) return byStatus;
  if (byType === 'overloaded') return byType;
  if (status >= 500) return 'server';
  return status >= 400 ? 'invalid_request' : 'bad_response';
}

/** The one thing the API tells by its text alone: it gives this 400 no code (SECURITY F10). */
function isPromptTooLong(message: string | undefined): boolean {
  return message !== undefined && /prompt is too long|exceeds? (?:the )?(?:maximum )?context/i.test(message);
}

function readBody(body: unknown): ErrorBody | undefined {
  const outer = asRecord(body);
  const inner = asRecord(outer?.error);
  if (outer === undefined || inner === undefined) return undefined;
  return {
    type: asString(inner.type),
    code: asString(asRecord(inner.details)?.error_code),
    message: asString(inner.message),
    requestId: asString(outer.request_id),
  };
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110, section 10.2.3); undefined when there is none. */
export function parseRetryAfter(headers: ApiErrorAnswer['headers'], now: number): number | undefined {
  const ms = parseNumber(headers.get('retry-after-ms'));
  if (ms !== undefined) return ms;
  const value = headers.get('retry-after');
  const seconds = parseNumber(value);
  if (seconds !== undefined) return seconds * 1000;
  // Date.parse takes much more than a date of HTTP, which always begins with the day of the week.
  const date = value !== null && /^[a-z]{3,}, /i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function parseNumber(value: string | null): number | undefined {
  return value !== null && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;
}

function describeStatus(status: number | undefined): string {
  return status === undefined
    ? 'The provider reported an error.'
    : `The provider answered with status ${status}.`;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

function asString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
