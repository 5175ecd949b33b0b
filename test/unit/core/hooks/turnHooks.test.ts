import { describe, expect, it } from 'vitest';
import type { ConversationMessage, ResultMessage } from '../../../../src/protocol/messages.ts';
import { fakeTool } from '../../../support/agentHarness.ts';
import { createMemoryTranscripts } from '../../../support/memoryTranscripts.ts';
import { messageStart, reply } from '../../../support/scriptedModel.ts';
import {
  call,
  createHookHarness,
  type HookHarness,
  lastBlocks,
  resultsOf,
  systemMessages,
  type TestHook,
  text,
  textsOf,
  warnings,
} from './hookHarness.ts';

const hello = reply([text('hello')]);
const context = (hookEventName: string, additionalContext: string) => ({
  hookSpecificOutput: { hookEventName, additionalContext },
});
const always = (event: string, answer: object): TestHook => ({ event, answer: () => answer });

/** A hook that answers only when its turn is stopped, and says when it has begun. */
function createHangingHook(event: string) {
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const state = { isCancelled: false };
  const hook: TestHook = {
    event,
    answer: (_, signal) =>
      new Promise(() => {
        begin();
        signal.addEventListener('abort', () => {
          state.isCancelled = true;
        });
      }),
  };
  return { hook, begun, state };
}

async function stopDuring(harness: HookHarness, begun: Promise<void>): Promise<ResultMessage> {
  const ended = harness.ask('go');
  await begun;
  await harness.peer.request('interrupt', {});
  return ended;
}

describe('UserPromptSubmit', () => {
  it('keeps back what is said in the middle of a turn, which goes on', async () => {
    const harness: HookHarness = await createHookHarness({
      replies: [reply([call('t1', 'Look')]), hello],
      tools: [fakeTool({ name: 'Look', run: async () => 'seen' })],
      hooks: [
        {
          event: 'PreToolUse',
          answer: async () => {
            await harness.send('No', { priority: 'now' });
            return {};
          },
        },
        {
          event: 'UserPromptSubmit',
          answer: ({ prompt }) => (prompt === 'No' ? { decision: 'block', reason: 'rude' } : {}),
        },
      ],
    });
    await harness.ask('go');
    expect(lastBlocks(harness, 2).map(({ type }) => type)).toEqual(['tool_result']);
    expect(harness.ofType('result')).toHaveLength(1);
    expect(systemMessages(harness, 'informational')).toMatchObject([
      { content: 'A hook has kept this prompt from the model: rude' },
    ]);
  });

  it('is told the prompt, and adds context behind it', async () => {
    const harness = await createHookHarness({
      replies: [hello],
      hooks: [always('UserPromptSubmit', context('UserPromptSubmit', 'it is Friday'))],
    });
    await harness.ask('what day is it?');
    expect(harness.heard).toMatchObject([
      { hook_event_name: 'UserPromptSubmit', prompt: 'what day is it?', permission_mode: 'default' },
    ]);
    expect(textsOf(lastBlocks(harness, 1))).toEqual([
      'what day is it?',
      'A UserPromptSubmit hook says:\nit is Friday',
    ]);
  });

  it('keeps a prompt from the model; the person and the result are told why', async () => {
    const harness = await createHookHarness({
      replies: [hello],
      hooks: [
        {
          event: 'UserPromptSubmit',
          answer: ({ prompt }) => (prompt === 'my key' ? { decision: 'block', reason: 'a secret' } : {}),
        },
      ],
    });
    const told = 'A hook has kept this prompt from the model: a secret';
    expect(await harness.ask('my key')).toMatchObject({
      subtype: 'success',
      result: told,
      num_turns: 0,
      terminal_reason: 'hook_stopped',
    });
    expect(harness.model.requests).toEqual([]);
    expect(warnings(harness)).toEqual([told]);
    await harness.ask('hi');
    expect(JSON.stringify(harness.model.requests)).not.toContain('my key');
  });

  it('keeps a blocked prompt from the model after a resume, and out of a retry', async () => {
    const transcripts = createMemoryTranscripts();
    const first = await createHookHarness({
      replies: [],
      transcripts,
      hooks: [always('UserPromptSubmit', { decision: 'block', reason: 'no' })],
    });
    await first.ask('my key');
    expect(await first.peer.request('belay/turn_retry', {})).toEqual({ started: false });
    await first.agent.close();
    const second = await createHookHarness({
      replies: [hello],
      transcripts,
      hooks: [],
      options: { resume: true },
      uuidPrefix: 'later',
    });
    await second.ask('hi');
    expect(second.ofType('user').some(({ uuid }) => uuid === 'user-1')).toBe(true);
    expect(JSON.stringify(second.model.requests)).not.toContain('my key');
  });

  it('keeps it with `continue: false` too', async () => {
    const harness = await createHookHarness({
      replies: [],
      hooks: [always('UserPromptSubmit', { continue: false, stopReason: 'closed' })],
    });
    expect((await harness.ask('hi')).result).toContain('closed');
  });

  it('is cancelled when the turn is stopped, and the prompt it could not pass is not sent', async () => {
    const hanging = createHangingHook('UserPromptSubmit');
    const harness = await createHookHarness({ replies: [], hooks: [hanging.hook] });
    expect(await stopDuring(harness, hanging.begun)).toMatchObject({ interrupted: true });
    expect(hanging.state.isCancelled).toBe(true);
    expect(harness.model.requests).toEqual([]);
    expect(await harness.peer.request('belay/turn_retry', {})).toEqual({ started: false });
  });
});

describe('the ends of a session', () => {
  it('are told once: SessionStart before the first prompt, SessionEnd at the close', async () => {
    const harness = await createHookHarness({
      replies: [hello, hello],
      hooks: [
        always('SessionStart', context('SessionStart', 'the build is red')),
        always('UserPromptSubmit', {}),
        always('SessionEnd', {}),
      ],
    });
    await harness.ask('one');
    await harness.ask('two');
    await harness.agent.close();
    expect(harness.heard.map(({ hook_event_name }) => hook_event_name)).toEqual([
      'SessionStart',
      'UserPromptSubmit',
      'UserPromptSubmit',
      'SessionEnd',
    ]);
    expect(harness.heard).toMatchObject([
      { source: 'startup', model: 'claude-opus-5-5' },
      {},
      {},
      { reason: 'other' },
    ]);
    expect(textsOf(lastBlocks(harness, 1))).toEqual(['one', 'A SessionStart hook says:\nthe build is red']);
    const [first, second] = harness.model.requests;
    expect(second?.system).toEqual(first?.system);
  });

  it('match by where the session comes from', async () => {
    const harness = await createHookHarness({
      replies: [hello],
      hooks: [
        { event: 'SessionStart', matcher: 'resume', answer: () => ({}) },
        { event: 'SessionStart', matcher: 'startup', answer: () => ({}) },
      ],
    });
    await harness.ask('hi');
    expect(harness.heard).toMatchObject([{ source: 'startup' }]);
  });

  it('tell of the SessionStart hooks also when nobody asked for the messages of hooks', async () => {
    const harness = await createHookHarness({ replies: [hello], hooks: [always('SessionStart', {})] });
    await harness.ask('hi');
    expect(systemMessages(harness, 'hook_response')).toMatchObject([
      { hook_name: 'SessionStart:startup', outcome: 'success' },
    ]);
  });

  it('do not wait for a SessionEnd hook that hangs', async () => {
    const hanging = createHangingHook('SessionEnd');
    const harness = await createHookHarness({ replies: [hello], hooks: [hanging.hook], passes: [1500] });
    await harness.ask('hi');
    await harness.agent.close();
    expect(harness.heard).toMatchObject([{ hook_event_name: 'SessionEnd' }]);
  });

  it('say nothing of a session in which nothing was asked', async () => {
    const harness = await createHookHarness({ replies: [], hooks: [always('SessionEnd', {})] });
    await harness.agent.close();
    expect(harness.heard).toEqual([]);
  });
});

describe('Stop', () => {
  it('makes the model go on with its reason, and is told that it did', async () => {
    const harness = await createHookHarness({
      replies: [hello, reply([text('tests pass')])],
      hooks: [
        {
          event: 'Stop',
          answer: ({ stop_hook_active }) =>
            stop_hook_active === true ? {} : { decision: 'block', reason: 'run the tests' },
        },
      ],
    });
    expect(await harness.ask('go')).toMatchObject({ subtype: 'success', result: 'tests pass', num_turns: 2 });
    expect(harness.heard).toMatchObject([
      { stop_hook_active: false, last_assistant_message: 'hello' },
      { stop_hook_active: true, last_assistant_message: 'tests pass' },
    ]);
    expect(textsOf(lastBlocks(harness, 2))).toEqual(['A Stop hook says:\nrun the tests']);
    expect(harness.ofType('user').at(-1)).toMatchObject({ isSynthetic: true });
  });

  it('makes it go on with context too', async () => {
    const harness = await createHookHarness({
      replies: [hello, hello],
      hooks: [
        {
          event: 'Stop',
          answer: ({ stop_hook_active }) => (stop_hook_active === true ? {} : context('Stop', 'look again')),
        },
      ],
    });
    await harness.ask('go');
    expect(textsOf(lastBlocks(harness, 2))).toEqual(['A Stop hook says:\nlook again']);
  });

  it('can do so twenty times in a turn, no more', async () => {
    const harness = await createHookHarness({
      replies: Array.from({ length: 30 }, () => hello),
      hooks: [always('Stop', { decision: 'block', reason: 'more' })],
    });
    expect(await harness.ask('go')).toMatchObject({ subtype: 'success', num_turns: 21 });
    expect(warnings(harness)).toEqual(['Hooks made the turn go on 20 times. Now it has been ended.']);
  });

  it('cannot make it go on beyond the limit on requests', async () => {
    const harness = await createHookHarness({
      replies: [hello, hello],
      hooks: [always('Stop', { decision: 'block', reason: 'more' })],
      options: { maxTurns: 2 },
    });
    expect(await harness.ask('go')).toMatchObject({ subtype: 'error_max_turns', num_turns: 2 });
  });

  it('ends the turn with `continue: false`, though another wants to go on', async () => {
    const harness = await createHookHarness({
      replies: [hello],
      hooks: [
        always('Stop', { decision: 'block', reason: 'more' }),
        always('Stop', { continue: false, stopReason: 'enough' }),
      ],
    });
    expect(await harness.ask('go')).toMatchObject({
      subtype: 'success',
      terminal_reason: 'stop_hook_prevented',
    });
    expect(warnings(harness)).toEqual(['A hook has ended the turn: enough']);
  });

  it('is not kept going by a failure, even one that is to block', async () => {
    const harness = await createHookHarness({
      replies: [hello],
      hooks: [{ event: 'Stop', onFailure: 'block', answer: () => 'garbage' }],
    });
    expect(await harness.ask('go')).toMatchObject({ subtype: 'success', num_turns: 1 });
  });

  it('is not asked when the turn failed', async () => {
    const harness = await createHookHarness({
      replies: [
        async function* () {
          yield messageStart();
          throw new Error('the stream broke');
        },
      ],
      hooks: [always('Stop', { decision: 'block', reason: 'more' })],
    });
    expect(await harness.ask('go')).toMatchObject({ is_error: true });
    expect(harness.heard).toEqual([]);
  });

  it('is cancelled when the turn is stopped', async () => {
    const hanging = createHangingHook('Stop');
    const harness = await createHookHarness({ replies: [hello], hooks: [hanging.hook] });
    expect(await stopDuring(harness, hanging.begun)).toMatchObject({ interrupted: true });
    expect(hanging.state.isCancelled).toBe(true);
  });
});

describe('a turn that is stopped', () => {
  const look = fakeTool({ name: 'Look', run: async () => 'seen' });
  const asksLook = reply([call('t1', 'Look')]);

  it('cancels a PreToolUse hook, and the call is not run', async () => {
    const hanging = createHangingHook('PreToolUse');
    const harness = await createHookHarness({
      replies: [asksLook, hello],
      tools: [look],
      hooks: [hanging.hook],
    });
    expect(await stopDuring(harness, hanging.begun)).toMatchObject({ interrupted: true });
    expect(hanging.state.isCancelled).toBe(true);
    await harness.ask('go on');
    expect(resultsOf(harness.model.requests[1]?.messages[2]?.content ?? [])).toMatchObject([
      { isError: true, content: expect.stringContaining('Interrupted') },
    ]);
  });

  it('cancels a PostToolUse hook, and the outcome of the call stands', async () => {
    const hanging = createHangingHook('PostToolUse');
    const harness = await createHookHarness({
      replies: [asksLook, hello],
      tools: [look],
      hooks: [hanging.hook],
    });
    await stopDuring(harness, hanging.begun);
    await harness.ask('go on');
    expect(resultsOf(harness.model.requests[1]?.messages[2]?.content ?? [])).toEqual([
      { isError: false, content: 'seen' },
    ]);
  });

  it('goes on with the next prompt as if nothing had been', async () => {
    const hanging = createHangingHook('PermissionRequest');
    const change = fakeTool({
      name: 'Change',
      readOnly: false,
      effects: [{ kind: 'write', path: '/w/a' }],
      run: async () => 'changed',
    });
    const harness = await createHookHarness({
      replies: [reply([call('t1', 'Change')]), hello],
      tools: [change],
      hooks: [hanging.hook],
    });
    await stopDuring(harness, hanging.begun);
    expect(await harness.ask('go on')).toMatchObject({ subtype: 'success', result: 'hello' });
    expect(harness.questions).toEqual([]);
  });
});

describe('hooks and several calls of one reply', () => {
  it('say what they have to say behind all results, so that every call is answered first', async () => {
    const look = fakeTool({ name: 'Look', run: async ({ at }) => `seen ${String(at)}` });
    const harness = await createHookHarness({
      replies: [reply([call('t1', 'Look', { at: 1 }), call('t2', 'Look', { at: 2 })]), hello],
      tools: [look],
      hooks: [
        {
          event: 'PostToolUse',
          answer: ({ tool_response }) => context('PostToolUse', `after ${String(tool_response)}`),
        },
      ],
    });
    await harness.ask('go');
    const blocks = lastBlocks(harness, 2);
    expect(blocks.map(({ type }) => type)).toEqual(['tool_result', 'tool_result', 'text', 'text']);
    expect(textsOf(blocks)).toEqual([
      'A PostToolUse hook says:\nafter seen 1',
      'A PostToolUse hook says:\nafter seen 2',
    ]);
  });

  it('let the other calls of the reply end before the turn does', async () => {
    const ran: unknown[] = [];
    const look = fakeTool({
      name: 'Look',
      async run({ at }) {
        ran.push(at);
        return 'seen';
      },
    });
    const isResult = (message: ConversationMessage): boolean =>
      message.type === 'user' && message.tool_use_result !== undefined;
    const harness = await createHookHarness({
      replies: [reply([call('t1', 'Look', { at: 1 }), call('t2', 'Look', { at: 2 })])],
      tools: [look],
      hooks: [
        {
          event: 'PreToolUse',
          answer: ({ tool_use_id }) => (tool_use_id === 't1' ? { continue: false, stopReason: 'no' } : {}),
        },
      ],
    });
    expect(await harness.ask('go')).toMatchObject({ terminal_reason: 'hook_stopped' });
    expect(ran).toEqual([2]);
    expect(harness.messages.filter(isResult)).toHaveLength(2);
  });
});
