import { describe, expect, it } from 'vitest';
import type { TranscriptStore } from '../../../src/core/sessions/transcriptStore.ts';
import { createKeptSessions, type KeptSessionsDeps } from '../../../src/vscode/keptSessions.ts';
import { createMemoryTranscripts } from '../../support/memoryTranscripts.ts';
import { assistantLine, userLine } from '../core/sessions/lines.ts';
import { silentLog } from './fakes.ts';

const text = [userLine('u1', null, 'Sort the notes'), assistantLine('a1', 'u1')]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join('');

function setUp(sessions: Partial<KeptSessionsDeps['sessions']> = {}) {
  const transcripts = createMemoryTranscripts();
  transcripts.setText('old', text);
  const kept = createKeptSessions({
    transcripts: transcripts satisfies TranscriptStore,
    sessions: { host: () => undefined, release: async () => true, ...sessions },
    log: silentLog,
  });
  const listed = async () => (await kept.list()).find(({ sessionId }) => sessionId === 'old');
  return { transcripts, kept, listed };
}

describe('a session of the list that nobody has open', () => {
  it('is renamed and tagged', async () => {
    const { kept, listed } = setUp();
    expect(await kept.rename('old', ' About notes ')).toBeUndefined();
    expect(await kept.tag('old', 'work,work')).toBeUndefined();
    expect(await listed()).toMatchObject({ summary: 'About notes', tag: 'work' });
    expect(await kept.rename('old', ' ')).toBe('A session needs a title.');
  });

  it('is forked: the copy has all that was said, the session stays as it was', async () => {
    const { kept, transcripts } = setUp();
    const copy = await kept.fork('old');
    expect(transcripts.text('old')).toBe(text);
    expect(transcripts.lines(copy)).toMatchObject([
      { uuid: 'u1', sessionId: copy },
      { uuid: 'a1', sessionId: copy },
      { type: 'custom-title', customTitle: 'Sort the notes (fork)' },
    ]);
  });

  it('is forked before a message; where there is none such nothing is made', async () => {
    const { kept, transcripts } = setUp();
    const copy = await kept.fork('old', 'u1');
    expect(transcripts.lines(copy)).toContainEqual(
      expect.objectContaining({ type: 'belay/leaf_moved', leafUuid: null }),
    );
    await expect(kept.fork('old', 'gone')).rejects.toThrow('not part of the conversation');
    expect(await transcripts.listAllIds()).toEqual(new Set(['old', copy]));
  });

  it('is deleted and brought back', async () => {
    const { kept, listed, transcripts } = setUp();
    expect(await kept.remove('old')).toBeUndefined();
    expect(await listed()).toBeUndefined();
    expect(await kept.restore('old')).toBeUndefined();
    expect(transcripts.text('old')).toBe(text);
    expect(await kept.restore('old')).toBe('The session is not in the trash any more.');
  });

  it('is read as it was said', async () => {
    const { kept } = setUp();
    expect(await kept.read('old')).toMatchObject({
      title: 'Sort the notes',
      messages: [{ uuid: 'u1' }, { uuid: 'a1' }],
    });
  });
});

describe('a session that another process has open', () => {
  it('is neither changed nor deleted, and why is said', async () => {
    const { kept, transcripts, listed } = setUp();
    transcripts.lockedElsewhere.add('old');
    expect(await kept.rename('old', 'Mine')).toContain('so it can only be changed there');
    expect(await kept.tag('old', 'mine')).toContain('so it can only be changed there');
    expect(await kept.remove('old')).toContain('Close it there first');
    expect(transcripts.text('old')).toBe(text);
    expect((await listed())?.elsewhere).toBe(true);
  });

  it('is forked all the same', async () => {
    const { kept, transcripts } = setUp();
    transcripts.lockedElsewhere.add('old');
    expect(transcripts.lines(await kept.fork('old'))).toHaveLength(3);
  });
});

it('a session that is at work in this window is not deleted', async () => {
  const { kept, transcripts } = setUp({ release: async () => false });
  expect(await kept.remove('old')).toContain('at work');
  expect(transcripts.text('old')).toBe(text);
});
