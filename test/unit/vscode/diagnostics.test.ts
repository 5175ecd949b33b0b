import { describe, expect, it } from 'vitest';
import { type Settling, waitUntilSettled } from '../../../src/vscode/diagnostics/waitUntilSettled.ts';
import { isLanguageWatched } from '../../../src/vscode/diagnostics/watchedLanguages.ts';

/** Something changes at these times; time passes only while somebody sleeps. */
function createScript(times: readonly number[]) {
  let now = 0;
  let listener: (() => void) | undefined;
  const settling: Omit<Settling, 'signal'> = {
    clock: {
      monotonic: () => now,
      async sleep(ms, signal) {
        signal?.throwIfAborted();
        const next = times.find((time) => time > now);
        if (next === undefined || next > now + ms) {
          now += ms;
          return;
        }
        now = next;
        listener?.();
        throw new Error('woken');
      },
    },
    lastChange: () => times.findLast((time) => time <= now),
    onChange(given) {
      listener = given;
      return () => {
        listener = undefined;
      };
    },
    quietMs: 400,
    maxMs: 2000,
  };
  return { settling, now: () => now, isListening: () => listener !== undefined };
}

async function wait(times: readonly number[]) {
  const script = createScript(times);
  const came = await waitUntilSettled({ ...script.settling, signal: new AbortController().signal });
  expect(script.isListening()).toBe(false);
  return { came, after: script.now() };
}

describe('waiting until it has settled', () => {
  it('ends when nothing has come for a while', async () => {
    expect(await wait([300])).toEqual({ came: true, after: 700 });
    expect(await wait([300, 500, 800, 1300])).toEqual({ came: true, after: 1200 });
  });

  it('takes into account what came before it began', async () => {
    expect(await wait([0])).toEqual({ came: true, after: 400 });
    expect(await wait([-1000])).toEqual({ came: true, after: 0 });
  });

  it('ends when the time is over, whether something came or keeps coming', async () => {
    expect(await wait([])).toEqual({ came: false, after: 2000 });
    const always = Array.from({ length: 20 }, (_, index) => (index + 1) * 300);
    expect(await wait(always)).toEqual({ came: true, after: 2000 });
  });

  it('ends with an abort', async () => {
    const { settling, now, isListening } = createScript([]);
    expect(await waitUntilSettled({ ...settling, signal: AbortSignal.abort() })).toBe(false);
    expect(now()).toBe(0);
    expect(isListening()).toBe(false);
  });
});

describe('a language is watched', () => {
  it('when an extension with code is started by it or defines it', () => {
    expect(isLanguageWatched('json', { main: './x.js', activationEvents: ['onLanguage:json'] })).toBe(true);
    expect(isLanguageWatched('json', { browser: './x.js', activationEvents: ['onLanguage:json'] })).toBe(
      true,
    );
    expect(isLanguageWatched('zig', { main: './x.js', contributes: { languages: [{ id: 'zig' }] } })).toBe(
      true,
    );
  });

  it('not by others, by a grammar, or by what is no manifest', () => {
    expect(
      isLanguageWatched('c', { main: './x.js', activationEvents: ['onLanguage:css', 'onLanguage', '*'] }),
    ).toBe(false);
    expect(isLanguageWatched('zig', { contributes: { languages: [{ id: 'zig' }] } })).toBe(false);
    expect(isLanguageWatched('c', undefined)).toBe(false);
    expect(isLanguageWatched('c', { main: 1, activationEvents: 'onLanguage', contributes: null })).toBe(
      false,
    );
  });
});
