/**
 * Why a model gave no reply, or not all of it. Everything that goes wrong between a request and the end of its reply leaves
 * the model's edge as a ModelError; what can be done about it is decided on `kind`, `code` and `status`, never on text.
 */
import type { AssistantError, Failure } from '../../protocol/failure.ts';
import { StreamError } from '../../stream/streamError.ts';
import { describeModelError, describeUnexpected } from './describeFailure.ts';
import { readNetworkFailure } from './networkFailure.ts';
import { redactSecrets } from './redactSecrets.ts';

/** `no_provider`: there is no key to ask with. `internal`: a defect of ours, not of the model's. */
export type ModelErrorKind = Exclude<Failure['kind'], 'no_workspace' | 'storage'>;

export interface ModelErrorFields {
  readonly kind: ModelErrorKind;
  /** What happened, as the other side or the system put it. Secrets are taken out. */
  readonly message: string;
  /** HTTP status, where there was an answer. */
  readonly status?: number | undefined;
  /** A finer word: the API's `error_code`, the system's error code, or one of Belay's (`no_key`, `stalled`, `empty`, `html`). */
  readonly code?: string | undefined;
  /** How long the server wants us to wait. */
  readonly retryAfterMs?: number | undefined;
  /** Whether asking again may help; default by kind. */
  readonly retryable?: boolean | undefined;
  /** The provider's id of the request, for its support. */
  readonly requestId?: string | undefined;
  /** Host that was asked. */
  readonly host?: string | undefined;
  readonly cause?: unknown;
}

const RETRYABLE: ReadonlySet<ModelErrorKind> = new Set([
  'rate_limit',
  'overloaded',
  'network',
  'server',
  'stream_broken',
]);

export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly kind: ModelErrorKind;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly retryable: boolean;
  readonly requestId: string | undefined;
  readonly host: string | undefined;

  constructor(fields: ModelErrorFields) {
    super(redactSecrets(fields.message), fields.cause === undefined ? undefined : { cause: fields.cause });
    this.kind = fields.kind;
    this.status = fields.status;
    this.code = fields.code;
    this.retryAfterMs = fields.retryAfterMs;
    this.retryable = fields.retryable ?? RETRYABLE.has(fields.kind);
    this.requestId = fields.requestId;
    this.host = fields.host;
  }

  /** The kind in the words of the wire. */
  get wireName(): AssistantError {
    return WIRE_NAMES[this.kind];
  }
}

const WIRE_NAMES: Readonly<Record<ModelErrorKind, AssistantError>> = {
  authentication: 'authentication_failed',
  no_provider: 'authentication_failed',
  permission: 'authentication_failed',
  billing: 'billing_error',
  rate_limit: 'rate_limit',
  overloaded: 'overloaded',
  invalid_request: 'invalid_request',
  prompt_too_long: 'invalid_request',
  model_not_found: 'model_not_found',
  server: 'server_error',
  network: 'unknown',
  certificate: 'unknown',
  bad_response: 'unknown',
  stream_broken: 'unknown',
  internal: 'unknown',
};

/** From anything thrown on the way to a reply. Aborts are for the caller to tell: check the signal first. */
export function toModelError(thrown: unknown): ModelError {
  if (thrown instanceof ModelError) return thrown;
  if (thrown instanceof StreamError) {
    const kind = thrown.kind === 'incomplete' ? 'stream_broken' : 'bad_response';
    return new ModelError({ kind, message: thrown.message, code: thrown.kind, cause: thrown });
  }
  const network = readNetworkFailure(thrown);
  if (network !== undefined) return new ModelError({ ...network, cause: thrown });
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ModelError({ kind: 'internal', message, cause: thrown });
}

/** What a person is told: what happened, and what to do. `canContinue`: part of the reply was kept and can be gone on with. */
export function toFailure(error: unknown, { canContinue }: { readonly canContinue: boolean }): Failure {
  const failure =
    error instanceof ModelError
      ? describeModelError(error)
      : error instanceof StreamError
        ? describeModelError(toModelError(error))
        : describeUnexpected(redactSecrets(error instanceof Error ? error.message : String(error)));
  if (!canContinue) return failure;
  const others = failure.actions.filter((action) => action !== 'retry');
  return { ...failure, actions: ['continue', ...others] };
}
