// What a person says and does while a turn runs, and what becomes of messages that wait.

import { afterEach, describe, expect, it } from 'vitest';
import type { ContentBlock } from '../../../../src/protocol/blocks.ts';
import type { ConversationMessage } from '../../../../src/protocol/messages.ts';
import { createHarness, fakeTool, type Harness, type HarnessOptions } from '../../../support/agentHarness.ts';
import { createMemoryTranscripts, type MemoryTranscripts } from '../../../support/memoryTranscripts.ts';
import { reply } from '../../../support/scriptedModel.ts';

const text = (value: string): ContentBlock => ({ type: 'text', text: value });
const look: ContentBlock = { type: 'tool_use', id: 't1', name: 'Look', input: {} };

const harnesses: Harness[] = [];
afterEach(() => Promise.all(harnesses.splice(0).map(({ agent }) => agent.close())));

function start(setup: HarnessOptions): Harness {
  const harness = createHarness(setup);
  harnesses.push(harness);
  return harness;
}

/** A session in which a call runs until `answer` is called. */
async function startBusy(setup: Partial<HarnessOptions> = {}) {
  let answer = (): void => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const tool = fakeTool({
    name: 'Look',
    async run() {
      await answered;
      return 'seen';
    },
  });
  const replies = [reply([look]), reply([text('I see.')]), reply([text('Next.')])];
  const harness = start({ replies, ...setup, tools: [tool, ...(setup.tools ?? [])] });
  await harness.send('Look at it');
  await harness.until((m): m is ConversationMessage => m.type === 'tool_progress');
  return { harness, answer };
}

/** What the model was sent with its n-th request (from 1), message by message. */
function sentWith(harness: Harness, request: number): readonly string[] {
  return (harness.model.requests[request - 1]?.messages ?? []).map(({ role, content }) => {
    const said = content.map((block) => (block.type === 'text' ? block.text : block.type));
    return `${role}: ${said.join(' | ')}`;
  });
}

/** What waits, as the client was last told. */
function waiting(harness: Harness): unknown {
  const told = harness.ofType('system').filter((m) => m.subtype === 'belay/queue_changed');
  return told.at(-1)?.queued;
}

const change = (harness: Harness, message_uuid: string, what: object) =>
  harness.peer.request('belay/queue_change', { message_uuid, change: what as never });

describe('a message that is sent now', () => {
  it('reaches the model with the results of the calls that run, in the same turn', async () => {
    const { harness, answer } = await startBusy();
    await harness.send('Later');
    await harness.send('Mind the roof', { priority: 'now' });
    answer();
    expect(await harness.result(1)).toMatchObject({ result: 'I see.', num_turns: 2 });
    expect(sentWith(harness, 2)).toEqual([
      'user: Look at it',
      'assistant: tool_use',
      'user: tool_result | Mind the roof',
    ]);
    expect(await harness.result(2)).toMatchObject({ result: 'Next.' });
    expect(sentWith(harness, 3).slice(3)).toEqual(['assistant: I see.', 'user: Later']);
  });

  it('can be one that has waited', async () => {
    const { harness, answer } = await startBusy();
    await harness.send('First');
    await harness.send('Second');
    expect(await change(harness, 'user-3', { kind: 'now' })).toEqual({ changed: true });
    expect(waiting(harness)).toEqual([
      { uuid: 'user-3', text: 'Second', is_now: true },
      { uuid: 'user-2', text: 'First', is_now: false },
    ]);
    answer();
    await harness.result(2);
    expect(sentWith(harness, 2).at(-1)).toBe('user: tool_result | Second');
    expect(sentWith(harness, 3).at(-1)).toBe('user: First');
  });

  it('is the next turn where no call is left to run, and so is a command', async () => {
    const { harness, answer } = await startBusy();
    await harness.send('/cost', { priority: 'now' });
    answer();
    expect(await harness.result(1)).toMatchObject({ result: 'I see.' });
    expect((await harness.result(2)).result).toContain('The session has cost');
    expect(sentWith(harness, 2).at(-1)).toBe('user: tool_result');
  });
});

describe('messages that wait', () => {
  it('can be changed, moved and taken back; what is gone can not', async () => {
    const { harness, answer } = await startBusy();
    const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } };
    await harness.send('', { message: { role: 'user', content: [picture, text('One')] } });
    await harness.send('Two');
    await harness.send('Three');
    expect(await change(harness, 'user-2', { kind: 'text', text: 'Uno' })).toEqual({ changed: true });
    expect(await change(harness, 'user-4', { kind: 'place', before: 'user-2' })).toEqual({ changed: true });
    expect(await change(harness, 'user-3', { kind: 'place', before: 'gone' })).toEqual({ changed: false });
    expect(await change(harness, 'user-1', { kind: 'now' })).toEqual({ changed: false });
    expect(await change(harness, 'user-4', { kind: 'place', before: null })).toEqual({ changed: true });
    expect(waiting(harness)).toMatchObject([{ text: 'Uno' }, { text: 'Two' }, { text: 'Three' }]);
    answer();
    await harness.result(2);
    expect(sentWith(harness, 3).at(-1)).toBe('user: image | Uno');
  });
});

const bash = (ran: string[], command = 'npm test') =>
  fakeTool({
    name: 'Bash',
    readOnly: false,
    effects: [{ kind: 'execute', command, cwd: '/w' }],
    async run(input) {
      ran.push(String(input.command));
      return '2 passed';
    },
  });

/** As if the process had ended right behind the line of this type, or of the message with this uuid. */
function cutBehind(transcripts: MemoryTranscripts, last: string): void {
  const lines = transcripts.lines('session');
  const end = lines.findIndex(({ type, uuid }) => type === last || uuid === last);
  transcripts.setText(
    'session',
    lines
      .slice(0, end + 1)
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(''),
  );
}

describe('a command that a person types', () => {
  it('runs without a question, and the model reads its output with the next message', async () => {
    const ran: string[] = [];
    const transcripts = createMemoryTranscripts();
    const harness = start({ replies: [reply([text('Fine.')])], tools: [bash(ran)], transcripts });
    await harness.send('! npm test', { belay_input: 'command' });
    await harness.result(1);
    expect([ran, harness.questions, harness.model.requests]).toEqual([['npm test'], [], []]);
    expect(harness.messages).toContainEqual(
      expect.objectContaining({ subtype: 'local_command_output', content: '2 passed', is_terminal: true }),
    );
    await harness.ask('And?');
    expect(sentWith(harness, 1)).toEqual([
      'user: ! npm test | The user has run a command by themselves:\n$ npm test\n\n2 passed | And?',
    ]);
    await harness.agent.close();
    const again = start({ replies: [], transcripts, options: { resume: true } });
    const shown = await again.until(
      (m): m is ConversationMessage => m.type === 'system' && m.subtype === 'local_command_output',
    );
    expect(shown).toMatchObject({ content: '2 passed', is_terminal: true });
  });

  it('tells what it puts out while it runs, under an id that goes with the message', async () => {
    const harness = start({ replies: [], tools: [bash([])] });
    await harness.send('!npm test', { belay_input: 'command', uuid: 'typed-1' });
    await harness.result(1);
    const ids = harness.ofType('tool_progress').map(({ tool_use_id }) => tool_use_id);
    expect(new Set(ids)).toEqual(new Set(['toolu_typed-1']));
    expect(harness.messages).toContainEqual(
      expect.objectContaining({ subtype: 'local_command_output', tool_use_id: 'toolu_typed-1' }),
    );
  });

  it.each([
    ['while it ran', true, 'It may have run wholly, in part, or not at all'],
    ['before it ran', false, 'It did not run.'],
  ])('that was cut off with the process %s is told as that, once', async (_when, hasStarted, said) => {
    const transcripts = createMemoryTranscripts();
    const first = start({ replies: [reply([text('Fine.')])], tools: [bash([])], transcripts });
    await first.ask('Hello');
    await first.send('!npm test', { belay_input: 'command', uuid: 'typed-1' });
    await first.result(2);
    await first.agent.close();
    cutBehind(transcripts, hasStarted ? 'belay/tool_started' : 'typed-1');
    const again = start({
      replies: [reply([text('I see.')])],
      ...{ transcripts, uuidPrefix: 'again' },
      options: { resume: true },
    });
    await again.ask('And?');
    const told = again.ofType('system').filter((m) => m.subtype === 'local_command_output');
    expect(told).toMatchObject([{ is_cut_off: true, tool_use_id: 'toolu_typed-1' }]);
    expect(JSON.stringify(told)).toContain(said);
    expect(sentWith(again, 1).at(-1)).toContain(
      'The user has run a command by themselves:\n$ npm test\n\nBelay was stopped',
    );
    await again.agent.close();
    const third = start({ replies: [], transcripts, options: { resume: true } });
    await third.until(
      (m): m is ConversationMessage => 'subtype' in m && m.subtype === 'session_state_changed',
    );
    expect(third.ofType('system').filter((m) => m.subtype === 'local_command_output')).toHaveLength(1);
  });

  it('runs in the middle of a turn', async () => {
    const ran: string[] = [];
    const { harness, answer } = await startBusy({ tools: [bash(ran)] });
    await harness.send('!npm test', { belay_input: 'command', priority: 'next' });
    answer();
    await harness.result(1);
    expect(sentWith(harness, 2).at(-1)).toContain('tool_result | !npm test | The user has run a command');
    expect(ran).toEqual(['npm test']);
  });

  it('is denied by a rule like any other, and asked about where a rule asks', async () => {
    for (const behavior of ['deny', 'ask'] as const) {
      const ran: string[] = [];
      const rules = [{ toolName: 'Bash', ruleContent: 'npm test', behavior, layer: 'policy' } as const];
      const harness = start({
        replies: [],
        tools: [bash(ran)],
        options: { rules },
        onQuestion: async () => ({ behavior: 'deny', message: 'no' }),
      });
      await harness.send('!npm test', { belay_input: 'command' });
      await harness.result(1);
      expect([ran, harness.questions.length]).toEqual([[], behavior === 'ask' ? 1 : 0]);
    }
  });

  it('is a message when its exclamation mark was taken away while it waited', async () => {
    const ran: string[] = [];
    const { harness, answer } = await startBusy({ tools: [bash(ran)] });
    await harness.send('!npm test', { belay_input: 'command' });
    await harness.send('!npm test', { belay_input: 'command' });
    await change(harness, 'user-2', { kind: 'text', text: 'rm what is in build, please' });
    await change(harness, 'user-3', { kind: 'text', text: ' !npm run test' });
    answer();
    await harness.result(3);
    expect(ran).toEqual(['npm run test']);
    expect(sentWith(harness, 3).at(-1)).toBe('user: rm what is in build, please');
  });

  it('that is none but marked so by nobody is a prompt', async () => {
    const harness = start({ replies: [reply([text('Hm.')])], tools: [bash([])] });
    await harness.ask('!important');
    expect(sentWith(harness, 1)).toEqual(['user: !important']);
  });

  it('that is stopped says so', async () => {
    const waits = fakeTool({
      name: 'Bash',
      run: (_input, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    });
    const harness = start({ replies: [], tools: [waits] });
    await harness.send('!sleep 99', { belay_input: 'command' });
    await harness.until((m): m is ConversationMessage => m.type === 'tool_progress');
    await harness.peer.request('interrupt', {});
    expect(await harness.result(1)).toMatchObject({ interrupted: true });
    expect(harness.messages).toContainEqual(
      expect.objectContaining({ content: '(stopped before it ended)', is_terminal: true }),
    );
  });
});
