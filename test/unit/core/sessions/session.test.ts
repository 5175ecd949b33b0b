import { beforeEach, describe, expect, it } from 'vitest';
import type { Log } from '../../../../src/core/ports.ts';
import { listSessions } from '../../../../src/core/sessions/listSessions.ts';
import { Session, TranscriptWriteError } from '../../../../src/core/sessions/session.ts';
import type { ChainLine, NoteLine } from '../../../../src/core/sessions/transcriptLine.ts';
import type { TranscriptStore } from '../../../../src/core/sessions/transcriptStore.ts';
import type { AssistantMessage, UserMessage } from '../../../../src/protocol/messages.ts';
import { createMemoryTranscripts, type MemoryTranscripts } from '../../../support/memoryTranscripts.ts';

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

let store: MemoryTranscripts;

beforeEach(() => {
  store = createMemoryTranscripts();
});

function open(sessionId = 's1', from: TranscriptStore = store): Promise<Session> {
  let ids = 0;
  return Session.open(from, {
    sessionId,
    cwd: '/w',
    version: '1',
    log: silent,
    clock: { now: () => 0, monotonic: () => 0, sleep: async () => undefined },
    createId: () => `made-${++ids}`,
  });
}

function user(uuid: string, text: string): UserMessage {
  return {
    type: 'user',
    uuid,
    session_id: 's1',
    parent_tool_use_id: null,
    message: { role: 'user', content: [{ type: 'text', text }] },
  };
}

function assistant(uuid: string, content: AssistantMessage['message']['content']): AssistantMessage {
  return {
    type: 'assistant',
    uuid,
    session_id: 's1',
    parent_tool_use_id: null,
    message: {
      id: `msg_${uuid}`,
      type: 'message',
      role: 'assistant',
      model: 'claude-opus-5-5',
      content,
      stop_reason: 'end_turn',
      usage: { input_tokens: 1, output_tokens: 1 },
    },
  };
}

async function linesOf(session: Session) {
  const lines: (ChainLine | NoteLine)[] = [];
  for await (const line of session.readLines(session.conversation.history)) lines.push(line);
  return lines;
}

const uuidsOf = (session: Session): string[] => session.conversation.path.map(({ uuid }) => uuid);

describe('a session', () => {
  it('comes back from its transcript as it was', async () => {
    const session = await open();
    await session.append(user('u1', 'hello'));
    await session.append(assistant('a1', [{ type: 'text', text: 'hi' }]));
    const again = await open();
    expect(await linesOf(again)).toEqual(await linesOf(session));
    expect(uuidsOf(again)).toEqual(['u1', 'a1']);
    expect(store.lines('s1').map(({ uuid, parentUuid }) => [uuid, parentUuid])).toEqual([
      ['u1', null],
      ['a1', 'u1'],
    ]);
  });

  it('writes the fields that the session functions of the Agent SDK read', async () => {
    const session = await open();
    await session.append({ ...user('u1', 'hello'), isSynthetic: true, tool_use_result: { lines: 3 } });
    expect(store.lines('s1')[0]).toMatchObject({
      type: 'user',
      sessionId: 's1',
      isSidechain: false,
      isMeta: true,
      cwd: '/w',
      timestamp: '1970-01-01T00:00:00.000Z',
      toolUseResult: { lines: 3 },
    });
  });

  it('keeps a conversation cut before a message cut after a reload', async () => {
    const session = await open();
    for (const line of [user('u1', 'a'), assistant('a1', []), user('u2', 'b'), assistant('a2', [])])
      await session.append(line);
    session.conversation.cutBefore('u2');
    await session.record({
      type: 'belay/leaf_moved',
      sessionId: 's1',
      leafUuid: 'a1',
      user_message_id: 'u2',
      restored: false,
    });
    await session.append(user('u3', 'c'));
    const again = await open();
    expect(uuidsOf(again)).toEqual(['u1', 'a1', 'u3']);
  });

  it('gives the last cut back as long as nothing was said since', async () => {
    const session = await open();
    for (const line of [user('u1', 'a'), assistant('a1', [])]) await session.append(line);
    session.conversation.cutBefore('u1');
    expect(uuidsOf(session)).toEqual([]);
    expect(session.conversation.restoreLastCut()?.removed.map(({ uuid }) => uuid)).toEqual(['u1', 'a1']);
    session.conversation.cutBefore('u1');
    await session.append(user('u2', 'b'));
    expect(session.conversation.restoreLastCut()).toBeUndefined();
    expect(uuidsOf(session)).toEqual(['u2']);
  });

  it('sets a torn last line aside and writes the next line on a line of its own', async () => {
    const session = await open();
    await session.append(user('u1', 'a'));
    store.setText('s1', `${store.text('s1')}{"type":"user","uuid":"u2","mess`);
    const again = await open();
    expect(uuidsOf(again)).toEqual(['u1']);
    expect(new TextDecoder().decode(store.quarantined[0])).toBe('{"type":"user","uuid":"u2","mess');
    await again.append(user('u3', 'c'));
    expect(uuidsOf(await open())).toEqual(['u1', 'u3']);
  });

  it('counts a line that can not be read once, however often it is opened with it', async () => {
    await (await open()).append(user('u1', 'a'));
    store.setText('s1', `${store.text('s1')}garbage\n`);
    expect((await open()).linesSetAside).toBe(1);
    expect((await open()).linesSetAside).toBe(0);
    store.setText('s1', `${store.text('s1')}more\n`);
    expect((await open()).linesSetAside).toBe(1);
    expect(store.quarantined).toHaveLength(2);
  });

  it('opens though a line that can not be read can not be set aside either', async () => {
    await (await open()).append(user('u1', 'a'));
    store.setText('s1', `${store.text('s1')}garbage\n`);
    const full = {
      ...store,
      open: async (id: string) => ({
        ...(await store.open(id)),
        quarantine: () => Promise.reject(new Error('no space left')),
      }),
    };
    const session = await open('s1', full);
    expect([session.linesSetAside, uuidsOf(session)]).toEqual([0, ['u1']]);
  });

  it.each([
    ['NUL padding', '\0\0\0\0'],
    ['no JSON', 'hello'],
    ['a message without its fields', '{"type":"user","uuid":"x"}'],
  ])('opens with %s in the middle', async (_, garbage) => {
    const session = await open();
    await session.append(user('u1', 'a'));
    store.setText('s1', `${store.text('s1')}${garbage}\n`);
    const again = await open();
    await again.append(assistant('a1', []));
    expect(uuidsOf(await open())).toEqual(['u1', 'a1']);
  });

  it('opens with invalid UTF-8, and counts a line that was written twice once', async () => {
    const session = await open();
    await session.append(user('u1', 'a'));
    const text = new TextEncoder().encode(store.text('s1') + store.text('s1'));
    store.setText('s1', Uint8Array.from([...text, 0xff, 0xfe, 10]));
    expect(uuidsOf(await open())).toEqual(['u1']);
  });

  it('keeps what could not be written and writes it with the next line', async () => {
    const session = await open();
    store.failWith = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    await expect(session.append(user('u1', 'a'))).rejects.toThrow(TranscriptWriteError);
    expect(uuidsOf(session)).toEqual(['u1']);
    store.failWith = undefined;
    await session.append(assistant('a1', []));
    expect(uuidsOf(await open())).toEqual(['u1', 'a1']);
  });

  it('names the calls that were never answered, and whether they may have run', async () => {
    const session = await open();
    await session.append(user('u1', 'go'));
    await session.append(
      assistant('a1', [
        { type: 'tool_use', id: 't1', name: 'Read', input: {} },
        { type: 'tool_use', id: 't2', name: 'Bash', input: {} },
        { type: 'tool_use', id: 't3', name: 'Bash', input: {} },
      ]),
    );
    await session.append({
      ...user('u2', ''),
      message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'x' }] },
    });
    await session.record({ type: 'belay/tool_started', sessionId: 's1', tool_use_id: 't2' });
    const again = await open();
    expect((await again.unansweredCalls()).map(({ call, mayHaveRun }) => [call.id, mayHaveRun])).toEqual([
      ['t2', true],
      ['t3', false],
    ]);
  });

  it('hides withheld messages from the model only', async () => {
    const session = await open();
    await session.append(user('u1', 'a'));
    await session.append(assistant('a1', []));
    await session.record({ type: 'belay/withheld', sessionId: 's1', uuids: ['u1', 'a1'] });
    const again = await open();
    expect(await again.visibleToModel()).toEqual([]);
    expect(uuidsOf(again)).toEqual(['u1', 'a1']);
  });

  it('shows notes where they happened, and drops those of a part that was cut off', async () => {
    const session = await open();
    const note = (content: string) => ({
      type: 'system' as const,
      subtype: 'informational' as const,
      uuid: content,
      session_id: 's1',
      content,
      level: 'info' as const,
    });
    await session.append(user('u1', 'a'));
    await session.note(note('n1'));
    await session.append(assistant('a1', []));
    await session.note(note('n2'));
    session.conversation.cutBefore('u1');
    await session.record({
      type: 'belay/leaf_moved',
      sessionId: 's1',
      leafUuid: null,
      user_message_id: 'u1',
      restored: false,
    });
    expect((await open()).conversation.history).toEqual([]);
    session.conversation.restoreLastCut();
    expect(session.conversation.history.map(({ uuid }) => uuid)).toEqual(['u1', 'n1', 'a1', 'n2']);
  });

  it('writes nothing when another window writes it', async () => {
    store.lockedElsewhere.add('s1');
    const session = await open();
    await session.append(user('u1', 'a'));
    expect(store.text('s1')).toBe('');
  });
});

describe('the list of sessions', () => {
  it('names each by its first prompt, or by the title somebody gave it', async () => {
    const first = await open('s1');
    await first.append({ ...user('m', 'a notice'), isSynthetic: true });
    await first.append(user('u1', '\n  Fix the\nthing'));
    const second = await open('s2');
    await second.append(user('u1', 'x'.repeat(200)));
    store.setText(
      's2',
      `${store.text('s2')}{"type":"custom-title","customTitle":"My title","sessionId":"s2"}\n`,
    );
    store.setText('empty', '');
    const listed = await listSessions(store);
    expect(listed.map(({ sessionId, summary }) => [sessionId, summary])).toEqual([
      ['s1', 'Fix the'],
      ['s2', 'My title'],
    ]);
  });
});
