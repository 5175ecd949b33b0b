import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../../src/core/model/modelError.ts';
import type { AnyTool } from '../../../../src/core/tools/tool.ts';
import { fakeTool } from '../../../support/agentHarness.ts';
import { reply, type ScriptedReply } from '../../../support/scriptedModel.ts';
import { call, createHookHarness, lastBlocks, resultsOf, text, textsOf, warnings } from './hookHarness.ts';

const look = fakeTool({ name: 'Look', run: async () => 'seen' });
const change = fakeTool({
  name: 'Look',
  readOnly: false,
  effects: [{ kind: 'write', path: '/w/a' }],
  run: async () => 'seen',
});
const says = (words: string): ScriptedReply => reply([text(words)], { model: 'claude-haiku-5-5' });

interface RunOptions {
  readonly hook?: object;
  readonly input?: object;
  readonly passes?: readonly number[];
  readonly tool?: AnyTool;
}

/** A call of Look with a hook before it; the hook's model says `judged`. */
async function runWith(
  judged: readonly ScriptedReply[],
  { hook, input = { at: 1 }, passes = [], tool = look }: RunOptions = {},
) {
  const harness = await createHookHarness({
    replies: [reply([call('t1', 'Look', input)]), ...judged, reply([text('done')])],
    tools: [tool],
    hooks: [],
    passes,
    options: {
      hooks: { PreToolUse: [{ hooks: [{ type: 'prompt', prompt: 'Is it a Friday?', ...hook }] }] },
    },
  });
  const result = await harness.ask('go');
  return { harness, result, results: resultsOf(lastBlocks(harness, judged.length + 2)) };
}

describe('a prompt hook', () => {
  it('asks a model about the event, beside the conversation', async () => {
    const { harness, results } = await runWith([says('{"ok": true}')], { hook: { model: 'haiku' } });
    expect(results).toEqual([{ content: 'seen', isError: false }]);
    const asked = harness.model.requests[1];
    expect(asked).toMatchObject({ model: 'claude-haiku-5-5', tools: [], messages: [{ role: 'user' }] });
    const [prompt = ''] = textsOf(asked?.messages[0]?.content ?? []);
    expect(prompt).toMatch(/^Is it a Friday\?\n\n\{/);
    expect(JSON.parse(prompt.slice(prompt.indexOf('{')))).toMatchObject({
      hook_event_name: 'PreToolUse',
      tool_name: 'Look',
      tool_input: { at: 1 },
    });
    expect(JSON.stringify(harness.model.requests[2])).not.toContain('Friday');
  });

  it('asks the model of the session when it names none', async () => {
    const { harness } = await runWith([says('{"ok": true}')]);
    expect(harness.model.requests[1]?.model).toBe(harness.model.requests[0]?.model);
  });

  it('has the event where it wants it', async () => {
    const { harness } = await runWith([says('{"ok": true}')], {
      hook: { prompt: 'Look at $ARGUMENTS and say.' },
      input: { at: '$& $1 $ARGUMENTS' },
    });
    const [prompt = ''] = textsOf(harness.model.requests[1]?.messages[0]?.content ?? []);
    expect(prompt).toMatch(/^Look at \{.*\} and say\.$/);
    expect(prompt).toContain('"$& $1 $ARGUMENTS"');
  });

  it.each([
    ['alone', '{"ok": false, "reason": "It is one."}'],
    ['in a fence', 'So:\n```json\n{"ok": false, "reason": "It is one."}\n```'],
  ])('blocks with the reason that the model gives %s', async (_, words) => {
    expect((await runWith([says(words)])).results).toEqual([{ content: 'It is one.', isError: true }]);
  });

  it('that has nothing against a call does not spare the question', async () => {
    const { harness } = await runWith([says('{"ok": true}')], { tool: change });
    expect(harness.questions).toMatchObject([{ tool_name: 'Look' }]);
  });

  it.each([
    ['says something else', says('Yes, go on.'), 'did not answer with'],
    ['says half of it', says('{"reason": "no"}'), 'did not answer with'],
    ['can not be asked', failing(), 'key'],
  ])('whose model %s has no say, and the person is told', async (_, judged, problem) => {
    const { harness, results } = await runWith([judged]);
    expect(results).toEqual([{ content: 'seen', isError: false }]);
    expect(warnings(harness)).toEqual([expect.stringContaining(problem)]);
  });

  it('is given up after 30 seconds, and what it has begun is stopped', async () => {
    let stop = (): void => undefined;
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const { harness, results } = await runWith([hanging(() => stop())], { passes: [30_000] });
    await stopped;
    expect(results).toEqual([{ content: 'seen', isError: false }]);
    expect(warnings(harness)).toEqual([expect.stringContaining('did not answer within 30 s')]);
  });

  it('judges no part of an event that is too long', async () => {
    const { harness, results } = await runWith([], { input: { at: 'x'.repeat(500_000) } });
    expect(results).toEqual([{ content: 'seen', isError: false }]);
    expect(warnings(harness)).toEqual([expect.stringContaining('too long')]);
  });

  it('costs the session what it costs', async () => {
    const { result } = await runWith([says('{"ok": true}')], { hook: { model: 'claude-haiku-5-5' } });
    expect(result.modelUsage['claude-haiku-5-5']).toMatchObject({ inputTokens: 100, outputTokens: 10 });
    expect(result.modelUsage['claude-opus-5-5']).toMatchObject({ inputTokens: 200, outputTokens: 20 });
    const costs = Object.values(result.modelUsage).map(({ costUSD }) => costUSD);
    expect(costs.every((cost) => cost > 0)).toBe(true);
    expect(result.total_cost_usd).toBeCloseTo(costs.reduce((sum, cost) => sum + cost, 0));
    expect(result.usage).toMatchObject({ input_tokens: 200 });
  });
});

function failing(): ScriptedReply {
  // biome-ignore lint/correctness/useYield: it fails before it says anything
  return async function* () {
    throw new ModelError({ kind: 'authentication', status: 401, message: 'invalid x-api-key' });
  };
}

function hanging(onStop: () => void): ScriptedReply {
  return async function* (_request, signal) {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    onStop();
    signal.throwIfAborted();
  };
}
