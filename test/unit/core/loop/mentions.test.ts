import { afterEach, describe, expect, it } from 'vitest';
import { createReadTool } from '../../../../src/core/tools/read.ts';
import type { ContentBlock } from '../../../../src/protocol/blocks.ts';
import { createHarness, fakeTool, type Harness, type HarnessOptions } from '../../../support/agentHarness.ts';
import { writeTree } from '../../../support/memory/writeTree.ts';
import { reply } from '../../../support/scriptedModel.ts';

const text = (said: string): ContentBlock => ({ type: 'text', text: said });
const tree = { '/w/a.ts': 'one\ntwo\nthree\nfour\n', '/w/.env': 'KEY=secret\n', '/w/src/b.ts': 'let b;\n' };

const harnesses: Harness[] = [];
async function start(setup: Partial<HarnessOptions> = {}): Promise<Harness> {
  const place = { cwd: '/w', roots: ['/w'], home: '/home/u', platform: 'linux' } as const;
  const glob = fakeTool({ name: 'Glob', run: async (input) => `found ${JSON.stringify(input)}` });
  const harness = createHarness({
    replies: [reply([text('Done.')])],
    tools: [createReadTool({ place, pdf: undefined }), glob],
    ...setup,
    ports: { files: await writeTree(tree) },
  });
  harnesses.push(harness);
  return harness;
}
afterEach(() => Promise.all(harnesses.splice(0).map(({ agent }) => agent.close())));

const sentBy = (harness: Harness): string => JSON.stringify(harness.model.requests[0]?.messages);
const notices = (harness: Harness): unknown[] =>
  harness.ofType('system').filter(({ subtype }) => subtype === 'informational');

describe('files that a prompt names', () => {
  it('are read for the model behind the prompt as it was typed', async () => {
    const harness = await start();
    expect(await harness.ask('What is in @a.ts#L2-3?')).toMatchObject({ subtype: 'success' });
    expect(sentBy(harness)).toContain('What is in @a.ts#L2-3?');
    expect(sentBy(harness)).toContain('Lines 2 to 3 of a.ts');
    expect(sentBy(harness)).toMatch(/2.{1,4}two.{1,8}3.{1,4}three/);
    expect(sentBy(harness)).not.toContain('four');
    expect(harness.questions).toEqual([]);
    expect(notices(harness)).toEqual([]);
  });

  it('that may not be read are not, and the person is told', async () => {
    const harness = await start({
      options: { rules: [{ toolName: 'Read', ruleContent: './.env', behavior: 'deny', layer: 'user' }] },
    });
    await harness.ask('Compare @.env and @src/b.ts');
    expect(sentBy(harness)).not.toContain('secret');
    expect(sentBy(harness)).toContain('let b;');
    expect(notices(harness)).toMatchObject([
      { content: '.env was not given to the model: The rule Read(./.env) (user) forbids it.' },
    ]);
  });

  it('are looked into where they are folders, and left alone where there is nothing of that name', async () => {
    const harness = await start();
    await harness.ask('@src/ and @gone.ts, says @sam');
    expect(sentBy(harness)).toContain('Files in src/');
    expect(sentBy(harness)).not.toContain('gone.ts was');
    expect(notices(harness)).toEqual([]);
  });

  it('may be what is open in the editor: its selected lines are read, unless somebody would have to be asked', async () => {
    const harness = await start({
      options: { rules: [{ toolName: 'Read', ruleContent: './.env', behavior: 'ask', layer: 'user' }] },
      replies: [reply([text('Done.')]), reply([text('Done.')]), reply([text('Done.')])],
    });
    const ask = async (path: string, lines?: object) => {
      await harness.send('What is this?', {
        belay_context: { path, ...(lines === undefined ? {} : { lines }) },
      });
      const count = harness.ofType('result').length;
      await harness.result(count + 1);
      return JSON.stringify(harness.model.requests.at(-1)?.messages.at(-1)?.content.at(-1));
    };
    expect(await ask('/w/a.ts', { from: 2, to: 3 })).toMatch(/lines 2 to 3 of \/w\/a\.ts.*two.*three/);
    expect(await ask('/w/a.ts')).toContain('The user has /w/a.ts open in the editor.');
    const secret = await ask('/w/.env', { from: 1, to: 1 });
    expect(secret).toContain('lines 1 to 1 of /w/.env');
    expect(secret).not.toContain('KEY');
    expect([harness.questions, notices(harness)]).toEqual([[], []]);
  });

  it('may be texts that the client brings along, each left out where its file may not be read', async () => {
    const harness = await start({
      options: { rules: [{ toolName: 'Read', ruleContent: './.env', behavior: 'deny', layer: 'user' }] },
    });
    await harness.send('Fix @problems', {
      belay_attached: [
        { title: 'Problems in /w/a.ts', text: 'line 1: no such name', path: '/w/a.ts' },
        { title: 'Problems in /w/.env', text: 'line 1: KEY=secret', path: '/w/.env' },
      ],
    });
    await harness.result(1);
    expect(sentBy(harness)).toContain('Problems in /w/a.ts:\\n\\nline 1: no such name');
    expect(sentBy(harness)).toContain('Problems in /w/.env:\\n\\n(left out');
    expect(sentBy(harness)).not.toContain('secret');
  });

  it('are read by nothing where the tool is not there', async () => {
    const harness = await start({ tools: [] });
    await harness.ask('See @a.ts');
    expect(sentBy(harness)).not.toContain('three');
  });
});
