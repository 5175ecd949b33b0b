import { afterEach, expect, it } from 'vitest';
import { createReadTool } from '../../../../src/core/tools/read.ts';
import { createHarness, type Harness } from '../../../support/agentHarness.ts';
import { writeTree } from '../../../support/memory/writeTree.ts';
import { createMemoryTranscripts } from '../../../support/memoryTranscripts.ts';
import { reply } from '../../../support/scriptedModel.ts';

const harnesses: Harness[] = [];
afterEach(() => Promise.all(harnesses.splice(0).map(({ agent }) => agent.close())));

const place = { cwd: '/w', roots: ['/w'], home: '/home/u', platform: 'linux' } as const;
const memory = { sources: ['user', 'project', 'local'], configDir: '/home/u/.belay' } as const;

it('memory stands in the system prompt, a rule behind the result of the call that saw its file', async () => {
  const files = await writeTree({
    '/w/CLAUDE.md': 'Speak like a sailor.',
    '/w/.claude/rules/ts.md': '---\npaths: "**/*.ts"\n---\nUse types.',
    '/w/a.ts': 'let a;\n',
  });
  const transcripts = createMemoryTranscripts();
  const harness = createHarness({
    tools: [createReadTool({ place, pdf: undefined })],
    ports: { files },
    options: { memory },
    transcripts,
    replies: [
      reply([{ type: 'tool_use', id: 'read', name: 'Read', input: { file_path: 'a.ts' } }]),
      reply([{ type: 'text', text: 'Seen.' }]),
    ],
  });
  harnesses.push(harness);
  await harness.ask('read a.ts');
  const [first, second] = harness.model.requests;
  expect(first?.system.at(-1)).toContain('Speak like a sailor.');
  expect(first?.system.join()).not.toContain('Use types.');
  const told = second?.messages.at(-1)?.content ?? [];
  expect(told.map(({ type }) => type)).toEqual(['tool_result', 'text']);
  expect(JSON.stringify(told[1])).toContain('Use types.');
  expect(second?.system).toEqual(first?.system);

  await files.writeFile('/w/CLAUDE.md', new TextEncoder().encode('Speak like a poet.'));
  await harness.agent.close();
  const resumed = createHarness({
    ports: { files },
    options: { memory, resume: true },
    transcripts,
    uuidPrefix: 'later',
    replies: [reply([{ type: 'text', text: 'Aye.' }])],
  });
  harnesses.push(resumed);
  await resumed.ask('go on');
  expect(resumed.model.requests[0]?.system).toEqual(first?.system);
});

it('without the option nothing is read', async () => {
  const harness = createHarness({ replies: [reply([{ type: 'text', text: 'Hi.' }])] });
  harnesses.push(harness);
  // The harness's files refuse every use.
  expect(await harness.ask('hello')).toMatchObject({ subtype: 'success' });
});
