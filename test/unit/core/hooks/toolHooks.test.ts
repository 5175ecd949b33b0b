import { describe, expect, it } from 'vitest';
import type { LayeredRule } from '../../../../src/core/permissions/decidePermission.ts';
import { fakeTool } from '../../../support/agentHarness.ts';
import { reply } from '../../../support/scriptedModel.ts';
import {
  call,
  createHookHarness,
  type HookHarnessOptions,
  type Input,
  lastBlocks,
  resultsOf,
  systemMessages,
  type TestHook,
  text,
  textsOf,
  warnings,
} from './hookHarness.ts';

const done = reply([text('done')]);
const specific = (hookEventName: string, fields: object) => ({
  hookSpecificOutput: { hookEventName, ...fields },
});
const pre = (fields: object, matcher?: string): TestHook => ({
  event: 'PreToolUse',
  ...(matcher === undefined ? {} : { matcher }),
  answer: () => specific('PreToolUse', fields),
});

/** A tool that runs a command, and what it was run with. */
function createRunner(run: (input: Input) => Promise<string> = async () => 'ran') {
  const inputs: Input[] = [];
  const tool = fakeTool({
    name: 'Bash',
    readOnly: false,
    effects: [{ kind: 'execute', command: 'make', cwd: '/w' }],
    async run(input) {
      inputs.push(input);
      return run(input);
    },
  });
  return { tool, inputs };
}

async function runOne(
  options: Partial<HookHarnessOptions> & Pick<HookHarnessOptions, 'hooks'>,
  runner = createRunner(),
) {
  const harness = await createHookHarness({
    replies: [reply([call('t1', 'Bash', { command: 'make' })]), done],
    tools: [runner.tool],
    ...options,
  });
  const result = await harness.ask('go');
  return { harness, result, inputs: runner.inputs, results: resultsOf(lastBlocks(harness, 2)) };
}

describe('PreToolUse', () => {
  it('is told of the call, with the fields all hooks are told', async () => {
    const { harness } = await runOne({ hooks: [pre({})] });
    expect(harness.heard).toEqual([
      {
        session_id: 'session',
        transcript_path: expect.stringContaining('session'),
        cwd: '/w',
        permission_mode: 'default',
        hook_event_name: 'PreToolUse',
        tool_name: 'Bash',
        tool_input: { command: 'make' },
        tool_use_id: 't1',
      },
    ]);
  });

  it('denies a call: it is not run, nobody is asked, and the model reads why', async () => {
    const hooks = [pre({ permissionDecision: 'deny', permissionDecisionReason: 'not on Fridays' })];
    const { harness, result, inputs, results } = await runOne({ hooks });
    expect(inputs).toEqual([]);
    expect(harness.questions).toEqual([]);
    expect(results).toEqual([{ content: 'not on Fridays', isError: true }]);
    expect(result.permission_denials).toEqual([
      { tool_name: 'Bash', tool_use_id: 't1', tool_input: { command: 'make' } },
    ]);
    expect(systemMessages(harness, 'permission_denied')).toMatchObject([
      { decision_reason_type: 'hook', tool_use_id: 't1' },
    ]);
  });

  it('denies with the older words too', async () => {
    const hooks = [{ event: 'PreToolUse', answer: () => ({ decision: 'block', reason: 'no' }) }];
    expect((await runOne({ hooks })).results).toEqual([{ content: 'no', isError: true }]);
  });

  it('denies also where permissions are bypassed', async () => {
    const hooks = [pre({ permissionDecision: 'deny', permissionDecisionReason: 'no' })];
    const { inputs } = await runOne({ hooks, options: { permissionMode: 'bypassPermissions' } });
    expect(inputs).toEqual([]);
  });

  it('allows a call that only the mode would ask about', async () => {
    const { harness, inputs } = await runOne({ hooks: [pre({ permissionDecision: 'allow' })] });
    expect(harness.questions).toEqual([]);
    expect(inputs).toEqual([{ command: 'make' }]);
  });

  it('can ask for a question where permissions are bypassed', async () => {
    const hooks = [pre({ permissionDecision: 'ask', permissionDecisionReason: 'look at this one' })];
    const { harness } = await runOne({ hooks, options: { permissionMode: 'bypassPermissions' } });
    expect(harness.questions).toMatchObject([
      { decision_reason: 'look at this one', decision_reason_type: 'hook', permission_suggestions: [] },
    ]);
  });

  it('replaces the whole input, for the question and for the run', async () => {
    const { harness, inputs } = await runOne({ hooks: [pre({ updatedInput: { command: 'make -l' } })] });
    expect(harness.questions).toMatchObject([{ input: { command: 'make -l' } }]);
    expect(inputs).toEqual([{ command: 'make -l' }]);
  });

  it('runs nothing when the changed input does not fit the tool', async () => {
    const strict = fakeTool({ name: 'Bash', run: async () => 'ran' });
    const tool = {
      ...strict,
      inputSchema: strict.inputSchema.refine(
        (input: Input) => typeof input.command === 'string',
        'a command is needed',
      ),
    };
    const harness = await createHookHarness({
      replies: [reply([call('t1', 'Bash', { command: 'make' })]), done],
      tools: [tool],
      hooks: [pre({ permissionDecision: 'allow', updatedInput: { command: 7 } })],
    });
    await harness.ask('go');
    expect(resultsOf(lastBlocks(harness, 2))).toEqual([
      { content: expect.stringContaining('Nothing was run'), isError: true },
    ]);
  });

  it('judges changed input anew: an allow with it does not get past a deny rule', async () => {
    const tool = {
      ...createRunner().tool,
      effects: async (input: Input) => [
        { kind: 'execute' as const, command: String(input.command), cwd: '/w' },
      ],
    };
    const harness = await createHookHarness({
      replies: [reply([call('t1', 'Bash', { command: 'make' })]), done],
      tools: [tool],
      hooks: [pre({ permissionDecision: 'allow', updatedInput: { command: 'rm x' } })],
      options: {
        rules: [{ toolName: 'Bash', ruleContent: 'rm:*', behavior: 'deny', layer: 'user' }],
      },
    });
    await harness.ask('go');
    expect(resultsOf(lastBlocks(harness, 2))).toEqual([
      { content: expect.stringContaining('Bash(rm:*)'), isError: true },
    ]);
  });

  it('adds context behind the results, as synthetic text', async () => {
    const { harness } = await runOne({
      hooks: [pre({ permissionDecision: 'allow', additionalContext: 'it is late' })],
    });
    const blocks = lastBlocks(harness, 2);
    expect(blocks.map(({ type }) => type)).toEqual(['tool_result', 'text']);
    expect(textsOf(blocks)).toEqual(['A PreToolUse hook says:\nit is late']);
    expect(harness.ofType('user').at(-1)).toMatchObject({ isSynthetic: true });
  });

  it('ends the turn with `continue: false`, before the call is run', async () => {
    const hooks = [{ event: 'PreToolUse', answer: () => ({ continue: false, stopReason: 'enough' }) }];
    const { harness, result, inputs } = await runOne({ hooks });
    expect(inputs).toEqual([]);
    expect(harness.model.requests).toHaveLength(1);
    expect(result).toMatchObject({ subtype: 'success', terminal_reason: 'hook_stopped' });
    expect(warnings(harness)).toEqual(['A hook has ended the turn: enough']);
  });

  it('puts a call off with `defer`: the turn ends, and the result names the call', async () => {
    const hooks = [pre({ permissionDecision: 'defer', permissionDecisionReason: 'later' })];
    const { result, inputs } = await runOne({ hooks });
    expect(inputs).toEqual([]);
    expect(result).toMatchObject({
      terminal_reason: 'tool_deferred',
      deferred_tool_use: { id: 't1', name: 'Bash', input: { command: 'make' } },
    });
  });

  it.each([
    ['Bash', 1],
    ['Edit|Bash', 1],
    ['B.*', 1],
    ['*', 1],
    ['', 1],
    [undefined, 1],
    ['bash', 0],
    ['Bas', 0],
    ['Edit|Write', 0],
    ['^Read', 0],
    ['(', 0],
  ])('runs for the matcher %s %i times', async (matcher, times) => {
    const { harness } = await runOne({ hooks: [pre({}, matcher)] });
    expect(harness.heard).toHaveLength(times);
  });

  it('says so when a matcher cannot be read', async () => {
    const { harness } = await runOne({ hooks: [pre({}, '(')] });
    expect(warnings(harness)).toEqual([expect.stringContaining('A PreToolUse hook is never run')]);
  });

  it('runs all that match side by side', async () => {
    let running = 0;
    let meet: () => void = () => undefined;
    const together = new Promise<void>((resolve) => {
      meet = resolve;
    });
    const answer = async () => {
      running += 1;
      if (running === 2) meet();
      await together;
      return {};
    };
    const hooks = [
      { event: 'PreToolUse', answer },
      { event: 'PreToolUse', answer },
    ];
    const { inputs } = await runOne({ hooks });
    expect(inputs).toHaveLength(1);
  });
});

describe('a hook that fails', () => {
  const garbage: [string, TestHook['answer']][] = [
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['answers with a string', () => 'allow'],
    ['answers with a list', () => [{ decision: 'approve' }]],
    ['names no known decision', () => specific('PreToolUse', { permissionDecision: 'allowed' })],
    [
      'spells the decision right and the rest wrong',
      () => specific('PreToolUse', { permissionDecision: 'allow', updatedInput: 'x' }),
    ],
    ['answers to another event', () => specific('PostToolUse', { additionalContext: 'x' })],
    ['answers to no event', () => specific('Nonsense', { permissionDecision: 'allow' })],
  ];

  it.each(garbage)('and %s has no say: the person is asked, and told', async (_, answer) => {
    const { harness, inputs } = await runOne({ hooks: [{ event: 'PreToolUse', answer }] });
    expect(harness.questions).toHaveLength(1);
    expect(inputs).toHaveLength(1);
    expect(warnings(harness)).toEqual([expect.stringContaining('The hook PreToolUse:Bash failed')]);
  });

  it('does not weaken the others: a deny holds beside it', async () => {
    const hooks = [
      { event: 'PreToolUse', answer: () => 'garbage' },
      pre({ permissionDecision: 'deny', permissionDecisionReason: 'no' }),
    ];
    expect((await runOne({ hooks })).inputs).toEqual([]);
  });

  it('is cancelled after its time limit and passed over', async () => {
    let isCancelled = false;
    const answer = (_: Input, signal: AbortSignal) =>
      new Promise(() => {
        signal.addEventListener('abort', () => {
          isCancelled = true;
        });
      });
    const hooks = [{ event: 'PreToolUse', timeout: 7, answer }];
    const { harness, inputs } = await runOne({ hooks, passes: [7000] });
    expect(isCancelled).toBe(true);
    expect(inputs).toHaveLength(1);
    expect(warnings(harness)).toEqual([expect.stringContaining('did not answer within 7 s')]);
  });

  it('blocks the call where it is set to block on failure', async () => {
    const hooks: TestHook[] = [{ event: 'PreToolUse', onFailure: 'block', answer: () => 'garbage' }];
    const { inputs, results } = await runOne({ hooks });
    expect(inputs).toEqual([]);
    expect(results).toMatchObject([{ isError: true }]);
  });
});

describe('the messages of hooks', () => {
  it('tell of each run when they are asked for', async () => {
    const { harness } = await runOne({
      hooks: [pre({ permissionDecision: 'allow' }), { event: 'PreToolUse', answer: () => 'garbage' }],
      options: { hookEvents: true },
    });
    const named = { hook_name: 'PreToolUse:Bash', hook_event: 'PreToolUse' };
    const started = systemMessages(harness, 'hook_started');
    const responses = systemMessages(harness, 'hook_response');
    expect(started).toMatchObject([named, named]);
    expect(responses).toMatchObject([
      { ...named, outcome: 'success', stdout: expect.stringContaining('allow') },
      { ...named, outcome: 'error', output: expect.stringContaining('right form') },
    ]);
    expect(new Set(responses.map(({ hook_id }) => hook_id))).toEqual(
      new Set(started.map(({ hook_id }) => hook_id)),
    );
  });

  it('are not sent when they are not asked for', async () => {
    const { harness } = await runOne({ hooks: [pre({})] });
    expect(systemMessages(harness, 'hook_started')).toEqual([]);
  });

  it('leave out what a hook wants suppressed', async () => {
    const { harness } = await runOne({
      hooks: [{ event: 'PreToolUse', answer: () => ({ suppressOutput: true, reason: 'secret' }) }],
      options: { hookEvents: true },
    });
    expect(systemMessages(harness, 'hook_response')).toMatchObject([{ stdout: '', output: '' }]);
  });

  it('bring what a hook has to say to the person', async () => {
    const { harness } = await runOne({
      hooks: [{ event: 'PreToolUse', answer: () => ({ systemMessage: 'mind the gap' }) }],
    });
    expect(warnings(harness)).toEqual(['mind the gap']);
  });

  it('are cut off after 10,000 characters', async () => {
    const { harness } = await runOne({
      hooks: [pre({ permissionDecision: 'allow', additionalContext: 'x'.repeat(20_000) })],
    });
    const [said = ''] = textsOf(lastBlocks(harness, 2));
    expect(said.match(/x/g)).toHaveLength(10_000);
    expect(said).toContain('cut off');
  });
});

describe('PostToolUse', () => {
  const post = (fields: object): TestHook => ({
    event: 'PostToolUse',
    answer: () => specific('PostToolUse', fields),
  });

  it('is told what the tool gave, and adds context', async () => {
    const { harness } = await runOne({ hooks: [post({ additionalContext: 'run the tests' })] });
    expect(harness.heard).toMatchObject([
      {
        hook_event_name: 'PostToolUse',
        tool_response: 'ran',
        tool_input: { command: 'make' },
        duration_ms: 0,
      },
    ]);
    expect(textsOf(lastBlocks(harness, 2))).toEqual(['A PostToolUse hook says:\nrun the tests']);
  });

  it('gives the reason of a block to the model', async () => {
    const hooks = [{ event: 'PostToolUse', answer: () => ({ decision: 'block', reason: 'lint failed' }) }];
    const { harness, results } = await runOne({ hooks });
    expect(results).toEqual([{ content: 'ran', isError: false }]);
    expect(textsOf(lastBlocks(harness, 2))).toEqual(['A PostToolUse hook says:\nlint failed']);
  });

  it.each([
    [{ updatedToolOutput: 'masked' }, 'masked'],
    [{ updatedMCPToolOutput: 'masked' }, 'masked'],
    [{ updatedToolOutput: [{ type: 'text', text: 'masked' }] }, [{ type: 'text', text: 'masked' }]],
    [{ updatedToolOutput: { stdout: 'masked' } }, '{"stdout":"masked"}'],
    [{ updatedToolOutput: '' }, '(no output)'],
  ])('replaces what the model reads: %j', async (fields, content) => {
    expect((await runOne({ hooks: [post(fields)] })).results).toEqual([{ content, isError: false }]);
  });

  it('ends the turn with `continue: false`', async () => {
    const hooks = [{ event: 'PostToolUse', answer: () => ({ continue: false, stopReason: 'seen enough' }) }];
    const { harness, result } = await runOne({ hooks });
    expect(harness.model.requests).toHaveLength(1);
    expect(result).toMatchObject({ subtype: 'success', terminal_reason: 'hook_stopped' });
  });

  it('is not run for a call that was denied', async () => {
    const { harness } = await runOne({
      hooks: [post({})],
      onQuestion: async () => ({ behavior: 'deny', message: 'no' }),
    });
    expect(harness.heard).toEqual([]);
  });

  it('leaves the place to PostToolUseFailure when the tool fails', async () => {
    const runner = createRunner(async () => {
      throw new Error('disk full');
    });
    const hooks = [
      post({}),
      {
        event: 'PostToolUseFailure',
        answer: () => specific('PostToolUseFailure', { additionalContext: 'free some space' }),
      },
    ];
    const { harness } = await runOne({ hooks }, runner);
    expect(harness.heard).toMatchObject([
      { hook_event_name: 'PostToolUseFailure', error: 'Bash failed: disk full' },
    ]);
    expect(textsOf(lastBlocks(harness, 2))).toEqual(['A PostToolUseFailure hook says:\nfree some space']);
  });
});

describe('PermissionRequest', () => {
  const request = (decision: object): TestHook => ({
    event: 'PermissionRequest',
    answer: () => specific('PermissionRequest', { decision }),
  });
  const askRule: LayeredRule = { toolName: 'Bash', behavior: 'ask', layer: 'user' };

  it('allows in place of a person', async () => {
    const { harness, inputs } = await runOne({ hooks: [request({ behavior: 'allow' })] });
    expect(harness.questions).toEqual([]);
    expect(inputs).toHaveLength(1);
    expect(harness.heard).toMatchObject([
      { hook_event_name: 'PermissionRequest', tool_name: 'Bash', permission_suggestions: expect.any(Array) },
    ]);
  });

  it('changes the input it allows', async () => {
    const hooks = [request({ behavior: 'allow', updatedInput: { command: 'make -a' } })];
    expect((await runOne({ hooks })).inputs).toEqual([{ command: 'make -a' }]);
  });

  it('denies with a word to the model, and ends the turn when it wants to', async () => {
    const hooks = [request({ behavior: 'deny', message: 'not you', interrupt: true })];
    const { harness, result, inputs } = await runOne({ hooks });
    expect(inputs).toEqual([]);
    expect(harness.questions).toEqual([]);
    expect(result).toMatchObject({ interrupted: true });
    expect(systemMessages(harness, 'permission_denied')).toMatchObject([{ message: 'not you' }]);
  });

  it('does not answer where a rule asks', async () => {
    const { harness } = await runOne({
      hooks: [request({ behavior: 'allow' })],
      options: { rules: [askRule] },
    });
    expect(harness.questions).toHaveLength(1);
  });

  it('is asked where nobody else can be', async () => {
    const { inputs } = await runOne({
      hooks: [request({ behavior: 'allow' })],
      options: { interactive: false },
    });
    expect(inputs).toHaveLength(1);
  });

  it('leaves the question to the person when it says nothing', async () => {
    const { harness } = await runOne({ hooks: [{ event: 'PermissionRequest', answer: () => ({}) }] });
    expect(harness.questions).toHaveLength(1);
  });
});

describe('PermissionDenied', () => {
  it('is told of the denial, and may say that the call can be tried again', async () => {
    const { harness } = await runOne({
      hooks: [{ event: 'PermissionDenied', answer: () => specific('PermissionDenied', { retry: true }) }],
      onQuestion: async () => ({ behavior: 'deny', message: 'not now' }),
    });
    expect(harness.heard).toMatchObject([{ tool_name: 'Bash', tool_use_id: 't1', reason: 'not now' }]);
    expect(textsOf(lastBlocks(harness, 2))).toEqual([
      'A PermissionDenied hook says:\nThe call of Bash may be tried again.',
    ]);
  });
});

describe('Notification', () => {
  it('is run while a question waits, and given up with the answer', async () => {
    let isCancelled = false;
    let notified: () => void = () => undefined;
    const told = new Promise<void>((resolve) => {
      notified = resolve;
    });
    const { harness, inputs } = await runOne({
      hooks: [
        {
          event: 'Notification',
          matcher: 'permission_prompt',
          answer: (_, signal) =>
            new Promise(() => {
              notified();
              signal.addEventListener('abort', () => {
                isCancelled = true;
              });
            }),
        },
      ],
      async onQuestion() {
        await told;
        return { behavior: 'allow' };
      },
    });
    expect(harness.heard).toMatchObject([
      { notification_type: 'permission_prompt', message: expect.stringContaining('Bash') },
    ]);
    expect(isCancelled).toBe(true);
    expect(inputs).toHaveLength(1);
  });
});
