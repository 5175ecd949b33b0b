import { describe, expect, it } from 'vitest';
import { createPanelChannel } from '../../../src/vscode/panelChannel.ts';

describe('the channel to a panel', () => {
  it('gathers the deltas of a frame into one envelope', async () => {
    const { channel, posted, nextFrame } = setUp();
    await channel.send(delta('a'));
    await channel.send(delta('b'));
    expect(posted).toEqual([]);
    nextFrame();
    expect(posted).toEqual([{ belay: 1, batch: [delta('ab')] }]);
  });

  it('posts everything else at once, after the deltas that came before it', async () => {
    const { channel, posted } = setUp();
    await channel.send(delta('a'));
    await channel.send({ type: 'assistant' });
    expect(posted).toEqual([{ belay: 1, batch: [delta('a'), { type: 'assistant' }] }]);
  });

  it('posts a flood of deltas without waiting for the frame', async () => {
    const { channel, posted } = setUp();
    for (let count = 0; count < 512; count += 1) await channel.send(delta('x'));
    expect(posted).toEqual([{ belay: 1, batch: [delta('x'.repeat(512))] }]);
  });

  it('hands out what the webview posted, in order', async () => {
    const { channel } = setUp();
    channel.receive({ belay: 1, batch: [{ type: 'a' }, { type: 'b', more: 1 }] });
    channel.receive({ belay: 1, batch: [{ type: 'c' }] });
    channel.close();
    const received: unknown[] = [];
    for await (const message of channel.messages) received.push(message);
    expect(received).toEqual([{ type: 'a' }, { type: 'b', more: 1 }, { type: 'c' }]);
  });

  it.each([
    ['no object', 'hello'],
    ['another version', { belay: 2, batch: [] }],
    ['no batch', { belay: 1 }],
    ['a message without a type', { belay: 1, batch: [{ subtype: 'x' }] }],
    ['a flood', { belay: 1, batch: Array.from({ length: 1001 }, () => ({ type: 'a' })) }],
  ])('drops %s and says so', async (_what, data) => {
    const { channel, problems } = setUp();
    channel.receive(data);
    channel.close();
    const received: unknown[] = [];
    for await (const message of channel.messages) received.push(message);
    expect({ received, problems }).toEqual({
      received: [],
      problems: ['the panel posted something that is no envelope'],
    });
  });

  it('posts nothing once it is closed', async () => {
    const { channel, posted, nextFrame } = setUp();
    await channel.send(delta('a'));
    channel.close();
    await channel.send({ type: 'assistant' });
    nextFrame();
    expect(posted).toEqual([]);
  });
});

function setUp() {
  const posted: unknown[] = [];
  const problems: string[] = [];
  let waiting: (() => void) | undefined;
  const channel = createPanelChannel({
    post: (envelope) => posted.push(envelope),
    onProblem: (problem) => problems.push(problem),
    atNextFrame(run) {
      waiting = run;
      return () => {
        waiting = undefined;
      };
    },
  });
  return { channel, posted, problems, nextFrame: () => waiting?.() };
}

function delta(text: string) {
  return {
    type: 'stream_event',
    parent_tool_use_id: null,
    event: { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } },
  };
}
