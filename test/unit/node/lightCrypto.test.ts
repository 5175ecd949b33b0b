import { expect, it } from 'vitest';
import { crypto as light } from '../../../src/node/lightCrypto.ts';

const sizes = [0, 1, 1000, 1 << 18, (1 << 18) + 1];

it.each(sizes)('makes the digests of the runtime, of %i bytes', async (size) => {
  const bytes = Uint8Array.from({ length: size }, (_, index) => index % 251);
  for (const algorithm of ['SHA-256', 'SHA-1']) {
    const made = await light.subtle.digest(algorithm, bytes);
    expect(made).toBeInstanceOf(ArrayBuffer);
    expect(new Uint8Array(made)).toEqual(new Uint8Array(await crypto.subtle.digest(algorithm, bytes)));
  }
});

it('hashes the part of a buffer that it is given', async () => {
  const part = Uint8Array.from([1, 2, 3, 4]).subarray(1, 3);
  const whole = Uint8Array.from([2, 3]);
  expect(await light.subtle.digest('SHA-256', part)).toEqual(await light.subtle.digest('SHA-256', whole));
});

it('makes ids and random bytes', () => {
  expect(light.randomUUID()).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(light.randomUUID()).not.toBe(light.randomUUID());
  expect(new Set(light.getRandomValues(new Uint8Array(256))).size).toBeGreaterThan(50);
});
