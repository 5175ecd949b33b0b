// The fixture was written by the official CLI (2.1.329) against the scripted model server: `claude -p`, then `--continue`. Left out
// are the lines with its own prompts and requests, and of attachments what they hold.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../../../scripts/run.mjs';
import { importClaude } from '../../../../src/core/sessions/importClaude.ts';
import { listClaude } from '../../../../src/core/sessions/listClaude.ts';
import { readConversation } from '../../../../src/core/sessions/readConversation.ts';
import { createMemoryTranscripts } from '../../../support/memoryTranscripts.ts';
import { silentLog } from '../../vscode/fakes.ts';

const fixture = await readFile(join(root, 'test', 'fixtures', 'claudeCode', 'two-turns.jsonl'), 'utf8');

async function copy(text: string) {
  const theirs = createMemoryTranscripts();
  theirs.setText('theirs', text);
  const transcripts = createMemoryTranscripts();
  const sessionId = await importClaude({
    source: await theirs.openToRead('theirs'),
    transcripts,
    clock: { now: () => 0 },
    createId: () => crypto.randomUUID(),
  });
  expect(theirs.text('theirs')).toBe(text);
  const lines = sessionId === undefined ? [] : await readConversation(transcripts, sessionId, silentLog);
  return { sessionId, transcripts, lines };
}

/** Who said what, in short. */
function outline(lines: Awaited<ReturnType<typeof copy>>['lines']): string[] {
  return lines.flatMap((line) => {
    if (line.type !== 'user' && line.type !== 'assistant') return [line.type];
    const { content } = line.message;
    const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
    return [
      `${line.type}: ${blocks.map((block) => ('text' in block ? block.text : block.type)).join(' + ')}`,
    ];
  });
}

const envelope = { isSidechain: false, timestamp: '2026-11-28T06:38:29.560Z', sessionId: 'theirs' };
const user = (uuid: string, parentUuid: string | null, content: unknown, more = {}) => ({
  ...{ type: 'user', uuid, parentUuid, message: { role: 'user', content } },
  ...envelope,
  ...more,
});
const reply = (uuid: string, parentUuid: string, id: string, block: object, more = {}) => ({
  ...{ type: 'assistant', uuid, parentUuid },
  message: {
    ...{ id, type: 'message', role: 'assistant', model: 'claude-opus-5-5', content: [block] },
    ...{ stop_reason: 'end_turn', usage: { input_tokens: 1, output_tokens: 1 } },
  },
  ...envelope,
  ...more,
});
const call = (id: string) => ({ type: 'tool_use', id, name: 'Read', input: { file_path: id } });
const answer = (id: string) => [{ type: 'tool_result', tool_use_id: id, content: `what ${id} holds` }];
const toText = (lines: readonly (object | string)[]): string =>
  lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');

describe('a session that the official CLI has written', () => {
  it('is copied with all that was said: replies whole, without thinking', async () => {
    const { sessionId, lines, transcripts } = await copy(fixture);
    expect(outline(lines)).toEqual([
      'user: What do the notes say?',
      'assistant: Let me look. + tool_use',
      'user: tool_result',
      'assistant: It says: walk to the lake.',
      'user: Echo something.',
      'assistant: tool_use',
      'user: tool_result',
      'assistant: Done.',
      'system',
    ]);
    const [last] = lines.slice(-1);
    expect(last).toMatchObject({ level: 'info', content: expect.stringContaining('(8 messages)') });
    expect(transcripts.lines(sessionId ?? '').every((line) => line.sessionId === sessionId)).toBe(true);
    expect(transcripts.text(sessionId ?? '')).not.toContain('I should look.');
  });

  it('is in the list, by what was said first, or by its title', async () => {
    const theirs = createMemoryTranscripts();
    theirs.setText('one', fixture);
    theirs.setText(
      'two',
      `${fixture}{"type":"custom-title","customTitle":"About notes","sessionId":"two"}\n`,
    );
    theirs.setText('none', '{"type":"mode","mode":"normal","sessionId":"none"}\n');
    const list = await listClaude(theirs);
    expect(list.map(({ sessionId, title }) => [sessionId, title])).toEqual([
      ['one', 'What do the notes say?'],
      ['two', 'About notes'],
    ]);
  });
});

describe('a session of Claude Code', () => {
  it('keeps the results of calls that ran side by side, and loses what was rewound', async () => {
    const { lines } = await copy(
      toText([
        user('u1', null, 'Read both.'),
        reply('x1', 'u1', 'old', { type: 'text', text: 'never mind' }),
        reply('a1', 'u1', 'm1', call('t1')),
        user('r1', 'a1', answer('t1')),
        reply('a2', 'a1', 'm1', call('t2')),
        user('r2', 'a2', answer('t2')),
        {
          type: 'attachment',
          uuid: 'n1',
          parentUuid: 'r2',
          isSidechain: false,
          attachment: { type: 'new kind' },
        },
        reply('a3', 'n1', 'm2', { type: 'text', text: 'Read.' }),
      ]),
    );
    expect(outline(lines)).toEqual([
      'user: Read both.',
      'assistant: tool_use + tool_use',
      'user: tool_result',
      'user: tool_result',
      'assistant: Read.',
      'system',
    ]);
  });

  it('goes on from its summary, with what came before', async () => {
    const { lines } = await copy(
      toText([
        user('u1', null, 'Long ago.'),
        {
          type: 'system',
          subtype: 'compact_boundary',
          uuid: 'b1',
          parentUuid: null,
          logicalParentUuid: 'u1',
        },
        user('s1', 'b1', 'In short: it was long ago.', { isCompactSummary: true }),
        reply('a1', 's1', 'm1', { type: 'text', text: 'I see.' }),
        user('side', 'a1', 'of a subagent', { isSidechain: true }),
        reply('e1', 'a1', 'm2', { type: 'text', text: 'API Error' }, { isApiErrorMessage: true }),
      ]),
    );
    expect(outline(lines)).toEqual([
      'user: Long ago.',
      'user: In short: it was long ago.',
      'assistant: I see.',
      'system',
    ]);
    expect(lines[1]).toMatchObject({ isCompactSummary: true, isSynthetic: true });
  });

  it('that is damaged gives what can be read of it, and says how much could not', async () => {
    const { lines } = await copy(
      toText([
        'torn {"type":"user"',
        user('u1', null, 'Hello.'),
        { type: 'user', uuid: 'u2', parentUuid: 'u1', message: 7 },
        reply('a1', 'u1', 'm1', { type: 'hologram' }),
        reply('a2', 'a1', 'm1', { type: 'text', text: 'Hi.' }),
        `{"type":"user","x":"${'A'.repeat(2000)}`,
      ]),
    );
    expect(outline(lines)).toEqual(['user: Hello.', 'assistant: Hi.', 'system']);
    expect(lines.at(-1)).toMatchObject({ level: 'warning', content: expect.stringContaining('4 parts') });
  });

  it('in which nobody has said anything makes no session', async () => {
    for (const text of ['', '\0\0nothing', toText([user('u1', null, 'caveat', { isMeta: true })])]) {
      expect((await copy(text)).sessionId).toBeUndefined();
    }
  });
});
