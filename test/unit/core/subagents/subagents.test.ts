import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../../src/core/model/modelError.ts';
import type { ModelRequest } from '../../../../src/core/model/modelRequest.ts';
import { createNodeClock } from '../../../../src/node/clock.ts';
import type { StreamEvent } from '../../../../src/protocol/streamEvents.ts';
import type { SystemMessageOf } from '../../../../src/protocol/systemMessages.ts';
import { fakeTool, type Harness } from '../../../support/agentHarness.ts';
import { messageStart, reply } from '../../../support/scriptedModel.ts';
import {
  agent,
  call,
  createAgentHarness,
  deferred,
  requestsOf,
  resultsIn,
  text,
  threadOf,
} from './support.ts';

const look = fakeTool({ name: 'Look', run: async ({ at }) => `seen ${String(at)}` });
const change = fakeTool({
  name: 'Change',
  readOnly: false,
  effects: [{ kind: 'write', path: '/w/a' }],
  run: async () => 'changed',
});

const toolNames = (request: ModelRequest | undefined): string[] =>
  request?.tools.map(({ name }) => name) ?? [];

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

describe('a subagent', () => {
  it('works in a conversation of its own and answers with its last words', async () => {
    const harness = createAgentHarness({
      tools: [look],
      scripts: {
        go: [reply([agent('a1', 'count')]), reply([text('Seven, it says.')])],
        count: [reply([call('t1', 'Look', { at: 3 })]), reply([text('There are seven.')])],
      },
    });
    expect(await harness.ask('go')).toMatchObject({ subtype: 'success', num_turns: 2 });
    const own = requestsOf(harness, 'count');
    expect(own).toHaveLength(2);
    expect(own[0]?.messages).toEqual([{ role: 'user', content: [text('count')] }]);
    expect(own[0]?.system[0]).toContain('You are a subagent');
    const main = requestsOf(harness, 'go');
    expect(JSON.stringify(main)).not.toContain('seen 3');
    expect(resultsIn(main[1])).toMatchObject([
      {
        tool_use_id: 'a1',
        content: [text('There are seven.'), { text: expect.stringContaining('tool_uses: 1') }],
      },
    ]);
    expectPaired(harness);
  });

  it('says what it does under the call that started it', async () => {
    const harness = createAgentHarness({
      tools: [look],
      options: { partialMessages: true },
      scripts: {
        go: [reply([agent('a1', 'count')]), reply([text('Done.')])],
        count: [reply([call('t1', 'Look')]), reply([text('Seven.')])],
      },
    });
    await harness.ask('go');
    const thread = threadOf(harness, 'a1');
    expect(new Set(thread.map(({ type }) => type))).toEqual(
      new Set(['assistant', 'user', 'stream_event', 'tool_progress']),
    );
    expect(thread.filter(({ type }) => type === 'assistant')).toMatchObject([
      { agent_id: expect.any(String), subagent_type: 'general-purpose', task_description: 'do count' },
      { message: { content: [text('Seven.')] } },
    ]);
    const states = harness.messages.filter(
      (message) => message.type === 'system' && message.subtype === 'status',
    );
    expect(states.filter((message) => 'status' in message && message.status === 'requesting')).toHaveLength(
      2,
    );
    expect(harness.ofType('result')).toHaveLength(1);
  });

  it('counts into the cost of the session, but not into the context of the main agent', async () => {
    const harness = createAgentHarness({
      agents: { cheap: { description: 'x', prompt: 'Be cheap.', model: 'haiku' } },
      scripts: {
        go: [reply([agent('a1', 'count', { subagent_type: 'cheap' })]), reply([text('Done.')])],
        count: [reply([text('Seven.')], { model: 'claude-haiku-5-5', outputTokens: 1000 })],
      },
    });
    const result = await harness.ask('go');
    expect(requestsOf(harness, 'count')[0]).toMatchObject({ model: 'claude-haiku-5-5' });
    const own = (100 * 0.1 + 1000 * 0.5) / 1e6;
    const main = (2 * (100 * 4 + 10 * 20)) / 1e6;
    expect(result.total_cost_usd).toBeCloseTo(main + own, 10);
    expect(result.modelUsage['claude-haiku-5-5']).toMatchObject({ outputTokens: 1000 });
    expect(result.usage).toMatchObject({ input_tokens: 200, output_tokens: 20 });
    const told = harness.messages.filter(
      (message): message is SystemMessageOf<'belay/usage_changed'> =>
        message.type === 'system' && message.subtype === 'belay/usage_changed',
    );
    expect(told.map(({ model, context_tokens }) => [model, context_tokens])).toEqual([
      ['claude-opus-5-5', 110],
      ['claude-opus-5-5', 110],
      ['claude-opus-5-5', 110],
    ]);
    expect(told[1]?.total_cost_usd).toBeGreaterThan(told[0]?.total_cost_usd ?? 0);
  });

  it('ends at the limit of the cost of the session', async () => {
    const harness = createAgentHarness({
      tools: [look],
      options: { maxBudgetUsd: 0.005 },
      scripts: {
        go: [reply([agent('a1', 'count')])],
        count: [reply([call('t1', 'Look')], { outputTokens: 1000 })],
      },
    });
    expect(await harness.ask('go')).toMatchObject({ subtype: 'error_max_budget_usd' });
    expect(requestsOf(harness, 'count')).toHaveLength(1);
  });

  it('goes on with the cost of its subagents after a restart', async () => {
    const scripts = {
      go: [reply([agent('a1', 'count')]), reply([text('Done.')])],
      count: [reply([text('Seven.')], { outputTokens: 1000 })],
      'and?': [reply([text('Yes.')])],
    };
    const before = createAgentHarness({ scripts });
    const { total_cost_usd: spent } = await before.ask('go');
    await before.agent.close();
    const after = createAgentHarness({
      scripts,
      transcripts: before.transcripts,
      uuidPrefix: 'later',
      options: { resume: true },
    });
    await after.until(
      (message): message is SystemMessageOf<'session_state_changed'> =>
        message.type === 'system' && message.subtype === 'session_state_changed',
    );
    await after.send('and?');
    const { total_cost_usd } = await after.result(2);
    expect(total_cost_usd).toBeCloseTo(spent + (100 * 4 + 10 * 20) / 1e6, 10);
  });

  it('is an error for its caller when it ends without an answer', async () => {
    const harness = createAgentHarness({
      tools: [look],
      agents: { short: { description: 'x', prompt: 'Be quick.', maxTurns: 1 } },
      scripts: {
        go: [
          reply([
            agent('a1', 'nothing'),
            agent('a2', 'too long', { subagent_type: 'short' }),
            agent('a3', 'who', { subagent_type: 'nobody' }),
          ]),
          reply([text('I see.')]),
        ],
        nothing: [reply([])],
        'too long': [reply([text('First I look.'), call('t1', 'Look')])],
      },
    });
    await harness.ask('go');
    const results = resultsIn(requestsOf(harness, 'go')[1]);
    expect(results).toMatchObject([
      { tool_use_id: 'a1', is_error: true, content: expect.stringContaining('without saying anything') },
      { tool_use_id: 'a2', is_error: true, content: expect.stringContaining('First I look.') },
      { tool_use_id: 'a3', is_error: true, content: expect.stringContaining('general-purpose, short') },
    ]);
    expectPaired(harness);
  });

  it('is compacted by itself when its context is full', async () => {
    const harness = createAgentHarness({
      tools: [look],
      scripts: {
        go: [reply([agent('a1', 'count')]), reply([text('Done.')])],
        count: [
          reply([call('t1', 'Look')]),
          async function* () {
            yield* [] as StreamEvent[];
            throw new ModelError({ kind: 'prompt_too_long', message: 'Too long.' });
          },
          reply([text('<summary>It counts.</summary>')]),
        ],
        '': [reply([text('Seven.')])],
      },
    });
    await harness.ask('go');
    expect(resultsIn(requestsOf(harness, 'go')[1])).toMatchObject([{ content: [text('Seven.'), {}] }]);
    const compacted = harness.model.requests.find(({ messages }) =>
      JSON.stringify(messages).includes('It counts.'),
    );
    expect(JSON.stringify(compacted?.messages)).not.toContain('seen');
    const told = harness.messages.filter(
      (message) => 'subtype' in message && message.subtype === 'compact_boundary',
    );
    expect(told).toEqual([]);
  });

  it('tells of its retries as progress of the call', async () => {
    const harness = createAgentHarness({
      scripts: {
        go: [reply([agent('a1', 'count')]), reply([text('Done.')])],
        count: [
          async function* () {
            yield* [] as StreamEvent[];
            throw new ModelError({ kind: 'overloaded', message: 'Busy.' });
          },
          reply([text('Seven.')]),
        ],
      },
    });
    await harness.ask('go');
    const progress = harness.ofType('tool_progress').filter((message) => 'subagent_retry' in message);
    expect(progress).toMatchObject([
      { tool_use_id: 'a1', parent_tool_use_id: null, subagent_retry: { attempt: 1 } },
    ]);
    expect(harness.messages.some((message) => 'subtype' in message && message.subtype === 'api_retry')).toBe(
      false,
    );
  });

  it('is known to the client before the first turn', async () => {
    const harness = createAgentHarness({
      scripts: {
        go: [reply([agent('a1', 'x', { subagent_type: 'mine' })]), reply([text('Done.')])],
        x: [reply([text('ok')])],
      },
    });
    const answer = await harness.peer.request('initialize', {
      agents: { mine: { description: 'Mine.', prompt: 'You are mine.', model: 'inherit' } },
    });
    expect(answer.agents.map(({ name }) => name)).toEqual(['general-purpose', 'mine']);
    await harness.ask('go');
    expect(requestsOf(harness, 'x')[0]?.system[0]).toBe('You are mine.');
    const [main] = requestsOf(harness, 'go');
    expect(main?.tools.find(({ name }) => name === 'Agent')?.description).toContain('- mine: Mine.');
    const init = harness.messages.find((m) => m.type === 'system' && m.subtype === 'init');
    expect(init).toMatchObject({ agents: ['general-purpose', 'mine'] });
  });
});

describe('the tools of a subagent', () => {
  const scripts = (type: string) => ({
    go: [reply([agent('a1', 'x', { subagent_type: type })]), reply([text('Done.')])],
    x: [reply([call('t1', 'Change')]), reply([text('ok')])],
  });
  const definition = { description: 'x', prompt: 'You are x.' };

  it('are those its definition names, and a call of another is refused', async () => {
    const harness = createAgentHarness({
      tools: [look, change],
      agents: { reader: { ...definition, tools: ['Look', 'Unknown'] } },
      scripts: scripts('reader'),
    });
    await harness.ask('go');
    const [first, second] = requestsOf(harness, 'x');
    expect(toolNames(first)).toEqual(['Look']);
    expect(resultsIn(second)).toMatchObject([
      { is_error: true, content: expect.stringContaining('no tool named "Change"') },
    ]);
    expect(harness.questions).toEqual([]);
  });

  it('are those of its caller without what is disallowed, and without the Agent tool', async () => {
    const harness = createAgentHarness({
      tools: [look, change],
      agents: { tame: { ...definition, disallowedTools: ['Change'] } },
      scripts: scripts('tame'),
    });
    await harness.ask('go');
    expect(toolNames(requestsOf(harness, 'x')[0])).toEqual(['Look']);
  });

  it('hold subagents of its own only where the definition says so, with no more than it has itself', async () => {
    const harness = createAgentHarness({
      tools: [look, change],
      agents: {
        lead: { ...definition, tools: ['Look', 'Task'] },
      },
      scripts: {
        go: [reply([agent('a1', 'outer', { subagent_type: 'lead' })]), reply([text('Done.')])],
        outer: [reply([agent('a2', 'inner')]), reply([text('outer done')])],
        inner: [reply([text('inner done')])],
      },
    });
    await harness.ask('go');
    expect(toolNames(requestsOf(harness, 'outer')[0])).toEqual(['Look', 'Agent']);
    expect(toolNames(requestsOf(harness, 'inner')[0])).toEqual(['Look']);
    expect(threadOf(harness, 'a2').map(({ type }) => type)).toContain('assistant');
    expect(resultsIn(requestsOf(harness, 'outer')[1])).toMatchObject([
      { tool_use_id: 'a2', content: [text('inner done'), {}] },
    ]);
  });

  it('end at a depth', async () => {
    const deep = { ...definition, tools: ['Agent'] };
    const next = (id: string, prompt: string) => reply([agent(id, prompt, { subagent_type: 'deep' })]);
    const harness = createAgentHarness({
      agents: { deep },
      scripts: {
        go: [next('a1', 'one'), reply([text('Done.')])],
        one: [next('a2', 'two'), reply([text('1')])],
        two: [next('a3', 'three'), reply([text('2')])],
        three: [reply([text('3')])],
      },
    });
    await harness.ask('go');
    expect(['one', 'two', 'three'].map((prompt) => toolNames(requestsOf(harness, prompt)[0]))).toEqual([
      ['Agent'],
      ['Agent'],
      [],
    ]);
  });

  it('lack the kinds that a rule denies', async () => {
    const harness = createAgentHarness({
      agents: { secret: definition },
      options: { rules: [{ toolName: 'Task', ruleContent: 'secret', behavior: 'deny', layer: 'user' }] },
      scripts: { go: [reply([agent('a1', 'x', { subagent_type: 'secret' })]), reply([text('Done.')])] },
    });
    await harness.ask('go');
    expect(resultsIn(requestsOf(harness, 'go')[1])).toMatchObject([{ is_error: true }]);
    expect(JSON.stringify(requestsOf(harness, 'go')[0]?.tools)).not.toContain('secret');
  });
});

describe('permissions of a subagent', () => {
  const scripts = {
    go: [reply([agent('a1', 'x')]), reply([text('Done.')])],
    x: [reply([call('t1', 'Change')]), reply([text('ok')])],
  };

  it('are asked of the same client, which is told who asks', async () => {
    const harness = createAgentHarness({ tools: [change], scripts });
    await harness.ask('go');
    expect(harness.questions).toMatchObject([
      { tool_name: 'Change', tool_use_id: 't1', agent_id: expect.any(String) },
    ]);
  });

  it('remember for the session what a person has chosen', async () => {
    const harness = createAgentHarness({
      tools: [change],
      scripts: {
        ...scripts,
        go: [reply([agent('a1', 'x')]), reply([call('t2', 'Change')]), reply([text('Done.')])],
      },
      onQuestion: async () => ({
        behavior: 'allow',
        updatedPermissions: [{ type: 'setMode', mode: 'acceptEdits', destination: 'session' }],
      }),
    });
    await harness.ask('go');
    expect(harness.questions.map(({ tool_use_id }) => tool_use_id)).toEqual(['t1']);
  });

  it('list its denials in the result of the turn', async () => {
    const harness = createAgentHarness({
      tools: [change],
      scripts,
      onQuestion: async () => ({ behavior: 'deny', message: 'no' }),
    });
    expect(await harness.ask('go')).toMatchObject({
      subtype: 'success',
      permission_denials: [{ tool_name: 'Change', tool_use_id: 't1' }],
    });
    expect(resultsIn(requestsOf(harness, 'x')[1])).toMatchObject([{ is_error: true }]);
  });

  it('end the turn of all with a denial that asks for it', async () => {
    const harness = createAgentHarness({
      tools: [change],
      scripts,
      onQuestion: async () => ({ behavior: 'deny', message: 'stop it', interrupt: true }),
    });
    expect(await harness.ask('go')).toMatchObject({ interrupted: true });
    expect(requestsOf(harness, 'x')).toHaveLength(1);
    expect(requestsOf(harness, 'go')).toHaveLength(1);
  });

  it('are never wider than those of the session, but may be narrower', async () => {
    const harness = createAgentHarness({
      tools: [change],
      agents: {
        wide: { description: 'x', prompt: 'x', permissionMode: 'bypassPermissions' },
        narrow: { description: 'x', prompt: 'x', permissionMode: 'dontAsk' },
      },
      scripts: {
        go: [
          reply([agent('a1', 'x', { subagent_type: 'wide' })]),
          reply([agent('a2', 'y', { subagent_type: 'narrow' })]),
          reply([text('Done.')]),
        ],
        x: scripts.x,
        y: [reply([call('t2', 'Change')]), reply([text('ok')])],
      },
    });
    await harness.ask('go');
    expect(harness.questions.map(({ tool_use_id }) => tool_use_id)).toEqual(['t1']);
    expect(resultsIn(requestsOf(harness, 'y')[1])).toMatchObject([{ is_error: true }]);
  });
});

describe('several subagents', () => {
  it('run side by side, and are answered in the order asked', async () => {
    const both = { one: deferred(), two: deferred() };
    const wait = (own: 'one' | 'two', other: 'one' | 'two') =>
      async function* (): AsyncGenerator<StreamEvent> {
        both[own].resolve();
        await both[other].promise;
        yield* reply([text(own)]);
      };
    const harness = createAgentHarness({
      scripts: {
        go: [reply([agent('a1', 'one'), agent('a2', 'two')]), reply([text('Done.')])],
        one: [wait('one', 'two')],
        two: [wait('two', 'one')],
      },
    });
    await harness.ask('go');
    expect(resultsIn(requestsOf(harness, 'go')[1])).toMatchObject([
      { tool_use_id: 'a1', content: [text('one'), {}] },
      { tool_use_id: 'a2', content: [text('two'), {}] },
    ]);
  });

  it('are stopped with the turn, and the conversation goes on', async () => {
    const begun = deferred();
    const stopped: string[] = [];
    const hang = (name: string) =>
      async function* (_: ModelRequest, signal: AbortSignal): AsyncGenerator<StreamEvent> {
        yield messageStart();
        if (name === 'two') begun.resolve();
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        stopped.push(name);
        throw signal.reason;
      };
    const harness = createAgentHarness({
      scripts: {
        go: [reply([agent('a1', 'one'), agent('a2', 'two')])],
        one: [hang('one')],
        two: [hang('two')],
        'and now': [reply([text('Here.')])],
      },
    });
    const first = harness.ask('go');
    await begun.promise;
    await harness.peer.request('interrupt', {});
    expect(await first).toMatchObject({ interrupted: true });
    expect(stopped.sort()).toEqual(['one', 'two']);
    await harness.send('and now');
    expect(await harness.result(2)).toMatchObject({ result: 'Here.' });
    expect(resultsIn(harness.model.requests.at(-1))).toMatchObject([
      { tool_use_id: 'a1', is_error: true },
      { tool_use_id: 'a2', is_error: true },
    ]);
    expectPaired(harness);
  });
});

describe('a subagent in the background', () => {
  const isTold = (subtype: 'task_started' | 'task_notification') => (message: { type: string }) =>
    message.type === 'system' && 'subtype' in message && message.subtype === subtype;

  it('lets the turn end, is told of as a task, and its answer comes with the next message', async () => {
    const gate = deferred();
    const harness = createAgentHarness({
      scripts: {
        go: [reply([agent('a1', 'slow', { run_in_background: true })]), reply([text('It runs.')])],
        slow: [
          async function* () {
            await gate.promise;
            yield* reply([text('Forty-two.')]);
          },
        ],
        'and?': [reply([text('Forty-two, it says.')])],
      },
    });
    expect(await harness.ask('go')).toMatchObject({ result: 'It runs.' });
    const started = harness.messages.find(isTold('task_started'));
    expect(started).toMatchObject({
      tool_use_id: 'a1',
      task_type: 'local_agent',
      description: 'do slow',
      subagent_type: 'general-purpose',
    });
    gate.resolve();
    const ended = await harness.until((message): message is SystemMessageOf<'task_notification'> =>
      isTold('task_notification')(message),
    );
    expect(ended).toMatchObject({ status: 'completed', tool_use_id: 'a1', usage: { tool_uses: 0 } });
    await harness.ask('and?');
    expect(JSON.stringify(harness.model.requests.at(-1)?.messages)).toContain('Forty-two.');
    expectPaired(harness);
  });

  it('outlives an interrupt and is ended by stop_task', async () => {
    const stopped = deferred();
    const harness = createAgentHarness({
      scripts: {
        go: [reply([agent('a1', 'slow', { run_in_background: true })]), reply([text('It runs.')])],
        slow: [
          async function* (_: ModelRequest, signal: AbortSignal) {
            yield messageStart();
            await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
            stopped.resolve();
            throw signal.reason;
          },
        ],
      },
    });
    await harness.ask('go');
    await harness.peer.request('interrupt', {});
    const started = harness.messages.find((message): message is SystemMessageOf<'task_started'> =>
      isTold('task_started')(message),
    );
    expect(harness.messages.some(isTold('task_notification'))).toBe(false);
    await harness.peer.request('stop_task', { task_id: started?.task_id ?? '' });
    await stopped.promise;
    expect(harness.messages.find(isTold('task_notification'))).toMatchObject({ status: 'stopped' });
  });

  it('ends with the session', async () => {
    let ended = false;
    const harness = createAgentHarness({
      scripts: {
        go: [reply([agent('a1', 'slow', { run_in_background: true })]), reply([text('It runs.')])],
        slow: [
          async function* (_: ModelRequest, signal: AbortSignal) {
            yield messageStart();
            await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
            ended = true;
            throw signal.reason;
          },
        ],
      },
    });
    await harness.ask('go');
    await harness.agent.close();
    expect(ended).toBe(true);
  });
});

describe('hooks', () => {
  it('are told which subagent starts, calls and ends, and may send it back to work', async () => {
    const asked: Record<string, unknown>[] = [];
    const harness = createAgentHarness({
      tools: [look],
      // The clock of the harness would end each hook at once.
      ports: { clock: createNodeClock() },
      scripts: {
        go: [reply([agent('a1', 'x')]), reply([text('Done.')])],
        x: [reply([call('t1', 'Look')]), reply([text('Seven.')])],
        'Count again.': [reply([text('Eight.')])],
      },
      onHook: async ({ input }) => {
        asked.push(input as Record<string, unknown>);
        const { hook_event_name: event } = input as { hook_event_name: string };
        if (event === 'SubagentStart') {
          return { hookSpecificOutput: { hookEventName: event, additionalContext: 'Mind the gap.' } };
        }
        const isFirst = (input as { stop_hook_active?: boolean }).stop_hook_active === false;
        return event === 'SubagentStop' && isFirst ? { decision: 'block', reason: 'Count again.' } : {};
      },
    });
    const matchers = [{ hookCallbackIds: ['hook'] }];
    await harness.peer.request('initialize', {
      hooks: { SubagentStart: matchers, SubagentStop: matchers, PreToolUse: matchers },
    });
    await harness.ask('go');
    expect(asked).toMatchObject([
      { hook_event_name: 'PreToolUse', tool_name: 'Agent' },
      { hook_event_name: 'SubagentStart', agent_type: 'general-purpose', agent_id: expect.any(String) },
      { hook_event_name: 'PreToolUse', tool_name: 'Look', agent_type: 'general-purpose' },
      { hook_event_name: 'SubagentStop', last_assistant_message: 'Seven.', stop_hook_active: false },
      { hook_event_name: 'SubagentStop', last_assistant_message: 'Eight.', stop_hook_active: true },
    ]);
    expect(asked[0]).not.toHaveProperty('agent_id');
    expect(JSON.stringify(requestsOf(harness, 'x')[0]?.messages)).toContain('Mind the gap.');
    expect(resultsIn(requestsOf(harness, 'go')[1])).toMatchObject([{ content: [text('Eight.'), {}] }]);
  });
});
