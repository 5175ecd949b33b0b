import { describe, expect, it } from 'vitest';
import { forkTranscript } from '../../../../src/core/sessions/forkTranscript.ts';
import { createUnsavedTranscripts } from '../../../../src/headless/unsavedTranscripts.ts';
import { createMemoryTranscripts } from '../../../support/memoryTranscripts.ts';
import { assistantLine, userLine } from './lines.ts';

const lines = [userLine('u1', null, 'is "sessionId":"s" a field?'), assistantLine('a1', 'u1')];
const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');

function createStore(content: string) {
  const store = createMemoryTranscripts();
  store.setText('s', content);
  return store;
}

describe('a fork', () => {
  it('has every line under its own id, and nothing else changed; what can not be read stays behind', async () => {
    const store = createStore(`${text}{"torn`);
    expect(await forkTranscript(store, { from: 's', to: 'copy', upTo: undefined })).toBe(true);
    expect(store.lines('copy')).toEqual(
      lines.map((line) => ({ ...line, sessionId: 'copy', session_id: 'copy' })),
    );
    expect(store.text('s')).toBe(`${text}{"torn`);
  });

  it('ends where it is to go on from', async () => {
    const store = createStore(text);
    expect(await forkTranscript(store, { from: 's', to: 'copy', upTo: 'u1' })).toBe(true);
    expect(store.lines('copy').at(-1)).toMatchObject({
      type: 'belay/leaf_moved',
      sessionId: 'copy',
      leafUuid: 'u1',
    });
    expect(await forkTranscript(store, { from: 's', to: 'other', upTo: 'none' })).toBe(false);
    expect(store.text('other')).toBe('');
  });

  it('before a message ends with what came before it, which may be nothing', async () => {
    const store = createStore(`${text}${JSON.stringify(userLine('u2', 'a1', 'Go on'))}\n`);
    const leafOf = async (before: string) => {
      expect(await forkTranscript(store, { from: 's', to: before, upTo: undefined, before })).toBe(true);
      return store.lines(before).at(-1);
    };
    expect(await leafOf('u2')).toMatchObject({ type: 'belay/leaf_moved', sessionId: 'u2', leafUuid: 'a1' });
    expect(await leafOf('u1')).toMatchObject({ type: 'belay/leaf_moved', sessionId: 'u1', leafUuid: null });
    const none = { from: 's', to: 'other', upTo: undefined, before: 'none' };
    expect(await forkTranscript(store, none)).toBe(false);
    expect(store.text('other')).toBe('');
  });

  it('of a session that is not to be kept is in memory only', async () => {
    const saved = createStore(text);
    const store = createUnsavedTranscripts(saved);
    expect(await forkTranscript(store, { from: 's', to: 's', upTo: 'u1' })).toBe(true);
    const file = await store.open('s');
    const target = new Uint8Array(4000);
    let filled = 0;
    for (let count = -1; count !== 0; filled += count)
      count = await file.read(target.subarray(filled), filled);
    const read = new TextDecoder().decode(target.subarray(0, filled));
    expect(read.startsWith(text)).toBe(true);
    expect(JSON.parse(read.slice(text.length))).toMatchObject({ type: 'belay/leaf_moved', leafUuid: 'u1' });
    expect(saved.text('s')).toBe(text);
  });
});
