import { afterEach, describe, expect, it } from 'vitest';
import type { AgentOptions } from '../../../../src/core/agent.ts';
import { createReadTool } from '../../../../src/core/tools/read.ts';
import type { ContentBlock } from '../../../../src/protocol/blocks.ts';
import { createHarness, fakeTool, type Harness, type HarnessOptions } from '../../../support/agentHarness.ts';
import { writeTree } from '../../../support/memory/writeTree.ts';
import { reply } from '../../../support/scriptedModel.ts';

const memory: AgentOptions['memory'] = { sources: ['user', 'project', 'local'], configDir: '/home/u/.belay' };
const text = (said: string): ContentBlock => ({ type: 'text', text: said });

const tree = {
  '/w/a.ts': 'let a;\n',
  '/w/.claude/commands/fix.md':
    '---\ndescription: Fixes an issue\nargument-hint: [number]\nallowed-tools: Bash(git log:*)\nmodel: claude-haiku-5-5\n---\nFix issue $1. Log: !`git log $1`\nSee @a.ts',
  '/w/.claude/commands/git/commit.md': 'Commit it.',
  '/w/.claude/skills/deploy/SKILL.md':
    '---\nname: deploy\ndescription: How to deploy\n---\nDeploy with $ARGUMENTS.',
  '/w/.claude/skills/secret/SKILL.md': '---\ndescription: Hidden\ndisable-model-invocation: true\n---\nText.',
  '/home/u/.belay/commands/fix.md': 'Of the user.',
  '/home/u/.belay/commands/mine.md': 'Mine.',
};

const harnesses: Harness[] = [];
const ran: string[] = [];
async function start(setup: Partial<HarnessOptions> = {}): Promise<Harness> {
  ran.length = 0;
  const bash = fakeTool({
    name: 'Bash',
    readOnly: false,
    effects: [],
    run: async ({ command }) => {
      ran.push(String(command));
      return `out of ${String(command)}`;
    },
  });
  const asking = {
    ...bash,
    effects: async ({ command }: Record<string, unknown>) => [
      { kind: 'execute' as const, command: String(command), cwd: '/w' },
    ],
  };
  const place = { cwd: '/w', roots: ['/w'], home: '/home/u', platform: 'linux' } as const;
  const files = await writeTree(tree);
  const harness = createHarness({
    replies: [reply([text('Done.')])],
    tools: [createReadTool({ place, pdf: undefined }), asking],
    ...setup,
    options: { memory, ...setup.options },
    ports: { files, ...setup.ports },
  });
  harnesses.push(harness);
  return harness;
}
afterEach(() => Promise.all(harnesses.splice(0).map(({ agent }) => agent.close())));

describe('commands', () => {
  it('are told to the client, Belay’s own first, the project’s before the user’s', async () => {
    const harness = await start();
    const { commands } = await harness.peer.request('initialize', {});
    expect(commands.filter(({ builtin }) => builtin).map(({ name }) => name)).toEqual([
      'clear',
      'compact',
      'context',
      'cost',
    ]);
    expect(commands.filter(({ builtin }) => builtin !== true)).toEqual([
      { name: 'deploy', description: 'How to deploy (project)', argumentHint: '' },
      { name: 'secret', description: 'Hidden (project)', argumentHint: '' },
      { name: 'fix', description: 'Fixes an issue (project)', argumentHint: '[number]' },
      { name: 'git:commit', description: 'Commit it. (project)', argumentHint: '' },
      { name: 'mine', description: 'Mine. (user)', argumentHint: '' },
    ]);
    await harness.ask('hello');
    const init = harness.ofType('system').find(({ subtype }) => subtype === 'init');
    expect(init).toMatchObject({
      slash_commands: [
        'clear',
        'compact',
        'context',
        'cost',
        'deploy',
        'secret',
        'fix',
        'git:commit',
        'mine',
      ],
      skills: ['deploy', 'secret'],
    });
  });

  it('are expanded behind the prompt as it was typed, with their tools and their model, for this turn', async () => {
    const harness = await start({ replies: [reply([text('Done.')]), reply([text('Hi.')])] });
    expect(await harness.ask('/fix 42')).toMatchObject({ subtype: 'success' });
    expect(ran).toEqual(['git log 42']);
    expect(harness.questions).toEqual([]);
    const [request] = harness.model.requests;
    expect(request?.model).toBe('claude-haiku-5-5');
    const said = JSON.stringify(request?.messages);
    expect(said).toContain('/fix 42');
    expect(said).toContain('Fix issue 42. Log: out of git log 42');
    expect(said).toContain('let a;');
    await harness.ask('hello');
    expect(harness.model.requests[1]?.model).toBe('claude-opus-5-5');
  });

  it('run nothing that the permission layer does not allow', async () => {
    const harness = await start({
      options: { rules: [{ toolName: 'Bash', behavior: 'ask', layer: 'user' }] },
      onQuestion: async () => ({ behavior: 'deny', message: 'no' }),
    });
    await harness.ask('/fix 42');
    expect(harness.questions).toHaveLength(1);
    expect(ran).toEqual([]);
    expect(JSON.stringify(harness.model.requests[0]?.messages)).toContain('did not allow this call: no');
  });

  it('that do not exist are told and not sent; a path is no command', async () => {
    const harness = await start();
    const result = await harness.ask('/nothing here');
    expect(result).toMatchObject({ subtype: 'success', num_turns: 0 });
    expect(result.result).toContain('There is no command /nothing');
    expect(harness.model.requests).toEqual([]);
    await harness.ask('/usr/bin is slow');
    expect(harness.model.requests).toHaveLength(1);
  });

  it('of an untrusted workspace are none', async () => {
    const harness = await start({
      ports: {
        workspace: {
          cwd: '/w',
          roots: ['/w'],
          home: '/home/u',
          platform: 'linux',
          trusted: false,
          osDescription: 'Linux',
        },
        files: await writeTree(tree),
      },
    });
    const { commands } = await harness.peer.request('initialize', {});
    expect(commands.filter(({ builtin }) => builtin !== true).map(({ name }) => name)).toEqual([
      'fix',
      'mine',
    ]);
    await harness.ask('/fix 42');
    expect(ran).toEqual([]);
    expect(JSON.stringify(harness.model.requests[0]?.messages)).toContain('Of the user.');
  });

  it('that Belay answers itself need no model', async () => {
    const harness = await start();
    expect((await harness.ask('/cost')).result).toContain('The session has cost $0.0000');
    expect((await harness.ask('/context')).result).toContain('of 1,000,000 tokens');
    expect(harness.model.requests).toEqual([]);
    expect(harness.ofType('system').filter(({ subtype }) => subtype === 'local_command_output')).toHaveLength(
      2,
    );
  });

  it('/clear makes the model forget; a rewind to before it undoes that', async () => {
    const harness = await start({
      replies: [reply([text('I know.')]), reply([text('What word?')]), reply([text('Banana.')])],
    });
    await harness.ask('the word is banana');
    expect(await harness.ask('/clear')).toMatchObject({ subtype: 'success', num_turns: 0 });
    await harness.ask('what is the word?');
    expect(JSON.stringify(harness.model.requests[1]?.messages)).not.toContain('banana');
    const summary = harness.transcripts
      .lines('session')
      .find(({ isCompactSummary }) => isCompactSummary === true);
    expect(summary).toMatchObject({ type: 'user', isMeta: true });
    await harness.peer.request('belay/conversation_rewind', { user_message_id: 'user-1' });
    await harness.ask('again');
    expect(JSON.stringify(harness.model.requests[2]?.messages)).not.toContain('cleared');
  });
});

describe('skills', () => {
  it('are listed to the model, and loaded by it', async () => {
    const harness = await start({
      replies: [
        reply([{ type: 'tool_use', id: 'skill', name: 'Skill', input: { skill: 'deploy', args: 'care' } }]),
        reply([{ type: 'tool_use', id: 'none', name: 'Skill', input: { skill: 'secret' } }]),
        reply([text('Done.')]),
      ],
    });
    await harness.ask('deploy it');
    const [first, second, third] = harness.model.requests;
    expect(first?.system.at(-1)).toContain('- deploy: How to deploy');
    expect(first?.system.join()).not.toContain('Hidden');
    expect(first?.tools.map(({ name }) => name)).toContain('Skill');
    expect(JSON.stringify(second?.messages.at(-1))).toContain('Deploy with care.');
    expect(JSON.stringify(third?.messages.at(-1))).toContain('There is no skill named');
  });
});
