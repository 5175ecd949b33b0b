import { afterEach, describe, expect, it } from 'vitest';
import { createAnthropicModel } from '../../../../src/core/model/anthropicModel.ts';
import { ModelError } from '../../../../src/core/model/modelError.ts';
import { createModelTable } from '../../../../src/core/model/modelTable.ts';
import type { ContentBlock } from '../../../../src/protocol/blocks.ts';
import type { ConversationMessage } from '../../../../src/protocol/messages.ts';
import type { StreamEvent } from '../../../../src/protocol/streamEvents.ts';
import { createHarness, fakeTool, type Harness, type HarnessOptions } from '../../../support/agentHarness.ts';
import { createMemoryTranscripts } from '../../../support/memoryTranscripts.ts';
import { startModelServer } from '../../../support/modelServer/startModelServer.ts';
import * as say from '../../../support/modelServer/steps.ts';
import { reply, type ScriptedReply } from '../../../support/scriptedModel.ts';
import { createManualClock } from '../model/manualClock.ts';

const text = (said: string): ContentBlock => ({ type: 'text', text: said });
const call = (id: string, name: string, input: Record<string, unknown> = {}): ContentBlock => ({
  type: 'tool_use',
  id,
  name,
  input,
});

const harnesses: Harness[] = [];
function start(setup: HarnessOptions): Harness {
  const harness = createHarness(setup);
  harnesses.push(harness);
  return harness;
}
afterEach(() => Promise.all(harnesses.splice(0).map(({ agent }) => agent.close())));

/** A model that holds little: from 12,000 tokens on the conversation is compacted. */
const small = () =>
  createModelTable({ listed: [{ id: 'claude-opus-5-5', contextWindow: 20_000, maxOutput: 8_000 }] });
/** A reply that fills the window by what its usage says. */
const filling = (blocks: readonly ContentBlock[]): StreamEvent[] => reply(blocks, { outputTokens: 15_000 });
function failing(error: ModelError): ScriptedReply {
  // biome-ignore lint/correctness/useYield: it fails before it says anything
  return async function* () {
    throw error;
  };
}
const tooLong = () =>
  failing(new ModelError({ kind: 'prompt_too_long', message: 'prompt is too long', status: 400 }));
const said = (harness: Harness, request: number): string =>
  JSON.stringify(harness.model.requests[request]?.messages);
const boundaries = (messages: readonly ConversationMessage[]) =>
  messages.filter((message) => 'subtype' in message && message.subtype === 'compact_boundary');

describe('compaction by itself', () => {
  it('comes before the window is full; the model goes on from the summary and the todo list', async () => {
    const look = fakeTool({ name: 'Read', run: async () => 'let a;' });
    const todo = fakeTool({ name: 'TodoWrite', run: async () => 'kept' });
    const harness = start({
      tools: [look, todo],
      options: { models: small },
      replies: [
        reply([
          call('1', 'Read', { file_path: '/w/a.ts' }),
          call('2', 'TodoWrite', {
            todos: [{ content: 'Mend a', status: 'in_progress', activeForm: 'Mending a' }],
          }),
        ]),
        filling([text('Looking.'), call('3', 'Read', { file_path: '/w/b.ts' })]),
        reply([text('We mend a.ts.')]),
        reply([text('Mended.')]),
      ],
    });
    expect(await harness.ask('mend the thing')).toMatchObject({
      subtype: 'success',
      result: 'Mended.',
      num_turns: 3,
    });
    const [first, , summarising, last] = harness.model.requests;
    expect(summarising?.system).toEqual(first?.system);
    expect(summarising?.tools).toEqual(first?.tools);
    expect(summarising?.model).toBe(first?.model);
    expect(said(harness, 2)).toContain('mend the thing');
    expect(last?.messages).toHaveLength(1);
    const seen = said(harness, 3);
    expect(seen).toContain('We mend a.ts.');
    expect(seen).toContain('- [in_progress] Mend a');
    expect(seen).toContain('- /w/a.ts\\n- /w/b.ts');
    expect(seen).not.toContain('mend the thing');
    expect(boundaries(harness.messages)).toMatchObject([
      { compact_metadata: { trigger: 'auto', pre_tokens: expect.any(Number) } },
    ]);
    expect(harness.messages).toContainEqual(
      expect.objectContaining({ subtype: 'status', status: 'compacting' }),
    );
  });

  it('does not come again for what is as short as it gets', async () => {
    const harness = start({
      options: { models: small },
      replies: [
        filling([text('Long.')]),
        reply([text(`Summary ${'x'.repeat(80_000)}`)]),
        reply([text('One.')]),
      ],
    });
    await harness.ask('first');
    expect(await harness.ask('second')).toMatchObject({ subtype: 'success', result: 'One.' });
    expect(harness.model.requests).toHaveLength(3);
  });

  it('F10: comes once when the provider finds the conversation too long, and the request is sent again', async () => {
    const harness = start({
      replies: [reply([text('Hi.')]), tooLong(), reply([text('They said hi.')]), reply([text('On we go.')])],
    });
    await harness.ask('first');
    expect(await harness.ask('second')).toMatchObject({ subtype: 'success', result: 'On we go.' });
    expect(boundaries(harness.messages)).toHaveLength(1);
  });

  it('F10: a conversation that stays too long ends the turn, without a loop', async () => {
    const harness = start({
      replies: [reply([text('Hi.')]), tooLong(), reply([text('They said hi.')]), tooLong()],
    });
    await harness.ask('first');
    expect(await harness.ask('second')).toMatchObject({
      subtype: 'error_during_execution',
      failure: { kind: 'prompt_too_long' },
    });
    expect(harness.model.requests).toHaveLength(4);
  });

  it('F10: a first prompt that is too long is not compacted', async () => {
    const harness = start({ replies: [tooLong()] });
    expect(await harness.ask('first')).toMatchObject({ failure: { kind: 'prompt_too_long' } });
    expect(harness.model.requests).toHaveLength(1);
  });

  it('F10: what is too long even for a summary is cut where it is longest, once', async () => {
    const log = fakeTool({ name: 'Log', run: async () => `begin ${'x'.repeat(50_000)} end` });
    const harness = start({
      tools: [log],
      replies: [
        reply([call('1', 'Log')]),
        tooLong(),
        tooLong(),
        reply([text('A log was read.')]),
        reply([text('Fine.')]),
      ],
    });
    expect(await harness.ask('read the log')).toMatchObject({ subtype: 'success', result: 'Fine.' });
    expect(said(harness, 2).length).toBeGreaterThan(50_000);
    expect(said(harness, 3).length).toBeLessThan(10_000);
    expect(said(harness, 3)).toContain('characters left out');
  });

  it.each([
    ['fails', failing(new ModelError({ kind: 'authentication', message: 'no key', status: 401 }))],
    ['comes back empty', reply([])],
    ['is a refusal', reply([text('No.')], { stopReason: 'refusal' })],
    ['calls a tool instead', reply([call('x', 'Read')])],
  ])('F62: when the summary %s, nothing is lost, nothing loops, and the person is told', async (_, bad) => {
    const harness = start({
      options: { models: small },
      replies: [filling([text('Long.')]), bad, reply([text('Now a summary.')]), reply([text('Done.')])],
    });
    await harness.ask('first');
    const result = await harness.ask('second');
    expect(result).toMatchObject({
      subtype: 'error_during_execution',
      failure: { title: 'The conversation could not be compacted' },
    });
    expect(result.failure?.detail).toContain('Nothing of it is lost');
    expect(harness.model.requests).toHaveLength(2);
    expect(boundaries(harness.messages)).toEqual([]);
    expect(await harness.ask('third')).toMatchObject({ subtype: 'success', result: 'Done.' });
    expect(said(harness, 2)).toContain('second');
  });

  it('is stopped with the turn', async () => {
    const harness = start({
      options: { models: small },
      replies: [
        filling([text('Long.')]),
        async function* (_, signal) {
          yield* reply([text('half')]).slice(0, 3);
          void harness.peer.request('interrupt', {});
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          throw signal.reason;
        },
      ],
    });
    await harness.ask('first');
    expect(await harness.ask('second')).toMatchObject({ interrupted: true });
    expect(boundaries(harness.messages)).toEqual([]);
  });
});

describe('/compact', () => {
  it('asks for a summary with what the user wants of it, and shows the boundary', async () => {
    const harness = start({
      replies: [reply([text('Hi.')]), reply([text('They said hi.')]), reply([text('Yes.')])],
    });
    await harness.ask('hello');
    expect(await harness.ask('/compact keep the names')).toMatchObject({
      subtype: 'success',
      num_turns: 0,
      result: 'The conversation was compacted.',
    });
    expect(said(harness, 1)).toContain('The user says of this summary: keep the names');
    expect(boundaries(harness.messages)).toMatchObject([{ compact_metadata: { trigger: 'manual' } }]);
    await harness.ask('go on');
    expect(said(harness, 2)).toContain('They said hi.');
    expect(said(harness, 2)).not.toContain('hello');
  });

  it('says when there is nothing to compact', async () => {
    const harness = start({ replies: [] });
    expect((await harness.ask('/compact')).result).toBe('There is nothing to compact yet.');
  });

  it('is undone by a rewind to before it: the model sees the whole history again', async () => {
    const harness = start({
      replies: [
        reply([text('One.')]),
        reply([text('Two.')]),
        reply([text('A summary.')]),
        reply([text('Three.')]),
      ],
    });
    await harness.ask('first');
    await harness.ask('second');
    await harness.ask('/compact');
    await harness.peer.request('belay/conversation_rewind', { user_message_id: 'user-2' });
    await harness.ask('other');
    expect(said(harness, 3)).toContain('first');
    expect(said(harness, 3)).not.toContain('A summary.');
  });

  it('holds after a restart: history for the person, the summary for the model', async () => {
    const transcripts = createMemoryTranscripts();
    const harness = start({ transcripts, replies: [reply([text('Hi.')]), reply([text('They said hi.')])] });
    await harness.ask('hello');
    await harness.ask('/compact');
    await harness.agent.close();
    const resumed = start({
      transcripts,
      uuidPrefix: 'later',
      options: { resume: true },
      replies: [reply([text('Yes.')])],
    });
    await resumed.ask('go on');
    expect(said(resumed, 0)).toContain('They said hi.');
    expect(said(resumed, 0)).not.toContain('hello');
    expect(boundaries(resumed.messages)).toHaveLength(1);
    expect(JSON.stringify(resumed.ofType('user'))).toContain('hello');
  });
});

describe('thinking', () => {
  it('of before is not sent after a compaction, what came since is: the strict server takes it all', async () => {
    const server = await startModelServer();
    const table = createModelTable();
    const think = fakeTool({ name: 'Look', run: async () => 'seen' });
    const streamModel = createAnthropicModel({
      secrets: { get: async () => 'sk-ant-test' },
      baseUrl: () => server.url,
      clock: createManualClock(),
      models: () => table,
    });
    server.script(
      [say.thinking('A'), say.text('One.')],
      [say.thinking('S'), say.text('A summary.')],
      [say.thinking('B'), say.toolUse('Look', {})],
      [say.thinking('C'), say.text('Two.')],
      [say.thinking('D'), say.text('Three.')],
      [say.text('Four.')],
    );
    try {
      const harness = start({ replies: [], tools: [think], ports: { streamModel } });
      const thoughts = (index: number): number =>
        JSON.stringify(server.requests[index]?.body.messages).split('"type":"thinking"').length - 1;
      await harness.ask('first');
      await harness.ask('/compact');
      await harness.ask('second');
      await harness.ask('third');
      expect([0, 1, 2, 3, 4].map(thoughts)).toEqual([0, 1, 0, 1, 2]);
      await harness.peer.request('belay/conversation_rewind', { user_message_id: 'user-3' });
      await harness.ask('fourth');
      server.assertNoRefusals();
    } finally {
      await server.close();
    }
  });
});
