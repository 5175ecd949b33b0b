/**
 * When to ask a model again, and when not (SECURITY F01–F05, F11–F14). Pure policy: whoever drives the attempts waits, tells
 * the person, and knows what was shown of the attempt that failed.
 */
import type { ModelError } from './modelError.ts';

/** Requests in all, the first included. */
export const MAX_ATTEMPTS = 10;

const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 32_000;
/** A server that wants a longer wait than this has in effect said no: a person decides. */
const MAX_RETRY_AFTER_MS = 300_000;

export interface RetryDecision {
  /** The attempt that failed, counted from 1. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly delayMs: number;
}

export interface RetryState {
  /** The attempt that failed, counted from 1. */
  readonly attempt: number;
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
}

/**
 * undefined: don't ask again. Else a random wait of up to 0.5 s, doubled with each attempt, up to 32 s ("full jitter",
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), and never less than the server asked for.
 */
export function decideRetry(error: ModelError, { attempt, random }: RetryState): RetryDecision | undefined {
  if (!error.retryable || attempt >= MAX_ATTEMPTS) return undefined;
  const asked = error.retryAfterMs ?? 0;
  if (asked > MAX_RETRY_AFTER_MS) return undefined;
  const ceiling = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
  return { attempt, maxAttempts: MAX_ATTEMPTS, delayMs: Math.max(asked, Math.round(random() * ceiling)) };
}
