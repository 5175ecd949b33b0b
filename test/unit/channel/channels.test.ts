/** What every channel promises, held against all three. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Channel } from '../../../src/channel/channel.ts';
import { createInProcessPair } from '../../../src/channel/inProcess.ts';
import { createJsonLinesChannel } from '../../../src/channel/jsonLines.ts';
import { createPeer } from '../../../src/channel/peer.ts';
import { createPanelChannel } from '../../../src/vscode/panelChannel.ts';
import { createPostMessageChannel } from '../../../webview/postMessageChannel.ts';

type Pair = readonly [Channel, Channel];

const pairs: Readonly<Record<string, () => Pair>> = {
  'in one process': createInProcessPair,
  'over postMessage': createPostMessagePair,
  'over JSON lines': createJsonLinesPair,
};

function createPostMessagePair(): Pair {
  const origin = 'vscode-webview://panel';
  const target = Object.assign(new EventTarget(), { origin }) as unknown as Window;
  const toPage = (data: unknown): void => {
    target.dispatchEvent(Object.assign(new Event('message'), { data: structuredClone(data), origin }));
  };
  const host = createPanelChannel({ post: toPage, onProblem: () => undefined });
  const page = createPostMessageChannel(
    {
      postMessage: (data) => host.receive(structuredClone(data)),
      getState: () => undefined,
      setState: () => undefined,
    },
    target,
  );
  return [host, page];
}

function createJsonLinesPair(): Pair {
  const there = new TransformStream<Uint8Array, Uint8Array>();
  const back = new TransformStream<Uint8Array, Uint8Array>();
  const onProblem = (): void => undefined;
  return [
    createJsonLinesChannel({ input: back.readable, output: there.writable, onProblem }),
    createJsonLinesChannel({ input: there.readable, output: back.writable, onProblem }),
  ];
}

async function take(channel: Channel, count: number): Promise<unknown[]> {
  const iterator = channel.messages[Symbol.asyncIterator]();
  const taken: unknown[] = [];
  for (let index = 0; index < count; index += 1) taken.push((await iterator.next()).value);
  return taken;
}

describe.each(Object.entries(pairs))('a channel %s', (_name, createPair) => {
  let open: Pair = createPair();

  afterEach(() => {
    for (const end of open) end.close();
  });

  function connect(): Pair {
    open = createPair();
    return open;
  }

  it('carries messages both ways, each once and in order', async () => {
    const [left, right] = connect();
    const numbers = Array.from({ length: 300 }, (_, index) => ({ type: 'n', index }));
    const atRight = take(right, numbers.length);
    const atLeft = take(left, numbers.length);
    for (const number of numbers) await Promise.all([left.send(number), right.send(number)]);
    expect(await atRight).toEqual(numbers);
    expect(await atLeft).toEqual(numbers);
  });

  it('keeps what is sent before anybody reads', async () => {
    const [left, right] = connect();
    void left.send({ type: 'a' });
    void left.send({ type: 'b' });
    expect(await take(right, 2)).toEqual([{ type: 'a' }, { type: 'b' }]);
  });

  it('carries copies: a later change stays on its own side', async () => {
    const [left, right] = connect();
    const message = { type: 'a', inner: { text: 'sent' } };
    const sent = left.send(message);
    message.inner.text = 'changed';
    const [received] = await take(right, 1);
    await sent;
    expect(received).toEqual({ type: 'a', inner: { text: 'sent' } });
  });

  it('carries any text: line ends of all kinds, half a surrogate pair, and no character at all', async () => {
    const [left, right] = connect();
    const text = '\n\r\u2028\u2029\u0000\ud83d\ude00 \ud83d \\n';
    void left.send({ type: text });
    expect(await take(right, 1)).toEqual([{ type: text }]);
  });

  it('ends what is read when it is closed, and drops what is sent then', async () => {
    const [left] = connect();
    const reading = left.messages[Symbol.asyncIterator]().next();
    left.close();
    left.close();
    expect(await reading).toEqual({ done: true, value: undefined });
    await expect(left.send({ type: 'late' })).resolves.toBeUndefined();
  });

  it('serves two peers that ask each other at the same time', async () => {
    const [left, right] = connect();
    const options = { handlers: {}, onMessage: () => undefined, onProblem: () => undefined };
    const one = createPeer<never>(left, options);
    const other = createPeer<never>(right, options);
    const answers = await Promise.allSettled([one.request('interrupt', {}), other.request('interrupt', {})]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(
      JSON.stringify(answers.map((answer) => String((answer as PromiseRejectedResult).reason))),
    ).toContain('Unsupported control request: interrupt');
  });
});

describe.each(['in one process', 'over JSON lines'])('a channel %s, closed by the other side', (name) => {
  it('ends after what was sent before', async () => {
    const [left, right] = (pairs[name] ?? createInProcessPair)();
    void left.send({ type: 'last' });
    left.close();
    const received: unknown[] = [];
    for await (const message of right.messages) received.push(message);
    expect(received).toEqual([{ type: 'last' }]);
  });
});
