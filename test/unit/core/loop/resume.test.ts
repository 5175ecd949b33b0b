import { describe, expect, it } from 'vitest';
import type { ChainLine } from '../../../../src/core/sessions/transcriptLine.ts';
import { createHarness, type Harness } from '../../../support/agentHarness.ts';
import { createMemoryTranscripts } from '../../../support/memoryTranscripts.ts';
import { assistantLine, resultLine, userLine } from '../sessions/lines.ts';

const MEGABYTE = 1024 * 1024;

/** A session that is opened with these lines. */
function resume(lines: readonly object[]): Harness {
  const transcripts = createMemoryTranscripts();
  transcripts.setText('session', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return createHarness({ replies: [], transcripts, options: { resume: true } });
}

async function told(harness: Harness): Promise<unknown[]> {
  await harness.peer.request('belay/checkpoint_list', {});
  return [...harness.ofType('user'), ...harness.ofType('assistant')].map(({ uuid }) => uuid);
}

const notices = (harness: Harness) =>
  harness
    .ofType('system')
    .flatMap((message) => (message.subtype === 'informational' ? [message.content] : []));

function turn(count: number, parent: string | null, size: number): ChainLine[] {
  return [userLine(`u${count}`, parent, 'x'.repeat(size)), assistantLine(`a${count}`, `u${count}`)];
}

describe('a session that is opened again', () => {
  it('says again all that was said', async () => {
    const harness = resume([...turn(1, null, 10), ...turn(2, 'a1', 10)]);
    expect(await told(harness)).toEqual(['u1', 'u2', 'a1', 'a2']);
    expect(notices(harness)).toEqual([]);
  });

  it('says again the newest turns of a long conversation, and that there is more', async () => {
    const lines = [
      ...turn(1, null, 3 * MEGABYTE),
      ...turn(2, 'a1', 3 * MEGABYTE),
      ...turn(3, 'a2', 3 * MEGABYTE),
    ];
    const harness = resume(lines);
    expect(await told(harness)).toEqual(['u2', 'u3', 'a2', 'a3']);
    expect(notices(harness)).toEqual([expect.stringContaining('its beginning is not shown')]);
  });

  it('says again the newest replies of a turn that is long by itself', async () => {
    const result = (uuid: string, parent: string) => userLine(uuid, parent, 'x'.repeat(5 * MEGABYTE));
    const harness = resume([
      userLine('u1', null),
      assistantLine('a1', 'u1'),
      { ...result('r1', 'a1'), tool_use_result: null },
      assistantLine('a2', 'r1'),
      { ...result('r2', 'a2'), tool_use_result: null },
    ]);
    expect(await told(harness)).toEqual(['r2', 'a2']);
  });

  it('goes on counting from the totals of its last turn, and the replies since', async () => {
    const usage = { inputTokens: 7, outputTokens: 8, cacheReadInputTokens: 0, cacheCreationInputTokens: 0 };
    const row = { ...usage, webSearchRequests: 0, costUSD: 3, contextWindow: 1000, maxOutputTokens: 100 };
    const harness = resume([
      ...turn(1, null, 10),
      resultLine('e1', 'a1', { 'claude-opus-5-5': { ...row, costUSD: 1 } }),
      ...turn(2, 'a1', 10),
      resultLine('e2', 'a2', { 'claude-opus-5-5': row }),
      ...turn(3, 'a2', 10),
    ]);
    await told(harness);
    const { modelUsage } = await harness.ask('/cost');
    expect(modelUsage['claude-opus-5-5']).toMatchObject({ inputTokens: 8, outputTokens: 9 });
  });
});
