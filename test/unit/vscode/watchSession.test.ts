import { describe, expect, it, vi } from 'vitest';
import { createPeer } from '../../../src/channel/peer.ts';
import { watchSession } from '../../../src/vscode/watchSession.ts';
import { createMemoryTranscripts } from '../../support/memoryTranscripts.ts';
import { assistantLine, resultLine, userLine } from '../core/sessions/lines.ts';
import { silentLog } from './fakes.ts';

const toText = (lines: readonly object[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('');

function setUp() {
  const transcripts = createMemoryTranscripts();
  const append = (text: string): void => transcripts.setText('s', transcripts.text('s') + text);
  append(toText([userLine('u1', null), assistantLine('a1', 'u1')]));
  transcripts.lockedElsewhere.add('s');
  let look = (): void => undefined;
  const link = watchSession('s', {
    transcripts,
    log: silentLog,
    wait: (signal) =>
      new Promise((resolve) => {
        look = resolve;
        signal.addEventListener('abort', () => resolve());
      }),
  });
  const heard: string[] = [];
  const peer = createPeer<never>(link.channel, {
    handlers: {},
    onMessage: (message) => {
      const { uuid, state } = message as { readonly uuid: string; readonly state?: string };
      heard.push(state ?? uuid);
    },
    onProblem: () => undefined,
  });
  return { transcripts, append, link, heard, peer, look: () => look() };
}

describe('a session that another process runs', () => {
  it('is told as it was, and then as it grows, line by whole line', async () => {
    const { append, link, heard, look } = setUp();
    await link.started;
    await vi.waitFor(() => expect(heard).toEqual(['u1', 'a1', 'running']));
    const end = toText([resultLine('r1', 'a1', {})]);
    append(end.slice(0, 40));
    look();
    append(end.slice(40));
    await vi.waitFor(() => {
      look();
      expect(heard).toEqual(['u1', 'a1', 'running', 'r1', 'idle']);
    });
    append(toText([userLine('u2', 'a1')]));
    await vi.waitFor(() => {
      look();
      expect(heard.slice(5)).toEqual(['u2', 'running']);
    });
    await link.close();
  });

  it('can not be asked for anything', async () => {
    const { link, peer } = setUp();
    await expect(peer.request('interrupt', {})).rejects.toThrow();
    await link.close();
  });

  it('is lost when the other lets go of it, with all that it has said', async () => {
    const { transcripts, append, link, heard, look } = setUp();
    await link.started;
    append(toText([resultLine('r1', 'a1', {})]));
    transcripts.lockedElsewhere.clear();
    const lost = vi.fn();
    void link.lost.then(lost);
    await vi.waitFor(() => {
      look();
      expect(lost).toHaveBeenCalledWith(expect.stringContaining('has let go of it'));
    });
    expect(heard).toContain('r1');
    await link.close();
  });
});
