/** Questions with answers, over each of the three channels. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Channel } from '../../../src/channel/channel.ts';
import { ChannelClosedError, createPeer, type Handlers, RequestError } from '../../../src/channel/peer.ts';
import { refuseHookCallback } from '../../../src/channel/refuseHookCallback.ts';
import { type ChannelPair, channelPairs } from './channelPairs.ts';

type CanUseTool = Handlers<'client'>['can_use_tool'];

interface Setup extends ChannelPair {
  readonly asker: ReturnType<typeof createPeer<never>>;
  readonly answerer: ReturnType<typeof createPeer<'client'>>;
  /** What either side was told. */
  readonly problems: string[];
  /** What the asker was handed that is no control traffic. */
  readonly messages: unknown[];
}

const question = { tool_name: 'Bash', input: { command: 'ls' }, tool_use_id: 'toolu_1' };
const deny = (message: string) => ({ behavior: 'deny' as const, message });

/** An answerer alone; the test speaks for the other side. */
function startAnswerer(channel: Channel, canUseTool: CanUseTool, problems: string[] = []) {
  return createPeer<'client'>(channel, {
    handlers: {
      can_use_tool: canUseTool,
      hook_callback: refuseHookCallback,
      elicitation: async () => ({ action: 'decline' }),
      'belay/mcp_sample': async () => ({ action: 'decline' }),
    },
    onMessage: () => undefined,
    onProblem: (problem) => problems.push(problem),
  });
}

/** An asker alone, whose requests are named request-1, request-2 and so on. */
function startAsker(channel: Channel, problems: string[], messages: unknown[] = []) {
  let ids = 0;
  return createPeer<never>(channel, {
    handlers: {},
    onMessage: (message) => messages.push(message),
    onProblem: (problem) => problems.push(problem),
    createId: () => `request-${++ids}`,
  });
}

/** A promise, and how to keep it. */
function promised(): { readonly kept: Promise<void>; keep(): void } {
  let keep: () => void = () => undefined;
  const kept = new Promise<void>((resolve) => {
    keep = resolve;
  });
  return { kept, keep: () => keep() };
}

/** Reads one after the other. */
function readFrom(channel: Channel): () => Promise<unknown> {
  const iterator = channel.messages[Symbol.asyncIterator]();
  return async () => (await iterator.next()).value;
}

const success = (request_id: string, response: unknown) => ({
  type: 'control_response',
  response: { subtype: 'success', request_id, response },
});

describe.each(Object.entries(channelPairs))('a peer %s', (_name, connect) => {
  function setUp(canUseTool: CanUseTool): Setup {
    const pair = connect();
    const problems: string[] = [];
    const messages: unknown[] = [];
    const asker = startAsker(pair.left, problems, messages);
    return { ...pair, asker, answerer: startAnswerer(pair.right, canUseTool, problems), problems, messages };
  }

  it('gives the answer of the other side to the one who asked', async () => {
    const { asker } = setUp(async ({ tool_name }) => deny(`not ${tool_name}`));
    expect(await asker.request('can_use_tool', question)).toEqual(deny('not Bash'));
  });

  it('matches answers to questions whatever order they come in', async () => {
    const waiting: (() => void)[] = [];
    const both = promised();
    const { asker } = setUp(async ({ tool_use_id }) => {
      await new Promise<void>((resolve) => {
        if (waiting.push(resolve) === 2) both.keep();
      });
      return deny(tool_use_id ?? '');
    });
    const first = asker.request('can_use_tool', { ...question, tool_use_id: 'a' });
    const second = asker.request('can_use_tool', { ...question, tool_use_id: 'b' });
    await both.kept;
    for (const resume of waiting.reverse()) resume();
    expect([await first, await second]).toEqual([deny('a'), deny('b')]);
  });

  it('settles every request once, whatever becomes of it', async () => {
    const fate = fc.constantFrom('answer', 'throw', 'answer badly', 'cancel', 'answer late');
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { minLength: 1, maxLength: 20 }), async (fates) => {
        const { asker, problems } = setUp(async ({ tool_use_id }, { signal }) => {
          switch (fates[Number(tool_use_id)]) {
            case 'throw':
              throw new Error('thrown');
            case 'answer badly':
              return { behavior: 'maybe' } as never;
            case 'cancel':
              return new Promise((_resolve, reject) => {
                signal.addEventListener('abort', () => reject(new Error('taken back')));
              });
            case 'answer late':
              await new Promise((resolve) => setTimeout(resolve, Number(tool_use_id) % 3));
          }
          return deny(`to ${tool_use_id}`);
        });
        const settled = await Promise.all(
          fates.map(async (fate, index) => {
            const controller = new AbortController();
            const asked = { ...question, tool_use_id: String(index) };
            const answer = asker.request('can_use_tool', asked, { signal: controller.signal });
            if (fate === 'cancel') controller.abort(new Error('changed my mind'));
            return answer.then(
              (given) => (given as { readonly message: string }).message,
              (error: Error) => error.message.split(':')[0],
            );
          }),
        );
        const expected: Readonly<Record<string, string>> = {
          throw: 'thrown',
          'answer badly': 'Invalid answer to can_use_tool',
          cancel: 'changed my mind',
        };
        expect(settled).toEqual(fates.map((fate, index) => expected[fate] ?? `to ${index}`));
        // By then the answers to those that were taken back have come, too.
        await asker.request('can_use_tool', { ...question, tool_use_id: 'last' });
        expect(problems).toEqual(
          fates.filter((fate) => fate === 'throw').map(() => 'the handler of can_use_tool failed'),
        );
      }),
      { numRuns: 15 },
    );
  });

  it('asks and answers at the same time', async () => {
    const { left, right } = connect();
    const one = startAnswerer(left, async () => deny('left'));
    const other = startAnswerer(right, async () => deny('right'));
    expect(
      await Promise.all([one.request('can_use_tool', question), other.request('can_use_tool', question)]),
    ).toEqual([deny('right'), deny('left')]);
  });

  it('answers with an error when the handler throws', async () => {
    const { asker, problems } = setUp(async () => {
      throw new Error('the window is gone');
    });
    await expect(asker.request('can_use_tool', question)).rejects.toThrow(
      new RequestError('the window is gone'),
    );
    expect(problems).toEqual(['the handler of can_use_tool failed']);
  });

  it('rejects an answer that does not fit the schema', async () => {
    const { asker } = setUp(async () => ({ behavior: 'maybe' }) as never);
    await expect(asker.request('can_use_tool', question)).rejects.toThrow(RequestError);
  });

  it('answers an unknown subtype with an error and goes on', async () => {
    const { left, right } = connect();
    startAnswerer(right, async () => deny('no'));
    const next = readFrom(left);
    for (const subtype of ['make_coffee', 'constructor', '__proto__'])
      void left.send({ type: 'control_request', request_id: subtype, request: { subtype } });
    void left.send({
      type: 'control_request',
      request_id: '1',
      request: { subtype: 'can_use_tool', ...question },
    });
    const answers = [await next(), await next(), await next(), await next()];
    expect(answers).toEqual([
      ...['make_coffee', 'constructor', '__proto__'].map((subtype) => ({
        type: 'control_response',
        response: {
          subtype: 'error',
          request_id: subtype,
          error: `Unsupported control request: ${subtype}`,
        },
      })),
      success('1', deny('no')),
    ]);
  });

  it('answers a broken request when it has an id', async () => {
    const { left, right } = connect();
    startAnswerer(right, async () => deny('no'));
    void left.send({ type: 'control_request', request_id: '1', request: 'nonsense' });
    expect(await readFrom(left)()).toMatchObject({ response: { subtype: 'error', request_id: '1' } });
  });

  it('answers a request once that comes twice', async () => {
    const { left, right } = connect();
    const isTaken = promised();
    const isOpen = promised();
    const problems: string[] = [];
    let asked = 0;
    startAnswerer(
      right,
      async () => {
        asked += 1;
        isTaken.keep();
        await isOpen.kept;
        return deny('once');
      },
      problems,
    );
    const request = { subtype: 'can_use_tool', ...question };
    const next = readFrom(left);
    void left.send({ type: 'control_request', request_id: '1', request });
    void left.send({ type: 'control_request', request_id: '1', request });
    void left.send({ type: 'control_request', request_id: '2', request: { subtype: 'unknown' } });
    await isTaken.kept;
    expect(await next()).toMatchObject({ response: { request_id: '2' } });
    isOpen.keep();
    expect(await next()).toEqual(success('1', deny('once')));
    expect({ asked, problems }).toEqual({
      asked: 1,
      problems: ['a request came twice and was taken once: 1'],
    });
  });

  it('skips an answer to no request, one that comes twice and one that is none, and says so', async () => {
    const { left, right } = connect();
    const problems: string[] = [];
    const asker = startAsker(left, problems);
    const next = readFrom(right);
    const first = asker.request('can_use_tool', question);
    expect(await next()).toMatchObject({ request_id: 'request-1' });
    void right.send(success('nobody asked', deny('never')));
    void right.send({ type: 'control_response', response: 'nonsense' });
    void right.send(success('request-1', deny('first')));
    void right.send(success('request-1', deny('second')));
    expect(await first).toEqual(deny('first'));
    const second = asker.request('can_use_tool', question);
    expect(await next()).toMatchObject({ request_id: 'request-2' });
    void right.send(success('request-2', deny('third')));
    expect(await second).toEqual(deny('third'));
    expect(problems).toEqual([
      'an answer to no open request was skipped: nobody asked',
      expect.stringContaining('invalid control response'),
      'an answer to no open request was skipped: request-1',
    ]);
  });

  it('passes cancellation to the handler and rejects with the reason of the signal', async () => {
    const isAsked = promised();
    const isAborted = promised();
    const { asker, problems } = setUp(async ({ tool_use_id }, { signal }) => {
      if (tool_use_id === 'next') return deny('next');
      isAsked.keep();
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          isAborted.keep();
          reject(signal.reason);
        });
      });
    });
    const controller = new AbortController();
    const request = asker.request('can_use_tool', question, { signal: controller.signal });
    await isAsked.kept;
    controller.abort(new Error('changed my mind'));
    await expect(request).rejects.toThrow('changed my mind');
    await isAborted.kept;
    // The answer that was under way comes before this one, and is no surprise.
    expect(await asker.request('can_use_tool', { ...question, tool_use_id: 'next' })).toEqual(deny('next'));
    expect(problems).toEqual([]);
  });

  it('rejects what is still open when its channel closes, and what is asked afterwards', async () => {
    const { asker, left } = setUp(() => new Promise(() => undefined));
    const open = [asker.request('can_use_tool', question), asker.request('can_use_tool', question)];
    left.close();
    for (const outcome of await Promise.allSettled(open))
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(ChannelClosedError) });
    await asker.closed;
    await expect(asker.request('can_use_tool', question)).rejects.toThrow(ChannelClosedError);
  });

  it('tells the handlers that run when its channel closes', async () => {
    const isAsked = promised();
    const isAborted = promised();
    const { asker, answerer } = setUp((_, { signal }) => {
      signal.addEventListener('abort', isAborted.keep);
      isAsked.keep();
      return new Promise(() => undefined);
    });
    asker.request('can_use_tool', question).catch(() => undefined);
    await isAsked.kept;
    answerer.close();
    await isAborted.kept;
    await answerer.closed;
  });

  it('goes on after what is no message', async () => {
    const { asker, sendJunk } = setUp(async () => deny('still here'));
    await sendJunk();
    expect(await asker.request('can_use_tool', question)).toEqual(deny('still here'));
  });

  it('hands on everything that is no control traffic, in order, as a copy', async () => {
    const { asker, right, messages } = setUp(async () => deny('no'));
    const message = { type: 'stream_event', n: [1] };
    void right.send(message);
    message.n.push(2);
    void right.send({ type: 'result' });
    await asker.request('can_use_tool', question);
    expect(messages).toEqual([{ type: 'stream_event', n: [1] }, { type: 'result' }]);
  });
});

describe.each(['in one process', 'as JSON lines over pipes'])('a peer %s', (name) => {
  it('rejects what is still open when the other side closes', async () => {
    const { left, right } = channelPairs[name]?.() ?? expect.fail(name);
    const isAsked = promised();
    const asker = startAsker(left, []);
    const answerer = startAnswerer(right, () => {
      isAsked.keep();
      return new Promise(() => undefined);
    });
    const open = asker.request('can_use_tool', question);
    await isAsked.kept;
    answerer.close();
    await expect(open).rejects.toThrow(ChannelClosedError);
    await asker.closed;
  });
});
