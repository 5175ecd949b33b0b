import { describe, expect, it } from 'vitest';
import { labelSession } from '../../../../src/core/sessions/labelSession.ts';
import { type ListedSessions, listSessions } from '../../../../src/core/sessions/listSessions.ts';
import { searchSessions } from '../../../../src/core/sessions/searchSessions.ts';
import { createMemoryTranscripts } from '../../../support/memoryTranscripts.ts';
import { assistantLine, resultLine, userLine } from './lines.ts';

const toText = (lines: readonly object[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('');

function setUp(sessions: Readonly<Record<string, readonly object[] | string>>) {
  const store = createMemoryTranscripts();
  for (const [id, content] of Object.entries(sessions))
    store.setText(id, typeof content === 'string' ? content : toText(content));
  return store;
}

const turn = [userLine('u1', null, 'Sort the notes'), assistantLine('a1', 'u1'), resultLine('r1', 'a1', {})];

describe('the list of sessions', () => {
  it('says how each stands', async () => {
    const call = assistantLine('a1', 'u1', [{ type: 'tool_use', id: 't1', name: 'Bash', input: {} }]);
    const failed = { ...resultLine('r1', 'a1', {}), subtype: 'error_during_execution', is_error: true };
    const store = setUp({
      done: turn,
      failed: [...turn.slice(0, 2), failed],
      stopped: [...turn.slice(0, 2), { ...failed, interrupted: true }],
      cut: [turn[0] ?? {}, { ...call, message: { ...call.message, stop_reason: 'tool_use' } }],
      underWay: [turn[0] ?? {}],
      cleared: [...turn, { ...userLine('u2', 'a1'), isSynthetic: true, isCompactSummary: true }],
    });
    store.lockedElsewhere.add('underWay');
    const list = await listSessions(store);
    const phases = Object.fromEntries(list.map(({ sessionId, phase }) => [sessionId, phase]));
    expect(phases).toEqual({
      done: 'done',
      failed: 'failed',
      stopped: 'done',
      cut: 'failed',
      underWay: 'running',
      cleared: 'done',
    });
    expect(list.filter(({ elsewhere }) => elsewhere === true).map(({ sessionId }) => sessionId)).toEqual([
      'underWay',
    ]);
  });

  it('has the title and the tag that were given last, until they are taken away', async () => {
    const store = setUp({ s: turn });
    expect(await labelSession(store, 's', { customTitle: 'About notes' })).toBe(true);
    await labelSession(store, 's', { tag: 'old' });
    await labelSession(store, 's', { tag: 'work, later' });
    expect(await listSessions(store)).toMatchObject([
      {
        summary: 'About notes',
        customTitle: 'About notes',
        firstPrompt: 'Sort the notes',
        tag: 'work, later',
      },
    ]);
    await labelSession(store, 's', { tag: '' });
    expect((await listSessions(store))[0]).not.toHaveProperty('tag');
  });

  it('goes on behind one that is damaged, and says what is wrong with it', async () => {
    const store = setUp({ broken: '\0\0\0\0 nothing\nof any use\n', good: turn, gone: turn });
    const peek = store.peek.bind(store);
    store.peek = (id, bytes) =>
      id === 'gone' ? Promise.reject(new Error('permission denied')) : peek(id, bytes);
    const list = await listSessions(store);
    expect(list.map(({ sessionId, problem }) => [sessionId, problem])).toEqual([
      ['broken', 'Nothing that is in its file can be read as a conversation.'],
      ['good', undefined],
      ['gone', 'permission denied'],
    ]);
  });

  it('has one whose first message is longer than what is read of it', async () => {
    const picture = {
      type: 'image',
      source: { type: 'base64', media_type: 'image/png', data: 'A'.repeat(200_000) },
    };
    const long = { ...userLine('u1', null), message: { role: 'user', content: [picture] } };
    const { summary, problem } = (await listSessions(setUp({ long: [long, turn[1] ?? {}] })))[0] ?? {};
    expect([summary, problem]).toEqual(['Untitled session', undefined]);
  });

  it('reads again only what has changed', async () => {
    const store = setUp({ one: turn, two: turn });
    const known: ListedSessions = new Map();
    await listSessions(store, known);
    const read: string[] = [];
    const peek = store.peek.bind(store);
    store.peek = (id, bytes) => {
      read.push(id);
      return peek(id, bytes);
    };
    await labelSession(store, 'two', { customTitle: 'Another' });
    const list = await listSessions(store, known);
    expect(read).toEqual(['two']);
    expect(list.map(({ summary }) => summary)).toEqual(['Sort the notes', 'Another']);
  });
});

describe('a session that another process writes', () => {
  it('can not be given a title', async () => {
    const store = setUp({ s: turn });
    store.lockedElsewhere.add('s');
    expect(await labelSession(store, 's', { customTitle: 'Mine' })).toBe(false);
    expect(store.lines('s')).toHaveLength(3);
  });
});

describe('a search in what was said', () => {
  const never = new AbortController().signal;

  it('finds every word, wherever in the conversation, and no word of the file itself', async () => {
    const store = setUp({
      both: [
        userLine('u1', null, 'Where is the Élan?'),
        assistantLine('a1', 'u1', [{ type: 'text', text: 'In "docs".' }]),
      ],
      one: [userLine('u1', null, 'where?')],
      broken: 'not JSON, but with élan and docs\n',
    });
    const search = async (text: string) => (await searchSessions(store, text, never)).sessionIds;
    expect(await search('élan docs')).toEqual(['both']);
    expect(await search('"docs"')).toEqual(['both']);
    expect(await search('where')).toEqual(['both', 'one']);
    expect(await search('parentUuid')).toEqual([]);
  });

  it('ends when nobody waits for it any more', async () => {
    const store = setUp({ s: turn });
    await expect(searchSessions(store, 'notes', AbortSignal.abort(new Error('no more')))).rejects.toThrow(
      'no more',
    );
  });
});
