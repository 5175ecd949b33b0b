/** What every channel promises, held against all three. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Channel } from '../../../src/channel/channel.ts';
import { anyCharacter } from '../../support/anyCharacter.ts';
import { channelPairs } from './channelPairs.ts';

async function take(channel: Channel, count: number): Promise<unknown[]> {
  const iterator = channel.messages[Symbol.asyncIterator]();
  const taken: unknown[] = [];
  for (let index = 0; index < count; index += 1) taken.push((await iterator.next()).value);
  return taken;
}

describe.each(Object.entries(channelPairs))('a channel %s', (_name, connect) => {
  it('carries messages both ways, each once and in order', async () => {
    const { left, right } = connect();
    const numbers = Array.from({ length: 300 }, (_, index) => ({ type: 'n', index }));
    const atRight = take(right, numbers.length);
    const atLeft = take(left, numbers.length);
    for (const number of numbers) await Promise.all([left.send(number), right.send(number)]);
    expect(await atRight).toEqual(numbers);
    expect(await atLeft).toEqual(numbers);
  });

  it('carries what is sent all at once, each message whole, the small between the large', async () => {
    const { left, right } = connect();
    const messages = Array.from({ length: 120 }, (_, index) => ({
      type: 'n',
      index,
      text: 'é'.repeat(index % 3 === 0 ? 100_000 : 1),
    }));
    const taken = take(right, messages.length);
    await Promise.all(messages.map((message) => left.send(message)));
    expect(await taken).toEqual(messages);
  });

  it('carries any JSON as it is', async () => {
    const { left, right } = connect();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue({ maxDepth: 3, stringUnit: anyCharacter }), { minLength: 1 }),
        async (values) => {
          const messages = values.map((value) => ({ type: 'any', value: JSON.parse(JSON.stringify(value)) }));
          const taken = take(right, messages.length);
          for (const message of messages) void left.send(message);
          expect(await taken).toEqual(messages);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('keeps what is sent before anybody reads', async () => {
    const { left, right } = connect();
    void left.send({ type: 'a' });
    void left.send({ type: 'b' });
    expect(await take(right, 2)).toEqual([{ type: 'a' }, { type: 'b' }]);
  });

  it('carries copies: a later change stays on its own side', async () => {
    const { left, right } = connect();
    const message = { type: 'a', inner: { text: 'sent' } };
    const sent = left.send(message);
    message.inner.text = 'changed';
    const [received] = await take(right, 1);
    await sent;
    expect(received).toEqual({ type: 'a', inner: { text: 'sent' } });
  });

  it('carries any text: line ends of all kinds, half a surrogate pair, and no character at all', async () => {
    const { left, right } = connect();
    const text = '\n\r\u2028\u2029\u0000\ud83d\ude00 \ud83d \\n';
    void left.send({ type: text });
    expect(await take(right, 1)).toEqual([{ type: text }]);
  });

  it('ends what is read when it is closed, and drops what is sent then', async () => {
    const { left } = connect();
    const reading = left.messages[Symbol.asyncIterator]().next();
    left.close();
    left.close();
    expect(await reading).toEqual({ done: true, value: undefined });
    await expect(left.send({ type: 'late' })).resolves.toBeUndefined();
  });
});

// A webview is never told that its host is gone: it goes with it.
describe.each(['in one process', 'as JSON lines over pipes'])(
  'a channel %s, closed by the other side',
  (name) => {
    it('ends after what was sent before', async () => {
      const { left, right } = channelPairs[name]?.() ?? expect.fail(name);
      void left.send({ type: 'last' });
      left.close();
      const received: unknown[] = [];
      for await (const message of right.messages) received.push(message);
      expect(received).toEqual([{ type: 'last' }]);
    });
  },
);

describe('a channel as JSON lines over pipes', () => {
  it('makes the sender wait as long as nobody reads', async () => {
    const { left, right } = channelPairs['as JSON lines over pipes']?.() ?? expect.fail();
    // More than all buffers on the way hold.
    const text = 'x'.repeat(9 * 1024 * 1024);
    let isTaken = false;
    const sent = left.send({ type: 'large', text }).then(() => {
      isTaken = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(isTaken).toBe(false);
    expect(await take(right, 1)).toEqual([{ type: 'large', text }]);
    await sent;
  });
});
