import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { itemKey } from '../../../src/protocol/itemKey.ts';
import { type ConversationMessage, parseConversationMessage } from '../../../src/protocol/messages.ts';
import { ConversationLog } from '../../../src/vscode/conversationLog.ts';
import { forgetItem, trimEnd, trimStart } from '../../../webview/state/pages.ts';
import { EMPTY_MODEL, getThread, type PanelModel } from '../../../webview/state/panelModel.ts';
import { reduceAll } from '../../../webview/state/reduce.ts';
import * as say from '../../support/panelHarness/conversation.ts';
import { buildLongConversation } from '../../support/panelHarness/longConversation.ts';

const NOW = 1_000_000;
const said = buildLongConversation(1_350);
const whole = reduceAll(EMPTY_MODEL, said, NOW);

function keysOf(model: PanelModel): readonly string[] {
  return getThread(model, '').items.map(({ key }) => key);
}

function openLog(): ConversationLog {
  const log = new ConversationLog({ sessionId: 's', now: () => NOW });
  for (const message of said) {
    const parsed = parseConversationMessage(message);
    if (parsed.kind === 'message') log.add(parsed.message);
  }
  return log;
}

type Request = Parameters<ConversationLog['page']>[0];

function load(log: ConversationLog, model: PanelModel, request: Request = {}): PanelModel {
  const { before, after, around } = request;
  const at = before !== undefined ? 'start' : after !== undefined ? 'end' : 'all';
  const page = { type: 'system', subtype: 'belay/page_loaded', at, key: before ?? after ?? around ?? null };
  return reduceAll(model, [{ ...page, ...log.page(request) }], NOW);
}

describe('the keys of items', () => {
  test('are the same for host and panel', () => {
    const keys = said.map((message) => itemKey(message as ConversationMessage)).filter((key) => key !== null);
    expect(keysOf(whole)).toEqual(keys);
  });
});

describe('the part of a conversation that is held', () => {
  test('is, whatever was read and forgotten, the same as that part of the whole', () => {
    const log = openLog();
    const steps = fc.array(fc.constantFrom('up', 'down', 'end', 'far', 'trim up', 'trim down'), {
      maxLength: 30,
    });
    const keys = keysOf(whole);
    fc.assert(
      fc.property(steps, fc.nat(keys.length - 1), (walk, place) => {
        let model = load(log, EMPTY_MODEL);
        for (const step of walk) {
          const held = keysOf(model);
          if (step === 'up') model = load(log, model, { before: held[0] });
          else if (step === 'down') model = load(log, model, { after: held.at(-1) });
          else if (step === 'end') model = load(log, model);
          else if (step === 'far') model = load(log, model, { around: keys[place] });
          else model = step === 'trim up' ? trimStart(model, 40) : trimEnd(model, 40);
        }
        const held = getThread(model, '').items;
        const from = keys.indexOf(held[0]?.key ?? '');
        expect(held).toEqual(getThread(whole, '').items.slice(from, from + held.length));
        expect(model.hasEarlier).toBe(from > 0);
        expect(model.hasLater).toBe(from + held.length < keys.length);
        for (const item of held) {
          if (item.kind !== 'reply') continue;
          for (const { block } of item.reply.blocks)
            if (block.type === 'tool_use')
              expect(model.tools.get(block.id)).toEqual(whole.tools.get(block.id));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('forgets the calls and subagents of what it forgets', () => {
    const sub = (id: string, text: string) =>
      say.assistantSays(id, [say.text(text)], { parent_tool_use_id: 'task' });
    const model = reduceAll(
      EMPTY_MODEL,
      [
        say.userSays('one', 'u1'),
        say.assistantSays('m1', [say.toolUse('task', 'Agent', {})]),
        sub('s1', 'inner'),
        say.toolResult('task', 'done'),
        say.userSays('two', 'u2'),
      ],
      NOW,
    );
    expect([...model.threads.keys()]).toEqual(['', 'task']);
    const trimmed = trimStart(model, 1);
    expect(keysOf(trimmed)).toEqual(['user:u2']);
    expect([...trimmed.threads.keys()]).toEqual(['']);
    expect(trimmed.tools.size).toBe(0);
    expect([...trimEnd(model, 2).threads.keys()]).toEqual(['', 'task']);
  });

  test('takes nothing that is said below another part, but its state', () => {
    const log = openLog();
    const start = load(log, EMPTY_MODEL, { around: 'user:u-10' });
    const model = reduceAll(
      start,
      [say.stateIs('running'), say.startReply('live'), say.assistantSays('new', [say.text('Hi')])],
      NOW,
    );
    expect(keysOf(model)).toEqual(keysOf(start));
    expect(getThread(model, '').live).toBeNull();
    expect(model.activity).toBe('running');
  });

  test('is not changed by a page that no longer fits it', () => {
    const log = openLog();
    const model = load(log, EMPTY_MODEL);
    const [first] = keysOf(model);
    const loaded = load(log, model, { before: first });
    expect(load(log, loaded, { before: first })).toEqual(loaded);
    const far = load(log, model, { around: 'user:u-10' });
    expect(load(log, far, { after: 'user:u-99' })).toEqual(far);
  });

  test('goes on without an item at its end that the host does not know', () => {
    const log = openLog();
    const model = load(log, EMPTY_MODEL, { around: 'user:u-10' });
    const thread = getThread(model, '');
    const broken = { kind: 'user', key: 'user:broken', uuid: 'broken', blocks: [] } as const;
    const threads = new Map([...model.threads, ['', { ...thread, items: [...thread.items, broken] }]]);
    const mended = forgetItem({ ...model, threads }, 'user:broken');
    expect(mended).toEqual(model);
    expect(keysOf(load(log, mended, { after: keysOf(mended).at(-1) })).length).toBeGreaterThan(
      keysOf(model).length,
    );
    const alone = { ...EMPTY_MODEL, threads: new Map([['', { items: [broken], live: null }]]) };
    expect(forgetItem(alone, 'user:broken').isStale).toBe(true);
  });

  test('is to be asked for anew when what was rewound to is not in it', () => {
    const log = openLog();
    const model = load(log, EMPTY_MODEL);
    const rewound = say.systemSays('belay/conversation_rewound', { user_message_id: 'u-3' });
    expect(reduceAll(model, [rewound], NOW).isStale).toBe(true);
    expect(load(log, reduceAll(model, [rewound], NOW)).isStale).toBe(false);
  });

  test('keeps the newest todo list, also when it is not in it', () => {
    const todos = [{ content: 'Look', status: 'pending', activeForm: 'Looking' }];
    const written = say.assistantSays('todo', [say.toolUse('t', 'TodoWrite', { todos })]);
    const model = reduceAll(EMPTY_MODEL, [written, ...said], NOW);
    expect(trimStart(model, 5).todos).toEqual({ todos });
  });
});
