import { describe, expect, test } from 'vitest';
import {
  EMPTY_MODEL,
  EMPTY_TOOL_RUN,
  getThread,
  type Item,
  type PanelModel,
} from '../../../webview/state/panelModel.ts';
import { reduce, reduceAll } from '../../../webview/state/reduce.ts';
import * as say from '../../support/panelHarness/conversation.ts';

const NOW = 1_000_000;

function modelOf(messages: readonly unknown[], start: PanelModel = EMPTY_MODEL): PanelModel {
  return messages.reduce<PanelModel>((model, message) => reduce(model, message, NOW), start);
}

function itemsOf(model: PanelModel, thread = ''): readonly Item[] {
  return getThread(model, thread).items;
}

function kindsOf(model: PanelModel): readonly string[] {
  return itemsOf(model).map(({ kind }) => kind);
}

describe('a conversation', () => {
  test('is what was said, in order', () => {
    const model = modelOf([say.userSays('Hello', 'u1'), say.assistantSays('m1', [say.text('Hi')])]);
    expect(itemsOf(model)).toEqual([
      { kind: 'user', key: 'user:u1', uuid: 'u1', blocks: [{ type: 'text', text: 'Hello' }] },
      {
        kind: 'reply',
        key: 'reply:m1',
        reply: {
          id: 'm1',
          model: 'claude-sonnet-5-5',
          blocks: [{ block: { type: 'text', text: 'Hi' }, isOpen: false }],
          isLive: false,
          isAborted: false,
          stopReason: 'end_turn',
        },
      },
    ]);
  });

  test('comes out the same in one batch as one by one, and leaves earlier models as they were', () => {
    const messages = [
      say.userSays('Hello', 'u1'),
      say.assistantSays('m1', [say.toolUse('t1', 'Read', { file_path: 'a' })]),
      say.toolResult('t1', 'content'),
      say.turnEnds('r1'),
      say.usageIs(10, 0.5),
    ];
    const first = reduce(EMPTY_MODEL, messages[0], NOW);
    const whole = reduceAll(first, messages.slice(1), NOW);
    expect(whole).toEqual(modelOf(messages));
    expect(first).toEqual(reduce(EMPTY_MODEL, messages[0], NOW));
    expect(EMPTY_MODEL.threads.size).toBe(0);
  });

  test('takes a message with a known id as another version of it', () => {
    const model = modelOf([
      say.userSays('Hello', 'u1'),
      say.assistantSays('m1', [say.text('Hi')]),
      say.userSays('Hello again', 'u1'),
      say.assistantSays('m1', [say.text('Hi there')]),
    ]);
    expect(itemsOf(model)).toEqual(
      itemsOf(modelOf([say.userSays('Hello again', 'u1'), say.assistantSays('m1', [say.text('Hi there')])])),
    );
  });

  test('leaves out what the agent wrote itself, and what it does not know', () => {
    const problems: string[] = [];
    const model = reduceAll(
      EMPTY_MODEL,
      [
        { ...(say.userSays('nudge', 'u1') as object), isSynthetic: true },
        { type: 'system', subtype: 'from_the_future' },
        { type: 'assistant' },
        null,
      ],
      NOW,
      (problem) => problems.push(problem),
    );
    expect(model).toEqual(EMPTY_MODEL);
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'unknown message from_the_future',
      'invalid assistant',
      'invalid message',
    ]);
  });

  test('keeps what a subagent says under the call that started it', () => {
    const inner = { ...(say.assistantSays('m2', [say.text('inner')]) as object), parent_tool_use_id: 't1' };
    const model = modelOf([say.assistantSays('m1', [say.toolUse('t1', 'Agent', {})]), inner]);
    expect(kindsOf(model)).toEqual(['reply']);
    expect(itemsOf(model, 't1').map(({ key }) => key)).toEqual(['reply:m2']);
  });
});

describe('a reply in flight', () => {
  const streamed = [
    say.startReply('m1'),
    say.startBlock(0, say.text('')),
    say.addText(0, 'Hel'),
    say.addText(0, 'lo'),
  ];
  const live = (model: PanelModel) => getThread(model, '').live;

  test('grows with its deltas and is no item yet', () => {
    const model = modelOf(streamed);
    expect(itemsOf(model)).toEqual([]);
    expect(live(model)?.reply).toEqual({
      id: 'm1',
      model: 'claude-sonnet-5-5',
      blocks: [{ block: { type: 'text', text: 'Hello' }, isOpen: true, partialInput: undefined }],
      isLive: true,
      isAborted: false,
      stopReason: null,
    });
  });

  test('keeps the identity of blocks that do not change', () => {
    const first = modelOf([...streamed, say.endBlock(0), say.startBlock(1, say.text(''))]);
    const second = reduce(first, say.addText(1, 'more'), NOW);
    expect(live(second)?.reply.blocks[0]).toBe(live(first)?.reply.blocks[0]);
    expect(live(second)?.reply.blocks[1]).not.toBe(live(first)?.reply.blocks[1]);
  });

  test('shows a tool input while it is written', () => {
    const model = modelOf([
      say.startReply('m1'),
      say.startBlock(0, say.toolUse('t1', 'Write', {})),
      say.addInput(0, '{"file_path":"a.ts","content":"line 1\\nli'),
    ]);
    expect(live(model)?.reply.blocks[0]).toMatchObject({
      isOpen: true,
      partialInput: { file_path: 'a.ts', content: 'line 1\nli' },
    });
  });

  test('gives way to the whole message, but for how long its thoughts took', () => {
    const start = reduceAll(
      EMPTY_MODEL,
      [say.startReply('m1'), say.startBlock(0, say.thinking('')), say.addThinking(0, 'hm')],
      NOW,
    );
    const thought = reduce(start, say.endBlock(0), NOW + 3_000);
    const model = reduce(
      thought,
      say.assistantSays('m1', [say.thinking('hmm'), say.text('Yes')]),
      NOW + 4_000,
    );
    expect(live(model)).toBeNull();
    expect(itemsOf(model)).toMatchObject([
      {
        reply: {
          blocks: [{ block: { thinking: 'hmm' }, durationMs: 3_000 }, { block: { text: 'Yes' } }],
          isLive: false,
        },
      },
    ]);
  });

  test('is dropped when it is discarded or contradicts itself', () => {
    expect(
      live(
        modelOf([
          ...streamed,
          say.systemSays('belay/reply_discarded', { message_id: 'm1', reason: 'overloaded' }),
        ]),
      ),
    ).toBeNull();
    expect(
      live(
        modelOf([...streamed, say.systemSays('belay/reply_discarded', { message_id: 'other', reason: 'x' })]),
      ),
    ).not.toBeNull();
    expect(live(modelOf([...streamed, say.addText(7, 'nowhere')]))).toBeNull();
    expect(live(modelOf([say.addText(0, 'before any start')]))).toBeNull();
  });

  test('of a subagent is dropped when it is discarded, and the main one stays', () => {
    const nested = streamed.map((message) => Object.assign({}, message, { parent_tool_use_id: 'a1' }));
    const model = modelOf([
      ...streamed,
      ...nested,
      say.systemSays('belay/reply_discarded', {
        message_id: 'm1',
        reason: 'overloaded',
        parent_tool_use_id: 'a1',
      }),
    ]);
    expect(getThread(model, 'a1').live).toBeNull();
    expect(live(model)).not.toBeNull();
  });

  test('that never ended stays, marked incomplete, when the turn ends', () => {
    const model = modelOf([...streamed, say.turnEnds('r1', { is_error: true })]);
    expect(kindsOf(model)).toEqual(['reply', 'turn_end']);
    expect(itemsOf(model)[0]).toMatchObject({
      reply: { isAborted: true, isLive: false, blocks: [{ isOpen: false }] },
    });
  });
});

describe('a tool call', () => {
  test('gathers progress, result, changed files and denial', () => {
    const files = [{ path: 'a', change: 'modified', insertions: 1, deletions: 0 }];
    const model = modelOf([
      say.toolRuns('t1', 'Bash', { output: 'one\n', title: 'Run it' }),
      say.toolRuns('t1', 'Bash', { output: 'two\n', elapsed_time_seconds: 2 }),
      say.systemSays('belay/checkpoint_created', {
        id: 'c',
        tool_use_id: 't1',
        user_message_id: 'u1',
        files,
        origin: 'shell',
      }),
      say.toolResult('t1', 'done', { tool_use_result: { exitCode: 0 } }),
      say.systemSays('permission_denied', {
        tool_name: 'Bash',
        tool_use_id: 't2',
        message: 'no',
        decision_reason: 'a rule',
      }),
    ]);
    expect(model.tools.get('t1')).toEqual({
      ...EMPTY_TOOL_RUN,
      title: 'Run it',
      output: 'one\ntwo\n',
      elapsedSeconds: 2,
      result: { type: 'tool_result', tool_use_id: 't1', content: 'done' },
      details: { exitCode: 0 },
      files,
      diffSince: 'u1',
    });
    expect(model.tools.get('t2')).toEqual({ ...EMPTY_TOOL_RUN, denial: 'a rule' });
    expect(itemsOf(model)).toEqual([]);
  });

  test('keeps only the end of endless output', () => {
    const chunk = 'x'.repeat(150_000);
    const run = modelOf([
      say.toolRuns('t1', 'Bash', { output: chunk }),
      say.toolRuns('t1', 'Bash', { output: `${chunk}end` }),
    ]).tools.get('t1');
    expect(run?.output.length).toBe(200_000);
    expect(run?.output.endsWith('end')).toBe(true);
    expect(run?.outputCut).toBe(100_003);
  });

  test('may have an id that is a word of the language', () => {
    const model = modelOf([say.toolResult('__proto__', 'a'), say.toolResult('constructor', 'b')]);
    expect(model.tools.get('__proto__')?.result?.content).toBe('a');
    expect(model.tools.get('constructor')?.result?.content).toBe('b');
    expect(({} as Record<string, unknown>).result).toBeUndefined();
  });
});

describe('the state of the session', () => {
  test('follows activity, status and retries', () => {
    const waiting = modelOf([say.stateIs('running'), say.systemSays('status', { status: 'requesting' })]);
    expect(waiting).toMatchObject({ activity: 'running', status: 'requesting', retry: null });
    const retrying = reduce(
      waiting,
      say.systemSays('api_retry', {
        attempt: 1,
        max_retries: 10,
        retry_delay_ms: 500,
        error_status: 429,
        error: 'rate_limit',
      }),
      NOW,
    );
    expect(retrying.retry).toEqual({
      attempt: 1,
      maxRetries: 10,
      until: NOW + 500,
      error: 'rate_limit',
      status: 429,
    });
    const streaming = reduce(retrying, say.startReply('m1'), NOW);
    expect(streaming).toMatchObject({ status: null, retry: null });
    expect(reduce(streaming, say.turnEnds('r1'), NOW)).toMatchObject({ activity: 'idle', status: null });
  });

  test('takes mode and model from status, and everything from the host', () => {
    const start: PanelModel = { ...EMPTY_MODEL, host: say.buildState() };
    const model = reduce(
      start,
      say.systemSays('status', { status: null, permissionMode: 'plan', model: 'claude-opus-5-5' }),
      NOW,
    );
    expect(model.host).toEqual({ ...say.buildState(), permission_mode: 'plan', model: 'claude-opus-5-5' });
    const state = say.buildState({ title: 'Other' });
    expect(reduce(model, { type: 'system', subtype: 'belay/panel_state', state }, NOW).host).toEqual(state);
  });

  test('counts what was spent', () => {
    expect(modelOf([say.usageIs(38_000, 0.04, false)]).spending).toEqual({
      contextTokens: 38_000,
      contextWindow: 200_000,
      totalUsd: 0.04,
      isCostKnown: false,
    });
  });

  test('lists queued messages: those of the agent, then those it has not answered for', () => {
    const start: PanelModel = {
      ...EMPTY_MODEL,
      queue: [
        { uuid: 'q1', text: 'mine', isAcknowledged: false, isNow: false },
        { uuid: 'q2', text: 'mine too', isAcknowledged: false, isNow: false },
      ],
    };
    const queued = reduce(
      start,
      say.systemSays('belay/queue_changed', { queued: [{ uuid: 'q1', text: 'mine' }] }),
      NOW,
    );
    expect(queued.queue).toEqual([
      { uuid: 'q1', text: 'mine', isAcknowledged: true, isNow: false },
      { uuid: 'q2', text: 'mine too', isAcknowledged: false, isNow: false },
    ]);
    expect(reduce(queued, say.userSays('mine', 'q1'), NOW).queue.map(({ uuid }) => uuid)).toEqual(['q2']);
  });

  test('knows tasks in the background until they end', () => {
    const started = modelOf([
      say.systemSays('task_started', { task_id: 'b1', description: 'npm run watch', tool_use_id: 't1' }),
    ]);
    expect(started.tasks).toEqual([{ id: 'b1', description: 'npm run watch', toolUseId: 't1' }]);
    const ended = reduce(
      started,
      say.systemSays('task_notification', {
        task_id: 'b1',
        status: 'failed',
        output_file: '',
        summary: 'It broke',
      }),
      NOW,
    );
    expect(ended.tasks).toEqual([]);
    expect(itemsOf(ended)).toMatchObject([
      { notice: { kind: 'task', status: 'failed', summary: 'It broke' } },
    ]);
  });
});

describe('a rewind', () => {
  const conversation = [
    say.userSays('one', 'u1'),
    say.assistantSays('m1', [say.text('1')]),
    say.userSays('two', 'u2'),
    say.assistantSays('m2', [say.text('2')]),
  ];
  const rewound = say.systemSays('belay/files_rewound', {
    user_message_id: 'u2',
    redo: false,
    restored: ['a'],
    conflicted: [],
    skipped: [],
    can_redo: true,
  });

  test('of the conversation drops the message and all after it', () => {
    const model = modelOf([
      ...conversation,
      say.startReply('m3'),
      say.systemSays('belay/conversation_rewound', { user_message_id: 'u2' }),
    ]);
    expect(itemsOf(model).map(({ key }) => key)).toEqual([
      'user:u1',
      'reply:m1',
      expect.stringMatching(/^notice:/),
    ]);
    expect(getThread(model, '').live).toBeNull();
  });

  test('of files and conversation keeps the report on the files', () => {
    const model = modelOf([
      ...conversation,
      rewound,
      say.systemSays('belay/conversation_rewound', { user_message_id: 'u2' }),
    ]);
    expect(itemsOf(model).slice(2)).toMatchObject([
      { notice: { kind: 'files_rewound' } },
      { notice: { kind: 'conversation_rewound' } },
    ]);
  });

  test('of an unknown message changes nothing', () => {
    const model = modelOf(conversation);
    expect(
      itemsOf(reduce(model, say.systemSays('belay/conversation_rewound', { user_message_id: 'u9' }), NOW)),
    ).toEqual(itemsOf(model));
  });

  test('that is taken back leaves no trace: the messages come again', () => {
    const model = modelOf([
      ...conversation,
      say.systemSays('belay/conversation_rewound', { user_message_id: 'u2' }),
      say.systemSays('belay/conversation_restored', { user_message_id: 'u2' }),
      ...conversation.slice(2),
    ]);
    expect(itemsOf(model)).toEqual(itemsOf(modelOf(conversation)));
  });

  test('asked for by the host opens the dialog, each time anew', () => {
    const ask = { type: 'system', subtype: 'belay/rewind_ask', user_message_id: 'u1', text: 'One' };
    expect(modelOf([ask, ask]).rewindAsked).toEqual({
      userMessageId: 'u1',
      text: 'One',
      targets: null,
      title: null,
      count: 2,
    });
    expect(modelOf([{ type: 'system', subtype: 'belay/composer_focus', text: 'hi' }]).focusAsked).toEqual({
      text: 'hi',
      count: 1,
    });
  });
});
