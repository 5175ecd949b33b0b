import { describe, expect, it } from 'vitest';
import { readTranscript } from '../../../../src/core/sessions/readTranscript.ts';
import { Session } from '../../../../src/core/sessions/session.ts';
import type { TranscriptStore } from '../../../../src/core/sessions/transcriptStore.ts';
import { createMemoryTranscripts } from '../../../support/memoryTranscripts.ts';
import { assistantLine, noteLine, userLine } from './lines.ts';

const MEGABYTE = 1024 * 1024;
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A file of these lines that gives at most so many bytes at a time, and counts them. */
function fileOf(text: string, most = Number.POSITIVE_INFINITY) {
  const bytes = new TextEncoder().encode(text);
  const file = {
    given: 0,
    async read(target: Uint8Array, offset: number) {
      const piece = bytes.subarray(offset, offset + Math.min(target.length, most));
      target.set(piece);
      file.given += piece.length;
      return piece.length;
    },
  };
  return file;
}

const toText = (lines: readonly object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');
const pathOf = async (text: string, most?: number) =>
  (await readTranscript(fileOf(text, most))).conversation.path.map(({ uuid }) => uuid);

describe('a transcript is read', () => {
  it('the same in pieces of any size', async () => {
    const text = `${toText([userLine('u1', null), assistantLine('a1', 'u1')])}\n{"torn`;
    for (const most of [1, 7, 100, undefined]) {
      const { conversation, corrupt, endsWithNewline } = await readTranscript(fileOf(text, most));
      expect(conversation.path.map(({ uuid }) => uuid)).toEqual(['u1', 'a1']);
      expect(corrupt).toEqual([{ start: text.length - 6, end: text.length }]);
      expect(endsWithNewline).toBe(false);
    }
  });

  it('with lines that are longer than a piece, and past one that is too long for any', async () => {
    const long = userLine('u2', 'u1', 'x'.repeat(3 * MEGABYTE));
    const tooLong = `{"type":"user","x":"${'y'.repeat(51 * MEGABYTE)}"}\n`;
    const before = toText([userLine('u1', null), long]);
    const text = before + tooLong + toText([userLine('u3', 'u2')]);
    const { conversation, corrupt } = await readTranscript(fileOf(text));
    expect(conversation.path.map(({ uuid }) => uuid)).toEqual(['u1', 'u2', 'u3']);
    expect(corrupt).toEqual([{ start: before.length, end: before.length + tooLong.length - 1 }]);
  });

  it('on from the message that was the newest, where the parent is lost', async () => {
    const [u1, a1, , a2] = [
      userLine('u1', null),
      assistantLine('a1', 'u1'),
      userLine('u2', 'a1'),
      assistantLine('a2', 'u2'),
    ];
    expect(await pathOf(`${toText([u1, a1])}garbage\n${toText([a2])}`)).toEqual(['u1', 'a1', 'a2']);
  });

  it('on from where a rewind had led, where the parent is lost', async () => {
    const rewind = {
      type: 'belay/leaf_moved',
      sessionId: 's',
      leafUuid: 'a1',
      user_message_id: 'u2',
      restored: false,
    };
    const before = [userLine('u1', null), assistantLine('a1', 'u1'), userLine('u2', 'a1'), rewind];
    expect(await pathOf(`${toText(before)}garbage\n${toText([assistantLine('a3', 'u3')])}`)).toEqual([
      'u1',
      'a1',
      'a3',
    ]);
  });

  it('though a rewind leads to a message that is lost', async () => {
    const rewind = {
      type: 'belay/leaf_moved',
      sessionId: 's',
      leafUuid: 'a1',
      user_message_id: 'u2',
      restored: false,
    };
    const text = `${toText([userLine('u1', null)])}garbage\n${toText([userLine('u2', 'a1'), rewind])}`;
    expect(await pathOf(text)).toEqual(['u1']);
  });

  it('to its end, though messages name each other as parents', async () => {
    expect(await pathOf(toText([userLine('u1', null), userLine('u2', 'u2')]))).toEqual(['u1', 'u2']);
    expect(await pathOf(toText([userLine('u1', null), userLine('u2', 'u3'), userLine('u3', 'u2')]))).toEqual([
      'u1',
      'u2',
      'u3',
    ]);
  });

  it('also where a message stands before its parent', async () => {
    const lines = [
      userLine('u1', null),
      userLine('u2', 'a1'),
      assistantLine('a1', 'u1'),
      assistantLine('a2', 'u2'),
    ];
    expect(await pathOf(toText(lines))).toEqual(['u1', 'a1', 'u2', 'a2']);
  });
});

describe('what was said in an old session', () => {
  const summary = { ...userLine('s1', 'a1', 'the summary'), isSynthetic: true, isCompactSummary: true };
  const lines = [
    userLine('u1', null, 'x'.repeat(5 * MEGABYTE)),
    assistantLine('a1', 'u1'),
    noteLine('n1', 'a1'),
    summary,
    { ...userLine('u2', 's1', 'short'), tool_use_result: { whole: 'y'.repeat(1000) } },
  ];

  async function open() {
    const memory = createMemoryTranscripts();
    memory.setText('s', toText(lines));
    let given = 0;
    const store: Pick<TranscriptStore, 'open'> = {
      async open(sessionId) {
        const file = await memory.open(sessionId);
        return {
          ...file,
          async read(target, offset) {
            const count = await file.read(target, offset);
            given += count;
            return count;
          },
        };
      },
    };
    const session = await Session.open(store, {
      sessionId: 's',
      cwd: '/w',
      version: '1',
      log: silent,
      clock: { now: () => 0, monotonic: () => 0, sleep: async () => {} },
      createId: () => 'id',
    });
    /** Bytes that were read since the last time. */
    const since = () => {
      const count = given;
      given = 0;
      return count;
    };
    return { session, memory, since };
  }

  it('is read as far as the model may see it, and once', async () => {
    const { session, since } = await open();
    since();
    const visible = await session.visibleToModel();
    expect(visible).toEqual([
      { type: 'user', uuid: 's1', message: summary.message },
      { type: 'user', uuid: 'u2', message: userLine('u2', 's1', 'short').message },
    ]);
    expect(since()).toBe(toText(lines.slice(3)).length - 1);
    expect(await session.visibleToModel()).toEqual(visible);
    expect(since()).toBe(0);
  });

  it('is seen again after a rewind to before the summary', async () => {
    const { session } = await open();
    session.conversation.cutBefore('s1');
    expect((await session.visibleToModel()).map(({ uuid }) => uuid)).toEqual(['u1', 'a1']);
    session.conversation.restoreLastCut();
    expect((await session.visibleToModel()).map(({ uuid }) => uuid)).toEqual(['s1', 'u2']);
  });

  it('is told whole to whoever asks for lines', async () => {
    const { session } = await open();
    const told: object[] = [];
    for await (const line of session.readLines(session.conversation.history)) told.push(line);
    expect(told).toEqual(lines);
  });

  it('is left out where another program has changed it since', async () => {
    const { session, memory } = await open();
    memory.setText('s', toText(lines).replace('"s1","parentUuid":"a1"', '"s0","parentUuid":"a1"'));
    expect((await session.visibleToModel()).map(({ uuid }) => uuid)).toEqual(['u2']);
    expect(await session.readLine(session.conversation.path[2] ?? raise())).toBeUndefined();
  });
});

function raise(): never {
  throw new Error('there is no such message');
}
