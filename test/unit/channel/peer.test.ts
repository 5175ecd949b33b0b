import { describe, expect, it } from 'vitest';
import type { Channel } from '../../../src/channel/channel.ts';
import { createInProcessPair } from '../../../src/channel/inProcess.ts';
import { ChannelClosedError, createPeer, type Handlers, RequestError } from '../../../src/channel/peer.ts';
import { refuseHookCallback } from '../../../src/channel/refuseHookCallback.ts';

type ClientHandlers = Handlers<'client'>;

interface Setup {
  readonly asker: ReturnType<typeof createPeer<never>>;
  readonly left: Channel;
  readonly right: Channel;
  readonly problems: string[];
  readonly messages: unknown[];
}

function setUp(canUseTool: ClientHandlers['can_use_tool']): Setup {
  const [left, right] = createInProcessPair();
  const problems: string[] = [];
  const messages: unknown[] = [];
  let ids = 0;
  const asker = createPeer<never>(left, {
    handlers: {},
    onMessage: (message) => messages.push(message),
    onProblem: (problem) => problems.push(problem),
    createId: () => `request-${++ids}`,
  });
  createPeer<'client'>(right, {
    handlers: { can_use_tool: canUseTool, hook_callback: refuseHookCallback },
    onMessage: () => undefined,
    onProblem: (problem) => problems.push(problem),
  });
  return { asker, left, right, problems, messages };
}

const question = { tool_name: 'Bash', input: { command: 'ls' }, tool_use_id: 'toolu_1' };

async function nextOf(channel: Channel): Promise<unknown> {
  const result = await channel.messages[Symbol.asyncIterator]().next();
  return result.value;
}

describe('a peer', () => {
  it('gives the answer of the other side to the one who asked', async () => {
    const { asker } = setUp(async ({ tool_name }) => ({ behavior: 'deny', message: `not ${tool_name}` }));
    expect(await asker.request('can_use_tool', question)).toEqual({ behavior: 'deny', message: 'not Bash' });
  });

  it('matches answers to questions whatever order they come in', async () => {
    const waiting: (() => void)[] = [];
    const { asker } = setUp(async ({ tool_use_id }) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return { behavior: 'deny', message: tool_use_id };
    });
    const first = asker.request('can_use_tool', { ...question, tool_use_id: 'a' });
    const second = asker.request('can_use_tool', { ...question, tool_use_id: 'b' });
    while (waiting.length < 2) await Promise.resolve();
    for (const resume of waiting.reverse()) resume();
    expect([await first, await second]).toEqual([
      { behavior: 'deny', message: 'a' },
      { behavior: 'deny', message: 'b' },
    ]);
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
    const [left, right] = createInProcessPair();
    createPeer<'client'>(right, {
      handlers: {
        can_use_tool: async () => ({ behavior: 'deny', message: 'no' }),
        hook_callback: refuseHookCallback,
      },
      onMessage: () => undefined,
      onProblem: () => undefined,
    });
    await left.send({ type: 'control_request', request_id: '1', request: { subtype: 'constructor' } });
    expect(await nextOf(left)).toEqual({
      type: 'control_response',
      response: { subtype: 'error', request_id: '1', error: 'Unsupported control request: constructor' },
    });
  });

  it('answers a broken request when it has an id', async () => {
    const [left, right] = createInProcessPair();
    createPeer<never>(right, { handlers: {}, onMessage: () => undefined, onProblem: () => undefined });
    await left.send({ type: 'control_request', request_id: '1', request: 'nonsense' });
    expect(await nextOf(left)).toMatchObject({ response: { subtype: 'error', request_id: '1' } });
  });

  it('passes cancellation to the handler and rejects with the reason of the signal', async () => {
    let handlerSignal: AbortSignal | undefined;
    const { asker, problems } = setUp(async (_, { signal }) => {
      handlerSignal = signal;
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      return { behavior: 'deny', message: 'never said' };
    });
    const controller = new AbortController();
    const request = asker.request('can_use_tool', question, { signal: controller.signal });
    while (handlerSignal === undefined) await Promise.resolve();
    controller.abort(new Error('changed my mind'));
    await expect(request).rejects.toThrow('changed my mind');
    while (!handlerSignal.aborted) await Promise.resolve();
    expect(handlerSignal.aborted).toBe(true);
    // The answer that was under way is no surprise.
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(problems).toEqual([]);
  });

  it('rejects what is still open when the channel closes, and what is asked afterwards', async () => {
    const { asker, left } = setUp(() => new Promise(() => undefined));
    const open = asker.request('can_use_tool', question);
    left.close();
    await expect(open).rejects.toThrow(ChannelClosedError);
    await asker.closed;
    await expect(asker.request('can_use_tool', question)).rejects.toThrow(ChannelClosedError);
  });

  it('hands on everything that is no control traffic, in order, as a copy', async () => {
    const { right, messages } = setUp(async () => ({ behavior: 'deny', message: '' }));
    const message = { type: 'stream_event', n: [1] };
    await right.send(message);
    message.n.push(2);
    await right.send({ type: 'result' });
    while (messages.length < 2) await Promise.resolve();
    expect(messages).toEqual([{ type: 'stream_event', n: [1] }, { type: 'result' }]);
  });
});
