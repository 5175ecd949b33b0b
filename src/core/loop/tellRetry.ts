/** Says that the model is asked again, and when. */
import type { ModelError } from '../model/modelError.ts';
import type { TurnDeps } from './turnDeps.ts';

interface Retry {
  /** Counts from 1. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** Milliseconds. */
  readonly delayMs: number;
}

export async function tellRetry(
  { attempt, maxAttempts, delayMs }: Retry,
  error: ModelError,
  { emitter, log }: Pick<TurnDeps, 'emitter' | 'log'>,
): Promise<void> {
  log.warn('asking the model again', { attempt, delayMs, kind: error.kind, status: error.status });
  await emitter.emitSystem('api_retry', {
    attempt,
    max_retries: maxAttempts,
    retry_delay_ms: delayMs,
    error_status: error.status ?? null,
    error: error.wireName,
  });
}
