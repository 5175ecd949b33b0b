import { describe, expect, it } from 'vitest';
import { formatRule, parseRule, splitRules } from '../../../../src/core/permissions/parseRule.ts';

describe('a rule as people write it', () => {
  it.each([
    ['Bash', { toolName: 'Bash' }],
    ['Bash(npm test)', { toolName: 'Bash', ruleContent: 'npm test' }],
    ['Bash(echo "(a)")', { toolName: 'Bash', ruleContent: 'echo "(a)"' }],
    [' Edit( src/** ) ', { toolName: 'Edit', ruleContent: 'src/**' }],
    ['Bash(*)', { toolName: 'Bash' }],
    ['mcp__server__tool', { toolName: 'mcp__server__tool' }],
  ])('%s is read', (text, rule) => {
    expect(parseRule(text)).toEqual(rule);
  });

  it.each(['', 'Bash(', 'Bash)', '(npm test)', 'two words', 'Bash(a) b'])('%j is none', (text) => {
    expect(parseRule(text)).toBeUndefined();
  });

  it('is written as it was read', () => {
    for (const text of ['Bash', 'Bash(npm run:*)', 'Read(//etc/**)'])
      expect(formatRule(parseRule(text) ?? { toolName: '' })).toBe(text);
  });
});

describe('rules in one text', () => {
  it('are taken apart outside of brackets only', () => {
    expect(splitRules('Read, Bash(git log *, now) Edit(a b)\nWrite')).toEqual([
      'Read',
      'Bash(git log *, now)',
      'Edit(a b)',
      'Write',
    ]);
    expect(splitRules('')).toEqual([]);
  });
});
