/** What the official Agent SDK must be able to do with Belay: subagents. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../support/conformance/sdkSession.ts';
import { text, toolUse } from '../support/modelServer/steps.ts';

let world: World;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(() => world.dispose());

const agents = {
  reader: { description: 'Reads.', prompt: 'You read.', tools: ['Read'], model: 'haiku' },
  writer: { description: 'Writes.', prompt: 'You write.' },
};

describe('a subagent', () => {
  it('is one that the client has defined, with its own prompt, tools and model', async () => {
    await world.write('a.txt', 'needle');
    world.server.scenarios({
      'please look': [
        [
          toolUse(
            'Agent',
            { description: 'read a', prompt: 'read a.txt', subagent_type: 'reader' },
            { id: 'toolu_agent' },
          ),
        ],
        [text('It holds a needle.')],
      ],
      'read a.txt': [[toolUse('Read', { file_path: 'a.txt' })], [text('needle')]],
    });
    const { messages, result } = await world.ask('please look', { agents });
    expect(result).toMatchObject({
      subtype: 'success',
      result: 'It holds a needle.',
      modelUsage: { 'claude-haiku-5-5': { outputTokens: 40 }, 'claude-opus-5-5': { outputTokens: 40 } },
    });
    const own = world.server.requests[1]?.body;
    expect(own).toMatchObject({ model: 'claude-haiku-5-5', tools: [{ name: 'Read' }] });
    expect(JSON.stringify(own?.system)).toContain('You read.');
    const nested = messages.filter(
      (message) => 'parent_tool_use_id' in message && message.parent_tool_use_id === 'toolu_agent',
    );
    expect(nested.map(({ type }) => type).filter((type) => type !== 'tool_progress')).toEqual([
      'assistant',
      'user',
      'assistant',
    ]);
  });

  it('asks the same callback, which is told who asks', async () => {
    world.server.scenarios({
      'please write': [
        [toolUse('Agent', { description: 'write b', prompt: 'write b.txt', subagent_type: 'writer' })],
        [text('Done.')],
      ],
      'write b.txt': [[toolUse('Write', { file_path: world.at('b.txt'), content: 'b' })], [text('Written.')]],
    });
    const asked: unknown[] = [];
    const session = world.open({
      agents,
      canUseTool: async (name, input, { agentID }) => {
        asked.push([name, typeof agentID]);
        return { behavior: 'allow', updatedInput: input };
      },
    });
    expect(await session.ask('please write')).toMatchObject({ result: 'Done.' });
    expect(asked).toEqual([['Write', 'string']]);
    expect(await world.content('b.txt')).toBe('b');
    expect((await session.query.supportedAgents()).map(({ name }) => name)).toEqual([
      'general-purpose',
      'reader',
      'writer',
    ]);
  });
});

describe('a skill that a subagent loads', () => {
  it('may do no more than the subagent', async () => {
    await world.write(
      '.claude/skills/mark/SKILL.md',
      '---\nname: mark\ndescription: How to mark\n---\nMarked: !`touch marked`',
    );
    const scenarios = (name: string) => ({
      [`ask ${name}`]: [
        [toolUse('Agent', { description: 'mark', prompt: `mark as ${name}`, subagent_type: name })],
        [text('Done.')],
      ],
      [`mark as ${name}`]: [[toolUse('Skill', { skill: 'mark' })], [text('Tried.')]],
    });
    world.server.scenarios({ ...scenarios('narrow'), ...scenarios('wide') });
    const marking = {
      permissionMode: 'bypassPermissions' as const,
      allowDangerouslySkipPermissions: true,
      agents: {
        narrow: { description: 'Has no shell.', prompt: 'You mark.', tools: ['Skill'] },
        wide: { description: 'Has one.', prompt: 'You mark.', tools: ['Skill', 'Bash'] },
      },
    };
    await world.ask('ask narrow', marking);
    expect(await world.isThere('marked')).toBe(false);
    await world.ask('ask wide', marking);
    expect(await world.isThere('marked')).toBe(true);
  });
});
