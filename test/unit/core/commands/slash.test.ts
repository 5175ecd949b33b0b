import { describe, expect, test } from 'vitest';
import { parseCommand } from '../../../../src/core/commands/command.ts';
import { expandCommand } from '../../../../src/core/commands/expandCommand.ts';
import { parseSlash, splitArguments } from '../../../../src/core/commands/slash.ts';
import type { RunTool } from '../../../../src/core/tools/tool.ts';

describe('a prompt that calls a command', () => {
  test.each([
    ['/review', { name: 'review', args: '' }],
    ['  /git:commit -m "a b"\nmore ', { name: 'git:commit', args: '-m "a b"\nmore' }],
    ['/Überblick x', { name: 'Überblick', args: 'x' }],
  ])('%j', (text, call) => expect(parseSlash(text)).toEqual(call));

  test.each(['/usr/bin/env is slow', '/', '// a comment', 'look at /review', '/* a */'])(
    '%j is none',
    (text) => expect(parseSlash(text)).toBeUndefined(),
  );

  test('arguments are taken apart at blanks outside of quotes', () => {
    expect(splitArguments(`a "b c" 'd "e"' "f \\"g\\""`)).toEqual(['a', 'b c', 'd "e"', 'f "g"']);
  });
});

describe('the text of a command', () => {
  const calls: [string, Readonly<Record<string, unknown>>][] = [];
  const runTool: RunTool = async (name, input) => {
    calls.push([name, input]);
    if (input.file_path === 'missing.md') return { text: 'It does not exist.', isError: true };
    return { text: `<${String(input.command ?? input.file_path)}>`, isError: false };
  };
  async function expand(body: string, args = '', kind: 'command' | 'skill' = 'command'): Promise<string> {
    calls.length = 0;
    const command = await parseCommand({
      name: 'x',
      kind,
      source: 'project',
      path: '/w/.claude/skills/x/SKILL.md',
      text: body,
    });
    return expandCommand(command, args, runTool);
  }

  test.each([
    ['Fix $ARGUMENTS now.', 'a "b c"', 'Fix a "b c" now.'],
    ['$1 then $2, $3.', 'a "b c"', 'a then b c, .'],
    ['$ARGUMENTS[1] and $10 $USER', 'a b', 'b and $10 $USER'],
    ['No place.', 'a b', 'No place.\n\nARGUMENTS: a b'],
    ['No place.', '', 'No place.'],
    ['$1', '$2 $ARGUMENTS', '$2'],
  ])('%j with %j', async (body, args, text) => {
    expect(await expand(body, args)).toBe(text);
  });

  test('holds the output of its shell lines, run in order, with the arguments in them', async () => {
    expect(await expand('A !`git log $1`\n!`git diff` end; `!not` and x!`no`', 'main')).toBe(
      'A <git log main>\n<git diff> end; `!not` and x!`no`',
    );
    expect(calls).toEqual([
      ['Bash', { command: 'git log main' }],
      ['Bash', { command: 'git diff' }],
    ]);
  });

  test('no argument brings a shell line along', async () => {
    expect(await expand('Say $ARGUMENTS', '!`rm -rf x`')).toBe('Say !`rm -rf x`');
    expect(calls).toEqual([]);
  });

  test('holds the files it names, or why they could not be read', async () => {
    expect(await expand('See @a.md and @$1; not `@code.md`.', 'missing.md')).toBe(
      'See @a.md and @missing.md; not `@code.md`.\n\nContents of a.md:\n\n<a.md>\n\n(missing.md could not be read: It does not exist.)',
    );
  });

  test('of a skill says where its files lie', async () => {
    expect(await expand('Do it.', '', 'skill')).toBe(
      'The files of this skill lie in /w/.claude/skills/x.\n\nDo it.',
    );
  });
});
