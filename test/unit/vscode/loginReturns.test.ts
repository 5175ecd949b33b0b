import { describe, expect, it } from 'vitest';
import { createLoginReturns, encodeAgain } from '../../../src/vscode/mcp/loginReturns.ts';

const never = new AbortController().signal;

describe('a browser that comes back from a login', () => {
  it('is taken by who sent it away, and once', async () => {
    const returns = createLoginReturns();
    const [one, other] = [returns.wait('one', never), returns.wait('other', never)];
    expect(returns.take('code=1&state=other')).toBe(true);
    expect(returns.take('code=2&state=other')).toBe(false);
    expect(returns.take('code=3&state=one')).toBe(true);
    expect(await Promise.all([one, other])).toEqual(['code=3&state=one', 'code=1&state=other']);
  });

  it('is not taken when nobody waits (any more)', async () => {
    const returns = createLoginReturns();
    const stop = new AbortController();
    const waiting = returns.wait('one', stop.signal);
    expect(returns.take('code=1')).toBe(false);
    expect(returns.take('code=1&state=else')).toBe(false);
    stop.abort();
    expect(await waiting).toBeUndefined();
    expect(returns.take('code=1&state=one')).toBe(false);
  });

  it('brings a code along as it was', () => {
    expect(new URLSearchParams(encodeAgain('code=4/0A+b%2Fc&state=s')).get('code')).toBe('4/0A+b%2Fc');
  });
});
