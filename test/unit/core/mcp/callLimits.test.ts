import { describe, expect, it } from 'vitest';
import { createCallLimits } from '../../../../src/core/mcp/callLimits.ts';
import type { Clock } from '../../../../src/core/ports.ts';

/** Time passes when a test says so. */
function createHandClock() {
  let now = 0;
  const sleeping = new Set<{ readonly until: number; readonly wake: () => void }>();
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { until: now + ms, wake: resolve };
        sleeping.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleeping.delete(sleeper);
          reject(signal.reason);
        });
      }),
  };
  return {
    clock,
    sleeping,
    async pass(ms: number): Promise<void> {
      now += ms;
      for (const sleeper of [...sleeping].filter(({ until }) => until <= now)) {
        sleeping.delete(sleeper);
        sleeper.wake();
      }
      await settle();
    },
  };
}

/** All that can happen without time has happened. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function watchOne(ms: number) {
  const { clock, pass, sleeping } = createHandClock();
  const limits = createCallLimits(clock);
  const [late, done] = [new AbortController(), new AbortController()];
  limits.watch(ms, late, done.signal);
  const ask = async () => {
    let answer = (): void => undefined;
    const asked = limits.whileAsking(
      () =>
        new Promise<void>((resolve) => {
          answer = resolve;
        }),
    );
    await settle();
    return async () => {
      answer();
      await asked;
      await settle();
    };
  };
  return { pass, sleeping, ask, done, isLate: () => late.signal.aborted };
}

describe('the time limit of a call', () => {
  it('is over when its time has passed', async () => {
    const call = watchOne(100);
    await call.pass(99);
    expect(call.isLate()).toBe(false);
    await call.pass(1);
    expect(call.isLate()).toBe(true);
  });

  it('stands still while the person is asked, and goes on with what was left', async () => {
    const call = watchOne(100);
    await call.pass(60);
    const answer = await call.ask();
    await call.pass(10_000);
    expect(call.isLate()).toBe(false);
    await answer();
    await call.pass(39);
    expect(call.isLate()).toBe(false);
    await call.pass(1);
    expect(call.isLate()).toBe(true);
  });

  it('stands still until the last of several questions is answered', async () => {
    const call = watchOne(100);
    const [first, second] = [await call.ask(), await call.ask()];
    await first();
    await call.pass(10_000);
    expect(call.isLate()).toBe(false);
    await second();
    await call.pass(100);
    expect(call.isLate()).toBe(true);
  });

  it('is of a call whose questions are withdrawn when it is over, and no others', async () => {
    const limits = createCallLimits(createHandClock().clock);
    const heard: string[] = [];
    const ask = (name: string) =>
      void limits.whileAsking(async (signal) => {
        signal.addEventListener('abort', () => heard.push(name));
        await new Promise<void>(() => undefined);
      });
    ask('before');
    const [first, second] = [new AbortController(), new AbortController()];
    limits.watch(100, new AbortController(), first.signal);
    limits.watch(100, new AbortController(), second.signal);
    ask('during');
    first.abort();
    await settle();
    expect(heard).toEqual([]);
    second.abort();
    await settle();
    expect(heard).toEqual(['during']);
  });

  it('leaves nothing behind when the call is over', async () => {
    const call = watchOne(100);
    await call.pass(1);
    call.done.abort();
    await call.pass(10_000);
    expect(call.isLate()).toBe(false);
    expect(call.sleeping.size).toBe(0);
  });
});
