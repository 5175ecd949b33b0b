import { expect, it } from 'vitest';
import { createNodeClock } from '../../../src/node/clock.ts';

const clock = createNodeClock();

it('tells the time, and a time that only grows', () => {
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1000);
  expect(clock.monotonic()).toBeLessThanOrEqual(clock.monotonic());
});

it('rejects a sleep with the reason of the abort', async () => {
  const reason = new Error('stopped');
  const controller = new AbortController();
  const slept = clock.sleep(60_000, controller.signal);
  controller.abort(reason);
  await expect(slept).rejects.toBe(reason);
  await expect(clock.sleep(0, AbortSignal.abort(reason))).rejects.toBe(reason);
  await clock.sleep(0);
});
