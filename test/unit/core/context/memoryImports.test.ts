import { describe, expect, test } from 'vitest';
import { findImports } from '../../../../src/core/context/memoryImports.ts';

describe('imports of a memory file', () => {
  test.each([
    ['See @README.md and @docs/my_file_name.md.', ['README.md', 'docs/my_file_name.md']],
    ['- @~/notes.md\n- @./a.md\n- @/etc/b.md', ['~/notes.md', './a.md', '/etc/b.md']],
    ['> **bold @in/bold.md** (@paren.md)', ['in/bold.md', 'paren.md']],
    ['| a | b |\n|---|---|\n| @cell.md | x |', ['cell.md']],
    ['## @head.md\n@line.md\n@head.md', ['head.md', 'line.md']],
    ['@my\\ file.md', ['my file.md']],
  ])('%j', async (text, paths) => {
    expect(await findImports(text)).toEqual(paths);
  });

  test.each([
    'Write `@no.md`, or ``@no.md``.',
    '```\n@no.md\n```',
    '~~~md\n@no.md\n~~~',
    'Text\n\n    @no.md',
    '- item\n\n  ```\n  @no.md\n  ```',
    '<!-- @no.md -->',
    'mail me@example.com, me@no.md',
    '@@no.md @#no @-no',
  ])('%j holds none', async (text) => {
    expect(await findImports(text)).toEqual([]);
  });
});
