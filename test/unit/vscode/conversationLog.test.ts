import { describe, expect, it } from 'vitest';
import { itemKey } from '../../../src/protocol/itemKey.ts';
import type { ConversationMessage } from '../../../src/protocol/messages.ts';
import type { StreamEvent } from '../../../src/protocol/streamEvents.ts';
import { Accumulator } from '../../../src/stream/accumulator.ts';
import { ConversationLog } from '../../../src/vscode/conversationLog.ts';
import {
  assistant,
  checkpoint,
  prompt,
  result,
  streamEvent,
  system,
  toolProgress,
  toolResult,
} from './messages.ts';

describe('the conversation a panel is drawn from', () => {
  it('holds what was said, in order', () => {
    const said = [prompt('u1', 'hi'), assistant('m1', 'hello'), checkpoint('u1'), result()];
    expect(allOf(logOf(...said))).toEqual(said);
  });

  it('gives a reply in flight as events that build the same reply', () => {
    const log = logOf(prompt('u1', 'hi'), ...streamed(['message_start', 'Hel', 'lo']));
    const [first, ...events] = allOf(log) as { event: StreamEvent }[];
    expect(first).toEqual(prompt('u1', 'hi'));
    const rebuilt = new Accumulator();
    for (const { event } of events) rebuilt.push(event);
    expect(rebuilt.message?.content).toEqual([{ type: 'text', text: 'Hello' }]);
  });

  it('has the final reply in place of its events', () => {
    const log = logOf(...streamed(['message_start', 'Hel']), assistant('m1', 'Hello'));
    expect(allOf(log)).toEqual([assistant('m1', 'Hello')]);
  });

  it('keeps the replies of subagents apart', () => {
    const log = logOf(
      ...streamed(['message_start', 'main']),
      ...streamed(['message_start', 'sub'], 'toolu_1'),
    );
    const parents = (allOf(log) as { parent_tool_use_id: string | null }[]).map(
      (message) => message.parent_tool_use_id,
    );
    expect(new Set(parents)).toEqual(new Set([null, 'toolu_1']));
  });

  it('forgets a reply that was discarded, or that its events do not fit', () => {
    expect(
      allOf(
        logOf(
          ...streamed(['message_start', 'x']),
          system('belay/reply_discarded', { message_id: 'm1', reason: '' }),
        ),
      ),
    ).toEqual([]);
    expect(allOf(logOf(...streamed(['message_start', 'message_stop', 'late'])))).toEqual([]);
  });

  it('gathers the output of a tool until its result is there', () => {
    const log = logOf(toolProgress('toolu_1', 'one\n'), toolProgress('toolu_1', 'two\n'));
    expect(allOf(log)).toMatchObject([{ type: 'tool_progress', output: 'one\ntwo\n' }]);
    log.add(toolResult('u2', 'toolu_1'));
    expect(allOf(log)).toEqual([toolResult('u2', 'toolu_1')]);
  });

  it('gathers the output of a typed command until all of it is there', () => {
    const log = logOf(toolProgress('toolu_u1', 'one\n'));
    const told = { content: 'one\ntwo', is_terminal: true, tool_use_id: 'toolu_u1' };
    log.add(system('local_command_output', told));
    expect(allOf(log)).toEqual([system('local_command_output', told)]);
  });

  it('holds only the newest of what is so at the moment', () => {
    const log = logOf(
      system('session_state_changed', { state: 'running' }),
      system('status', { status: 'requesting', model: 'a' }),
      system('belay/queue_changed', { queued: [{ uuid: 'q', text: 'later' }] }),
      system('status', { status: null }),
      system('belay/queue_changed', { queued: [] }),
    );
    expect(allOf(log)).toEqual([
      system('session_state_changed', { state: 'running' }),
      system('status', { status: null }),
      system('belay/queue_changed', { queued: [] }),
    ]);
  });

  it('holds of each folder only how far it is known now, whatever is cut', () => {
    const log = logOf(
      prompt('u1', 'one'),
      system('belay/capture_changed', { root: '/a', state: 'reading', files: 1, bytes: 1 }),
      system('belay/capture_changed', { root: '/b', state: 'off', reason: 'It is too large.' }),
      system('belay/capture_changed', { root: '/a', state: 'ready', files: 2, unkept: [] }),
    );
    log.add(system('belay/conversation_rewound', { user_message_id: 'u1' }));
    expect(allOf(log)).toEqual([
      system('belay/capture_changed', { root: '/a', state: 'ready', files: 2, unkept: [] }),
      system('belay/capture_changed', { root: '/b', state: 'off', reason: 'It is too large.' }),
    ]);
  });

  it('lets the wait before a retry go on where it is', () => {
    let now = 1000;
    const log = new ConversationLog({ sessionId: 's', now: () => now });
    const retry = {
      attempt: 1,
      max_retries: 10,
      retry_delay_ms: 4000,
      error_status: 529,
      error: 'overloaded' as const,
    };
    log.add(system('api_retry', retry));
    now = 2500;
    expect(allOf(log)).toMatchObject([{ retry_delay_ms: 2500 }]);
    log.add(system('status', { status: 'requesting' }));
    expect(allOf(log)).toMatchObject([{ subtype: 'status' }]);
  });

  it('ends where the conversation was cut, and goes on from there', () => {
    const log = logOf(
      prompt('u1', 'one'),
      assistant('m1', 'first'),
      prompt('u2', 'two'),
      assistant('m2', 'second'),
    );
    log.add(system('belay/conversation_rewound', { user_message_id: 'u2' }));
    log.add(prompt('u3', 'three'));
    expect(allOf(log)).toEqual([prompt('u1', 'one'), assistant('m1', 'first'), prompt('u3', 'three')]);
  });

  it('drops the oldest turns beyond its limit, whole, and says so', () => {
    const log = new ConversationLog({ sessionId: 's', now: () => 0, maxSize: 20_000 });
    for (let turn = 0; turn < 50; turn += 1) {
      log.add(prompt(`u${turn}`, 'x'.repeat(500)));
      log.add(assistant(`m${turn}`, 'y'.repeat(500)));
    }
    const messages = allOf(log) as ConversationMessage[];
    expect(messages[0]).toMatchObject({ type: 'system', subtype: 'informational' });
    expect(messages[1]).toMatchObject({ type: 'user' });
    expect(messages.at(-1)).toEqual(assistant('m49', 'y'.repeat(500)));
    expect(JSON.stringify(messages).length).toBeLessThan(30_000);
    // What is taken along says so, too.
    expect(log.messages()[0]).toMatchObject({ type: 'system', subtype: 'informational' });
    expect(log.messages()).toHaveLength(messages.length);
  });

  it('keeps the newest turn, however large it is', () => {
    const log = new ConversationLog({ sessionId: 's', now: () => 0, maxSize: 1000 });
    log.add(prompt('u1', 'old'));
    log.add(prompt('u2', 'x'.repeat(5000)));
    log.add(assistant('m2', 'y'));
    expect(allOf(log).slice(1)).toEqual([prompt('u2', 'x'.repeat(5000)), assistant('m2', 'y')]);
  });
});

/** All pages, from the newest back to the first, and the present state. */
function allOf(log: ConversationLog): unknown[] {
  const messages: unknown[] = [];
  let page = log.page();
  while (page !== undefined) {
    messages.unshift(...page.messages);
    const first = page.messages
      .map((message) => itemKey(message as ConversationMessage))
      .find((key) => key !== null);
    page = page.earlier && first != null ? log.page({ before: first }) : undefined;
  }
  return [...messages, ...log.present()];
}

function logOf(...messages: readonly ConversationMessage[]): ConversationLog {
  const log = new ConversationLog({ sessionId: 's', now: () => 0 });
  for (const message of messages) log.add(message);
  return log;
}

/** 'message_start' and 'message_stop' are those events; anything else is text of the first block. */
function streamed(parts: readonly string[], parent: string | null = null): ConversationMessage[] {
  const events: StreamEvent[] = [];
  for (const part of parts) {
    if (part === 'message_start') {
      events.push({
        type: 'message_start',
        message: { ...assistant('m1', '').message, content: [], stop_sequence: null },
      });
      events.push({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } });
    } else if (part === 'message_stop') {
      events.push({ type: 'content_block_stop', index: 0 }, { type: 'message_stop' });
    } else {
      events.push({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: part } });
    }
  }
  return events.map((event) => streamEvent(event, parent));
}
