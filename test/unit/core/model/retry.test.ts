import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ModelError, type ModelErrorKind } from '../../../../src/core/model/modelError.ts';
import { decideRetry, MAX_ATTEMPTS } from '../../../../src/core/model/retry.ts';

const overloaded = new ModelError({ kind: 'overloaded', message: 'x', status: 529 });
const highest = () => 1 - Number.EPSILON;

test('the longest wait doubles from half a second up to 32 seconds', () => {
  const waits = Array.from({ length: MAX_ATTEMPTS - 1 }, (_, index) =>
    decideRetry(overloaded, { attempt: index + 1, random: highest }),
  );
  expect(waits.map((decision) => decision?.delayMs)).toEqual([
    500, 1000, 2000, 4000, 8000, 16_000, 32_000, 32_000, 32_000,
  ]);
});

test('the wait is anywhere between nothing and the longest', () => {
  expect(decideRetry(overloaded, { attempt: 4, random: () => 0 })?.delayMs).toBe(0);
  expect(decideRetry(overloaded, { attempt: 4, random: () => 0.25 })?.delayMs).toBe(1000);
});

test('after ten requests there is no further one', () => {
  expect(decideRetry(overloaded, { attempt: 9, random: highest })).toEqual({
    attempt: 9,
    maxAttempts: 10,
    delayMs: 32_000,
  });
  expect(decideRetry(overloaded, { attempt: 10, random: highest })).toBeUndefined();
});

test('F02 the wait is never shorter than the server asked for', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 300_000 }),
      fc.integer({ min: 1, max: 9 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (retryAfterMs, attempt, random) => {
        const error = new ModelError({ kind: 'rate_limit', message: 'x', retryAfterMs });
        expect(decideRetry(error, { attempt, random: () => random })?.delayMs).toBeGreaterThanOrEqual(
          retryAfterMs,
        );
      },
    ),
  );
});

test('a wait of more than five minutes is left to a person', () => {
  const error = new ModelError({ kind: 'rate_limit', message: 'x', retryAfterMs: 300_001 });
  expect(decideRetry(error, { attempt: 1, random: highest })).toBeUndefined();
});

test.each<ModelErrorKind>([
  'authentication',
  'permission',
  'billing',
  'certificate',
  'invalid_request',
  'model_not_found',
  'prompt_too_long',
  'bad_response',
  'no_provider',
  'internal',
])('%s is never asked again', (kind) => {
  expect(
    decideRetry(new ModelError({ kind, message: 'x' }), { attempt: 1, random: highest }),
  ).toBeUndefined();
});

test.each<ModelErrorKind>(['rate_limit', 'overloaded', 'network', 'server', 'stream_broken'])(
  '%s is asked again',
  (kind) => {
    expect(
      decideRetry(new ModelError({ kind, message: 'x' }), { attempt: 1, random: highest })?.delayMs,
    ).toBe(500);
  },
);
