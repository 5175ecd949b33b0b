import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../../src/core/model/modelError.ts';
import type { ContentBlock, ToolResultBlock } from '../../../../src/protocol/blocks.ts';
import type { ConversationMessage, ResultMessage } from '../../../../src/protocol/messages.ts';
import type { StreamEvent } from '../../../../src/protocol/streamEvents.ts';
import { createHarness, fakeTool, type Harness } from '../../../support/agentHarness.ts';
import { createMemoryTranscripts } from '../../../support/memoryTranscripts.ts';
import { blockEvents, messageStart, reply } from '../../../support/scriptedModel.ts';

const text = (value: string): ContentBlock => ({ type: 'text', text: value });
const call = (id: string, name: string, input: object = {}): ContentBlock => ({
  type: 'tool_use',
  id,
  name,
  input,
});
const lookup = fakeTool({ name: 'Look', run: async ({ at }) => `seen ${String(at)}` });
const change = (
  run: (input: Record<string, unknown>, signal: AbortSignal) => Promise<string> = async () => 'changed',
) => fakeTool({ name: 'Change', readOnly: false, effects: [{ kind: 'write', path: '/w/a' }], run });

/** The tool results that the model got with its n-th request (from 1). */
function resultsIn(harness: Harness, request: number): ToolResultBlock[] {
  const blocks = harness.model.requests[request - 1]?.messages.flatMap(({ content }) => content) ?? [];
  return blocks.filter((block): block is ToolResultBlock => block.type === 'tool_result');
}

/** Every call has exactly one result, in the message right behind it: what the API asks for. */
function expectPaired(harness: Harness): void {
  for (const { messages } of harness.model.requests) {
    for (const [index, message] of messages.entries()) {
      const calls = message.content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
      const results =
        messages[index + 1]?.content.flatMap((block) =>
          block.type === 'tool_result' ? [block.tool_use_id] : [],
        ) ?? [];
      expect(results).toEqual(calls);
    }
  }
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe('a turn', () => {
  it('answers with text, and says what it cost', async () => {
    const harness = createHarness({ replies: [reply([text('hello')], { outputTokens: 1000 })] });
    const result = await harness.ask('hi');
    expect(result).toMatchObject({
      subtype: 'success',
      result: 'hello',
      stop_reason: 'end_turn',
      num_turns: 1,
      is_error: false,
      cost_known: true,
      usage: { input_tokens: 100, output_tokens: 1000 },
    });
    expect(result.total_cost_usd).toBeCloseTo((100 * 4 + 1000 * 20) / 1e6, 10);
    expect(
      harness.messages.map(({ type }) => type).filter((type) => type === 'user' || type === 'assistant'),
    ).toEqual(['user', 'assistant']);
  });

  it('says that the cost of an unknown model is unknown', async () => {
    const harness = createHarness({
      replies: [reply([text('x')], { model: 'home-made' })],
      options: { model: 'home-made' },
    });
    expect(await harness.ask('hi')).toMatchObject({
      cost_known: false,
      turn_cost_usd: null,
      total_cost_usd: 0,
    });
  });

  it('runs what the model calls and gives the results back in the order asked', async () => {
    const gates = new Map([1, 2, 3].map((at) => [at, deferred()]));
    const slow = fakeTool({
      name: 'Look',
      async run({ at }) {
        await gates.get(at as number)?.promise;
        return `seen ${String(at)}`;
      },
    });
    const harness = createHarness({
      replies: [
        reply([call('t1', 'Look', { at: 1 }), call('t2', 'Look', { at: 2 }), call('t3', 'Look', { at: 3 })]),
        reply([text('done')]),
      ],
      tools: [slow],
    });
    await harness.send('go');
    await harness.until(
      (m): m is ConversationMessage => m.type === 'tool_progress' && m.tool_use_id === 't3',
    );
    for (const at of [3, 2, 1]) gates.get(at)?.resolve();
    await harness.result(1);
    expect(resultsIn(harness, 2).map(({ tool_use_id, content }) => [tool_use_id, content])).toEqual([
      ['t1', 'seen 1'],
      ['t2', 'seen 2'],
      ['t3', 'seen 3'],
    ]);
    expectPaired(harness);
  });

  it('begins a read-only call before the reply has ended, and a changing one only after', async () => {
    const order: string[] = [];
    const looked = deferred();
    async function* slowReply(): AsyncGenerator<StreamEvent> {
      yield messageStart();
      yield* blockEvents(call('t1', 'Look'), 0);
      yield* blockEvents(call('t2', 'Change'), 1);
      await looked.promise;
      order.push('reply ends');
      yield* reply([]).slice(1);
    }
    const harness = createHarness({
      replies: [slowReply, reply([text('ok')])],
      tools: [
        fakeTool({
          name: 'Look',
          async run() {
            order.push('look');
            looked.resolve();
            return 'x';
          },
        }),
        change(async () => {
          order.push('change');
          return 'y';
        }),
      ],
    });
    await harness.ask('go');
    expect(order).toEqual(['look', 'reply ends', 'change']);
    expectPaired(harness);
  });

  it('runs calls that change something one after the other', async () => {
    let running = 0;
    let most = 0;
    const tool = change(async () => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      return 'x';
    });
    const harness = createHarness({
      replies: [reply([call('t1', 'Change'), call('t2', 'Change')]), reply([text('ok')])],
      tools: [tool],
    });
    await harness.ask('go');
    expect(most).toBe(1);
  });

  it.each([
    ['a tool that is not there', call('t1', 'Nonsense'), /no tool named "Nonsense"/],
    ['a name from the prototype', call('t1', 'constructor'), /no tool named "constructor"/],
  ])('answers %s with an error result', async (_, block, message) => {
    const harness = createHarness({ replies: [reply([block]), reply([text('ok')])], tools: [lookup] });
    expect(await harness.ask('go')).toMatchObject({ subtype: 'success' });
    expect(resultsIn(harness, 2)).toMatchObject([
      { tool_use_id: 't1', is_error: true, content: expect.stringMatching(message) },
    ]);
  });

  it('answers input that is no JSON with an error and runs nothing', async () => {
    let ran = false;
    const broken = reply([call('t1', 'Look', { at: 1 })]).filter(
      (event) =>
        !(
          event.type === 'content_block_delta' &&
          event.delta.type === 'input_json_delta' &&
          event.delta.partial_json.endsWith('}')
        ),
    );
    const harness = createHarness({
      replies: [broken, reply([text('ok')])],
      tools: [
        fakeTool({
          name: 'Look',
          async run() {
            ran = true;
            return '';
          },
        }),
      ],
    });
    await harness.ask('go');
    expect(ran).toBe(false);
    expect(resultsIn(harness, 2)).toMatchObject([
      { is_error: true, content: expect.stringMatching(/not valid JSON/) },
    ]);
  });

  it('turns a tool that throws into an error result', async () => {
    const failing = fakeTool({
      name: 'Look',
      run: async () => {
        throw new Error('the disk is gone');
      },
    });
    const harness = createHarness({
      replies: [reply([call('t1', 'Look')]), reply([text('ok')])],
      tools: [failing],
    });
    await harness.ask('go');
    expect(resultsIn(harness, 2)).toMatchObject([
      { is_error: true, content: 'Look failed: the disk is gone' },
    ]);
  });
});

describe('permission', () => {
  it('is asked with what would happen, and denied with a message the model reads', async () => {
    const harness = createHarness({
      replies: [reply([call('t1', 'Change', { to: 1 })]), reply([text('ok')])],
      tools: [change()],
      onQuestion: async () => ({ behavior: 'deny', message: 'use the other file' }),
    });
    const result = await harness.ask('go');
    expect(harness.questions).toMatchObject([
      { tool_name: 'Change', input: { to: 1 }, tool_use_id: 't1', title: 'Use Change' },
    ]);
    expect(resultsIn(harness, 2)).toMatchObject([
      { is_error: true, content: expect.stringContaining('use the other file') },
    ]);
    expect(result.permission_denials).toEqual([
      { tool_name: 'Change', tool_use_id: 't1', tool_input: { to: 1 } },
    ]);
  });

  it('denied with interrupt ends the turn, and what was not run yet is answered too', async () => {
    const harness = createHarness({
      replies: [reply([call('t1', 'Change'), call('t2', 'Change')]), reply([text('later')])],
      tools: [change()],
      onQuestion: async () => ({ behavior: 'deny', message: 'stop', interrupt: true }),
    });
    expect(await harness.ask('go')).toMatchObject({ interrupted: true });
    await harness.ask('go on');
    expectPaired(harness);
    expect(harness.questions).toHaveLength(1);
  });

  it('runs the input that came with the answer', async () => {
    const inputs: unknown[] = [];
    const harness = createHarness({
      replies: [reply([call('t1', 'Change', { to: 1 })]), reply([text('ok')])],
      tools: [
        change(async (input) => {
          inputs.push(input);
          return '';
        }),
      ],
      onQuestion: async () => ({ behavior: 'allow', updatedInput: { to: 2 } }),
    });
    await harness.ask('go');
    expect(inputs).toEqual([{ to: 2 }]);
  });

  it('remembers for the session what the answer says', async () => {
    const harness = createHarness({
      replies: [reply([call('t1', 'Change')]), reply([call('t2', 'Change')]), reply([text('ok')])],
      tools: [change()],
      onQuestion: async ({ permission_suggestions }) => ({
        behavior: 'allow',
        updatedPermissions: permission_suggestions,
      }),
    });
    await harness.ask('go');
    expect(harness.questions).toHaveLength(1);
    expect(harness.messages).toContainEqual(
      expect.objectContaining({ subtype: 'status', permissionMode: 'acceptEdits' }),
    );
  });

  it('counts an invalid answer, and an answer for another call, as denied', async () => {
    for (const answer of [{ behavior: 'perhaps' }, { behavior: 'allow', digest: 'of something else' }]) {
      const harness = createHarness({
        replies: [reply([call('t1', 'Change')]), reply([text('ok')])],
        tools: [change()],
        onQuestion: async () => answer as never,
      });
      await harness.ask('go');
      expect(resultsIn(harness, 2)).toMatchObject([{ is_error: true }]);
    }
  });

  it('is judged again when the mode changes while the question is open', async () => {
    const asked = deferred();
    const harness = createHarness({
      replies: [reply([call('t1', 'Change')]), reply([text('ok')])],
      tools: [change()],
      onQuestion: (_, signal) => {
        asked.resolve();
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason)),
        );
      },
    });
    const done = harness.ask('go');
    await asked.promise;
    await harness.peer.request('set_permission_mode', { mode: 'acceptEdits' });
    expect(await done).toMatchObject({ subtype: 'success' });
    expect(resultsIn(harness, 2)).toMatchObject([{ content: 'changed' }]);
  });

  it('to go on with a plan ends plan mode, in the mode the answer names or in the default one', async () => {
    const answers = [
      {},
      {
        updatedPermissions: [
          { type: 'setMode' as const, mode: 'acceptEdits' as const, destination: 'session' as const },
        ],
      },
    ];
    for (const [index, mode] of (['default', 'acceptEdits'] as const).entries()) {
      const harness = createHarness({
        replies: [reply([call('t1', 'Plan')]), reply([text('ok')])],
        tools: [
          fakeTool({ name: 'Plan', effects: [{ kind: 'ask', what: 'plan' }], run: async () => 'agreed' }),
        ],
        options: { permissionMode: 'plan' },
        onQuestion: async () => ({ behavior: 'allow', ...answers[index] }),
      });
      await harness.ask('go');
      const modes = harness.messages.flatMap((message) =>
        'subtype' in message && message.subtype === 'status' && message.permissionMode !== undefined
          ? [message.permissionMode]
          : [],
      );
      expect(modes).toEqual([mode]);
    }
  });

  it('is denied where nobody can be asked, and the denial is told', async () => {
    const harness = createHarness({
      replies: [reply([call('t1', 'Change')]), reply([text('ok')])],
      tools: [change()],
      options: { interactive: false },
    });
    const result = await harness.ask('go');
    expect(result.permission_denials).toHaveLength(1);
    expect(harness.messages).toContainEqual(
      expect.objectContaining({ subtype: 'permission_denied', tool_use_id: 't1' }),
    );
    expect(harness.questions).toEqual([]);
  });

  it('a deny rule that names a whole tool takes it out of the request', async () => {
    const harness = createHarness({
      replies: [reply([text('ok')])],
      tools: [lookup, change()],
      options: { rules: [{ toolName: 'Change', behavior: 'deny', layer: 'user' }] },
    });
    await harness.ask('go');
    expect(harness.model.requests[0]?.tools.map(({ name }) => name)).toEqual(['Look']);
  });
});

describe('stopping', () => {
  const hanging = (events: readonly StreamEvent[], reached: () => void) =>
    async function* (_: unknown, signal: AbortSignal): AsyncGenerator<StreamEvent> {
      yield* events;
      reached();
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };

  it('while the reply streams keeps what was said, and the conversation goes on', async () => {
    const reached = deferred();
    const harness = createHarness({
      replies: [
        hanging([messageStart(), ...blockEvents(text('half a tho'), 0).slice(0, 2)], reached.resolve),
        reply([text('ok')]),
      ],
    });
    const first = harness.ask('go');
    await reached.promise;
    await harness.peer.request('interrupt', {});
    expect(await first).toMatchObject({ interrupted: true, is_error: true });
    expect(harness.ofType('assistant')).toMatchObject([
      { aborted: true, message: { stop_reason: null, content: [{ type: 'text', text: 'half ' }] } },
    ]);
    expect(await harness.ask('and now?')).toMatchObject({ subtype: 'success' });
    expectPaired(harness);
  });

  it('with a complete and an incomplete call answers the complete one and drops the other', async () => {
    const reached = deferred();
    const events = [
      messageStart(),
      ...blockEvents(call('t1', 'Change'), 0),
      ...blockEvents(call('t2', 'Change'), 1).slice(0, 2),
    ];
    const harness = createHarness({
      replies: [hanging(events, reached.resolve), reply([text('ok')])],
      tools: [change()],
      options: { permissionMode: 'acceptEdits' },
    });
    const first = harness.ask('go');
    await reached.promise;
    await harness.peer.request('interrupt', {});
    await first;
    await harness.ask('and now?');
    expect(resultsIn(harness, 2)).toMatchObject([{ tool_use_id: 't1', is_error: true }]);
    expectPaired(harness);
  });

  it('while a tool runs stops it and says so', async () => {
    const started = deferred();
    const tool = change((_, signal) => {
      started.resolve();
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    const harness = createHarness({
      replies: [reply([call('t1', 'Change'), call('t2', 'Change')]), reply([text('ok')])],
      tools: [tool],
    });
    const first = harness.ask('go');
    await started.promise;
    await harness.peer.request('interrupt', {});
    await first;
    await harness.ask('and now?');
    expect(resultsIn(harness, 2)).toMatchObject([
      { content: expect.stringMatching(/^Interrupted/) },
      { content: expect.stringMatching(/^Not run/) },
    ]);
    expectPaired(harness);
  });

  it('while a person is asked withdraws the question', async () => {
    const asked = deferred();
    let withdrawn = false;
    const harness = createHarness({
      replies: [reply([call('t1', 'Change')]), reply([text('ok')])],
      tools: [change()],
      onQuestion: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            withdrawn = true;
            reject(signal.reason);
          });
          asked.resolve();
        }),
    });
    const first = harness.ask('go');
    await asked.promise;
    await harness.peer.request('interrupt', {});
    await first;
    await harness.ask('and now?');
    expect(withdrawn).toBe(true);
    expectPaired(harness);
  });

  it('leaves what is queued to run next, unless it is to be cancelled too', async () => {
    const reached = deferred();
    const harness = createHarness({
      replies: [hanging([messageStart()], reached.resolve), reply([text('second')])],
    });
    await harness.send('first');
    await reached.promise;
    await harness.send('second');
    await harness.send('third');
    expect(await harness.peer.request('cancel_async_message', { message_uuid: 'user-3' })).toEqual({
      cancelled: true,
    });
    expect(await harness.peer.request('interrupt', {})).toEqual({ still_queued: ['user-2'] });
    expect(await harness.result(2)).toMatchObject({ result: 'second' });
    expect(harness.model.requests).toHaveLength(2);
  });
});

describe('how a reply can end', () => {
  it('max_tokens within a call: asked once more with all the room there is, then told to the model', async () => {
    const cut = reply([call('t1', 'Change', { long: 'text' })], { stopReason: 'max_tokens' }).filter(
      (event) =>
        !(
          event.type === 'content_block_delta' &&
          event.delta.type === 'input_json_delta' &&
          event.delta.partial_json.endsWith('}')
        ),
    );
    const harness = createHarness({ replies: [cut, cut, reply([text('ok')])], tools: [change()] });
    expect(await harness.ask('go')).toMatchObject({ subtype: 'success' });
    expect(harness.model.requests.map(({ maxTokens }) => maxTokens)).toEqual([32_000, 128_000, 128_000]);
    expect(harness.model.requests[1]?.messages).toEqual(harness.model.requests[0]?.messages);
    expect(resultsIn(harness, 3)).toMatchObject([{ is_error: true }]);
    expect(harness.messages).toContainEqual(expect.objectContaining({ subtype: 'belay/reply_discarded' }));
  });

  it('max_tokens in text: kept, and said', async () => {
    const harness = createHarness({ replies: [reply([text('so long')], { stopReason: 'max_tokens' })] });
    expect(await harness.ask('go')).toMatchObject({
      subtype: 'success',
      stop_reason: 'max_tokens',
      result: 'so long',
    });
    expect(harness.messages).toContainEqual(
      expect.objectContaining({ subtype: 'informational', content: expect.stringContaining('length limit') }),
    );
  });

  it('pause_turn: sent back as it is, a bounded number of times', async () => {
    const paused = reply([text('hm')], { stopReason: 'pause_turn' });
    const harness = createHarness({ replies: Array.from({ length: 6 }, () => paused) });
    expect(await harness.ask('go')).toMatchObject({ num_turns: 6, stop_reason: 'pause_turn' });
    expect(harness.model.requests[1]?.messages.at(-1)).toMatchObject({ role: 'assistant' });
  });

  it('refusal: shown, and out of sight of the model from then on', async () => {
    const harness = createHarness({
      replies: [reply([text('I can')], { stopReason: 'refusal' }), reply([text('ok')])],
    });
    expect(await harness.ask('bad thing')).toMatchObject({ stop_reason: 'refusal' });
    await harness.ask('good thing');
    expect(harness.model.requests[1]?.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'good thing' }] },
    ]);
  });

  it('the context window is full: an error that says so', async () => {
    const harness = createHarness({
      replies: [reply([text('x')], { stopReason: 'model_context_window_exceeded' })],
    });
    expect(await harness.ask('go')).toMatchObject({ is_error: true, failure: { kind: 'prompt_too_long' } });
  });

  it('an unknown reason ends the turn with a warning', async () => {
    const harness = createHarness({ replies: [reply([text('x')], { stopReason: 'tired' })] });
    expect(await harness.ask('go')).toMatchObject({ subtype: 'success', stop_reason: 'tired' });
    expect(harness.messages).toContainEqual(
      expect.objectContaining({ subtype: 'informational', content: expect.stringContaining('tired') }),
    );
  });

  it('nothing said after tool results: one nudge in a message of its own, then the end', async () => {
    const harness = createHarness({
      replies: [reply([call('t1', 'Look')]), reply([]), reply([])],
      tools: [lookup],
    });
    expect(await harness.ask('go')).toMatchObject({ subtype: 'success', num_turns: 3 });
    const nudged = harness.model.requests[2]?.messages.at(-1)?.content.at(-1);
    expect(nudged).toMatchObject({ type: 'text', text: expect.stringContaining('empty') });
  });

  it('the limit on requests in a turn', async () => {
    const harness = createHarness({
      replies: [reply([call('t1', 'Look')]), reply([call('t2', 'Look')])],
      tools: [lookup],
      options: { maxTurns: 2 },
    });
    expect(await harness.ask('go')).toMatchObject({
      subtype: 'error_max_turns',
      num_turns: 2,
      is_error: true,
    });
  });

  it('the limit on cost', async () => {
    const harness = createHarness({
      replies: [reply([call('t1', 'Look')], { outputTokens: 1_000_000 })],
      tools: [lookup],
      options: { maxBudgetUsd: 1 },
    });
    expect(await harness.ask('go')).toMatchObject({ subtype: 'error_max_budget_usd' });
  });
});

describe('a request that fails', () => {
  const overloaded = () => new ModelError({ kind: 'overloaded', status: 529, message: 'busy' });
  const failing = (error: Error, before: readonly StreamEvent[] = []) =>
    async function* (): AsyncGenerator<StreamEvent> {
      yield* before;
      throw error;
    };

  it('is sent again while that can help, as one turn', async () => {
    const harness = createHarness({
      replies: [failing(overloaded()), failing(overloaded()), failing(overloaded()), reply([text('ok')])],
    });
    expect(await harness.ask('go')).toMatchObject({ subtype: 'success', num_turns: 1 });
    expect(harness.waits).toHaveLength(3);
    expect(
      harness.messages.filter((message) => 'subtype' in message && message.subtype === 'api_retry'),
    ).toHaveLength(3);
    expect(harness.ofType('user')).toHaveLength(1);
  });

  it('is not sent again when that can not help, and the same turn goes on when the cause is mended', async () => {
    const harness = createHarness({
      replies: [
        failing(new ModelError({ kind: 'authentication', status: 401, message: 'no' })),
        reply([text('ok')]),
      ],
    });
    expect(await harness.ask('go')).toMatchObject({
      is_error: true,
      api_error_status: 401,
      failure: { kind: 'authentication' },
    });
    expect(harness.waits).toEqual([]);
    expect(await harness.peer.request('belay/turn_retry', {})).toEqual({ started: true });
    expect(await harness.result(2)).toMatchObject({ subtype: 'success' });
    expect(harness.model.requests[1]?.messages).toEqual(harness.model.requests[0]?.messages);
  });

  it('after text keeps the text and offers to go on', async () => {
    const broken = new ModelError({ kind: 'stream_broken', message: 'reset' });
    const harness = createHarness({
      replies: [
        failing(broken, [messageStart(), ...blockEvents(text('half'), 0).slice(0, 2)]),
        reply([text('the rest')]),
      ],
    });
    const result = await harness.ask('go');
    expect(result.failure?.actions).toContain('continue');
    expect(harness.ofType('assistant')).toMatchObject([{ aborted: true }]);
    await harness.peer.request('belay/turn_retry', {});
    expect(await harness.result(2)).toMatchObject({ result: 'the rest' });
    expect(harness.model.requests[1]?.messages.at(-1)?.role).toBe('user');
  });

  it('after a complete call does not run it, and asks again from the same history', async () => {
    let ran = 0;
    const tool = change(async () => {
      ran += 1;
      return 'x';
    });
    const broken = new ModelError({ kind: 'stream_broken', message: 'reset' });
    const harness = createHarness({
      replies: [
        failing(broken, [messageStart(), ...blockEvents(call('t1', 'Change'), 0)]),
        reply([call('t2', 'Change')]),
        reply([text('ok')]),
      ],
      tools: [tool],
      options: { permissionMode: 'acceptEdits' },
    });
    expect(await harness.ask('go')).toMatchObject({ subtype: 'success' });
    expect(ran).toBe(1);
    expect(harness.model.requests[1]?.messages).toEqual(harness.model.requests[0]?.messages);
    expect(harness.messages).toContainEqual(expect.objectContaining({ subtype: 'belay/reply_discarded' }));
    expectPaired(harness);
  });
});

describe('the session', () => {
  it('goes on where it was after a restart', async () => {
    const transcripts = createMemoryTranscripts();
    const before = createHarness({ replies: [reply([text('one')])], transcripts });
    await before.ask('first');
    await before.agent.close();
    const after = createHarness({
      replies: [reply([text('two')])],
      transcripts,
      uuidPrefix: 'later',
      options: { resume: true },
    });
    await after.ask('second');
    expect(after.model.requests[0]?.messages.map(({ content }) => content)).toEqual([
      [text('first')],
      [text('one')],
      [text('second')],
    ]);
    expect(after.model.requests[0]?.system).toEqual(before.model.requests[0]?.system);
    expect(after.ofType('assistant').map(({ message }) => message.content)).toEqual([
      [text('one')],
      [text('two')],
    ]);
  });

  it('tells once of a line that can not be read, not at each opening', async () => {
    const transcripts = createMemoryTranscripts();
    const before = createHarness({ replies: [reply([text('one')])], transcripts });
    await before.ask('first');
    await before.agent.close();
    transcripts.setText('session', `${transcripts.text('session')}garbage\n`);
    const told: string[][] = [];
    for (const uuidPrefix of ['later', 'last']) {
      const after = createHarness({
        replies: [reply([text('two')])],
        transcripts,
        uuidPrefix,
        options: { resume: true },
      });
      await after.ask('go on');
      await after.agent.close();
      told.push(after.messages.flatMap((message) => ('content' in message ? [String(message.content)] : [])));
    }
    expect(told).toEqual([[expect.stringContaining('/memory/session.jsonl.corrupt')], []]);
  });

  it('answers calls that a crash left unanswered, and runs none of them again', async () => {
    const transcripts = createMemoryTranscripts();
    const before = createHarness({
      replies: [reply([call('t1', 'Change'), call('t2', 'Change')])],
      tools: [change(() => new Promise(() => undefined))],
      transcripts,
    });
    await before.send('go');
    await before.until((message): message is ConversationMessage => message.type === 'tool_progress');
    const after = createHarness({
      replies: [reply([text('ok')])],
      tools: [change()],
      transcripts,
      uuidPrefix: 'later',
      options: { resume: true },
    });
    await after.ask('what now?');
    expect(resultsIn(after, 1)).toMatchObject([
      { tool_use_id: 't1', content: expect.stringMatching(/may have run/) },
      { tool_use_id: 't2', content: expect.stringMatching(/did not run/) },
    ]);
    expectPaired(after);
  });

  it('ends the turn with a message when the transcript can not be written, loses nothing, and goes on', async () => {
    const transcripts = createMemoryTranscripts();
    const harness = createHarness({ replies: [reply([text('one')])], transcripts });
    transcripts.failWith = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    expect(await harness.ask('first')).toMatchObject({ is_error: true, failure: { kind: 'storage' } });
    transcripts.failWith = undefined;
    await harness.peer.request('belay/turn_retry', {});
    expect(await harness.result(2)).toMatchObject({ result: 'one' });
    expect(
      transcripts.lines('session').filter(({ type }) => type === 'user' || type === 'assistant'),
    ).toHaveLength(2);
  });

  it('takes a message that comes twice only once', async () => {
    const harness = createHarness({ replies: [reply([text('one')]), reply([text('two')])] });
    await harness.ask('first');
    await harness.send('again', { uuid: 'user-1' });
    expect(await harness.ask('second')).toMatchObject({ result: 'two' });
    expect(harness.model.requests).toHaveLength(2);
  });

  it('that another window writes takes no messages', async () => {
    const transcripts = createMemoryTranscripts();
    transcripts.lockedElsewhere.add('session');
    const harness = createHarness({ replies: [], transcripts });
    expect(await harness.ask('first')).toMatchObject({
      failure: { title: expect.stringContaining('another window') },
    });
  });

  it('is cut before a message, and the cut is taken back', async () => {
    const harness = createHarness({
      replies: [reply([text('one')]), reply([text('two')]), reply([text('three')])],
    });
    await harness.ask('first');
    await harness.ask('second');
    expect(await harness.peer.request('belay/conversation_rewind', { user_message_id: 'user-2' })).toEqual({
      text: 'second',
    });
    expect(await harness.peer.request('belay/conversation_redo', {})).toEqual({ restored: true });
    await harness.peer.request('belay/conversation_rewind', { user_message_id: 'user-2' });
    await harness.ask('third');
    expect(harness.model.requests[2]?.messages.map(({ content }) => content)).toEqual([
      [text('first')],
      [text('one')],
      [text('third')],
    ]);
  });

  it('tells the model of plan mode in the newest message, never in the prefix', async () => {
    const harness = createHarness({ replies: [reply([text('one')]), reply([text('two')])] });
    await harness.ask('first');
    await harness.peer.request('set_permission_mode', { mode: 'plan' });
    await harness.ask('second');
    const [first, second] = harness.model.requests;
    expect(second?.system).toEqual(first?.system);
    expect(second?.messages.slice(0, 1)).toEqual(first?.messages);
    expect(JSON.stringify(second?.messages.at(-1))).toContain('Plan mode is on');
  });

  it('closes while a turn runs, and leaves a transcript that can go on', async () => {
    const transcripts = createMemoryTranscripts();
    const started = deferred();
    const tool = change((_, signal) => {
      started.resolve();
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    const before = createHarness({ replies: [reply([call('t1', 'Change')])], tools: [tool], transcripts });
    await before.send('go');
    await started.promise;
    await before.agent.close();
    const after = createHarness({
      replies: [reply([text('ok')])],
      transcripts,
      tools: [change()],
      uuidPrefix: 'later',
      options: { resume: true },
    });
    expect(await after.ask('and?')).toMatchObject({ subtype: 'success' } satisfies Partial<ResultMessage>);
    expectPaired(after);
  });
});
