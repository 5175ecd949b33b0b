import { describe, expect, it } from 'vitest';
import { createModelTable } from '../../../../src/core/model/modelTable.ts';
import { parseAgentFile } from '../../../../src/core/subagents/parseAgentFile.ts';
import { resolveModel } from '../../../../src/core/subagents/resolveModel.ts';
import { selectTools } from '../../../../src/core/subagents/selectTools.ts';
import { fakeTool } from '../../../support/agentHarness.ts';

describe('selectTools', () => {
  const names = ['Read', 'mcp__a__one', 'mcp__ab__one', 'Agent', 'AskUserQuestion', 'ExitPlanMode'];
  const offered = names.map((name) => fakeTool({ name, run: async () => '' }));
  const select = (definition: { tools?: string[]; disallowedTools?: string[] }, depth = 1) =>
    selectTools({ definition, offered, depth }).map(({ name }) => name);

  it.each([
    ['all of the caller, but for those that are for a person', {}, ['Read', 'mcp__a__one', 'mcp__ab__one']],
    ['those that are named, with rules behind them', { tools: ['Read(src/**)', 'Nothing'] }, ['Read']],
    ['none where none is named', { tools: [] }, []],
    ['all of one server', { tools: ['mcp__a'] }, ['mcp__a__one']],
    ['all but those of one server', { disallowedTools: ['mcp__a__*'] }, ['Read', 'mcp__ab__one']],
    ['all but those of servers', { disallowedTools: ['mcp__*'] }, ['Read']],
    ['subagents of its own, by the older name', { tools: ['Task(reviewer)'] }, ['Agent']],
    ['no person to ask, also when it is named', { tools: ['AskUserQuestion', 'ExitPlanMode'] }, []],
    ['not what is both named and disallowed', { tools: ['Read'], disallowedTools: ['Read'] }, []],
  ])('gives %s', (_, definition, expected) => {
    expect(select(definition)).toEqual(expected);
  });
});

describe('resolveModel', () => {
  const models = createModelTable({});
  const resolve = (asked: (string | undefined)[], offered: { value: string }[] = []) =>
    resolveModel({ asked, inherited: 'claude-opus-5-5', offered, models });

  it.each([
    ['what is inherited, where nothing is said', [undefined, ''], 'claude-opus-5-5'],
    ['what is inherited, where that is said', ['inherit', 'haiku'], 'claude-opus-5-5'],
    ['the newest of a family', ['haiku'], 'claude-haiku-5-5'],
    ['the call before the definition', ['sonnet', 'haiku'], 'claude-sonnet-5-5'],
    ['an id as it is', ['my-model-1'], 'my-model-1'],
    ['what is inherited, for a family nobody knows', ['poodle'], 'claude-opus-5-5'],
  ])('gives %s', (_, asked, expected) => {
    expect(resolve(asked)).toBe(expected);
  });

  it('takes what the provider offers, and nothing else', () => {
    const offered = [{ value: 'us.anthropic.claude-haiku-4-5-v1:0' }, { value: 'local' }];
    expect(resolve(['haiku'], offered)).toBe('us.anthropic.claude-haiku-4-5-v1:0');
    expect(resolve(['local'], offered)).toBe('local');
    expect(resolve(['sonnet'], offered)).toBe('claude-opus-5-5');
  });
});

describe('parseAgentFile', () => {
  it('reads what people have', async () => {
    const text =
      '---\nname: reviewer\ndescription: Use this when: done\ntools:\n  - Read\n  - Agent(a, b)\nmaxTurns: 3\nskills: x\n---\n\nBe strict.\n';
    expect(await parseAgentFile(text)).toMatchObject({
      name: 'reviewer',
      definition: {
        description: 'Use this when: done',
        prompt: 'Be strict.',
        maxTurns: 3,
      },
    });
  });

  it.each([
    ['no name', '---\ndescription: x\n---\nBe.', /no "name"/],
    ['no text', '---\nname: x\ndescription: x\n---\n', /no text/],
    ['no description', '---\nname: x\n---\nBe.', /description/],
    ['no head', 'Just text.', /no "name"/],
  ])('says what is wrong with a file that has %s', async (_, text, problem) => {
    await expect(parseAgentFile(text)).rejects.toThrow(problem);
  });
});
