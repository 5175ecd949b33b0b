import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createGlobTool } from '../../../../src/core/tools/glob.ts';
import { createGrepTool } from '../../../../src/core/tools/grep.ts';
import { createNodeProcesses } from '../../../../src/node/processes.ts';
import { createTestProcesses } from '../../../support/testProcesses.ts';
import { createHarness } from './toolHarness.ts';

let processes: Awaited<ReturnType<typeof createTestProcesses>>;

beforeAll(async () => {
  processes = await createTestProcesses();
}, 300_000);

/** A git repository with these files, the first one the oldest. */
async function repository(contents: Record<string, string>) {
  const harness = await createHarness({ processes });
  execFileSync('git', ['init', '-q', harness.folder]);
  for (const [index, [name, content]] of Object.entries(contents).entries()) {
    const path = join(harness.folder, name);
    await fs.mkdir(dirname(path), { recursive: true });
    await fs.writeFile(path, content);
    await fs.utimes(path, 1000 + index, 1000 + index);
  }
  const grep = createGrepTool({ place: harness.context.workspace });
  const glob = createGlobTool({ place: harness.context.workspace });
  return {
    harness,
    grep: (input: Record<string, unknown>, changes = {}) => harness.run(grep, input, changes),
    glob: (input: Record<string, unknown>, changes = {}) => harness.run(glob, input, changes),
    grepTool: grep,
    globTool: glob,
  };
}

const project = {
  '.gitignore': 'dist\n',
  'src/old.ts': 'export const a = 1;\nexport const b = 2;\n',
  'src/new.ts': 'import { a } from "./old";\r\n// TODO: a\r\nconst A = a;\r\n',
  'src/app/[id]/page.tsx': 'page',
  'test/old.test.ts': 'const b = 3;\n',
  '.hidden/x.ts': 'const hidden = 1;',
  'dist/out.ts': 'const a = 1;',
  '.git/notes.ts': 'const a = 1;',
  '.env': 'KEY=secret',
};

describe('Glob', () => {
  it('lists files, the newest first, without the ignored ones', async () => {
    const { glob, harness } = await repository(project);
    const { text, output } = await glob({ pattern: '**/*.ts' });
    expect(text).toBe('.hidden/x.ts\ntest/old.test.ts\nsrc/new.ts\nsrc/old.ts');
    expect(output).toMatchObject({ numFiles: 4, truncated: false });
    expect(output).toHaveProperty('filenames.0', join(harness.folder, '.hidden/x.ts'));
  });

  it('starts where path or the pattern say', async () => {
    const { glob, harness } = await repository(project);
    expect((await glob({ pattern: '*.ts', path: 'src' })).text).toBe('src/new.ts\nsrc/old.ts');
    expect((await glob({ pattern: './src/*.ts' })).text).toBe('src/new.ts\nsrc/old.ts');
    expect((await glob({ pattern: `${harness.folder}/src/o*.ts` })).text).toBe('src/old.ts');
    expect((await glob({ pattern: '../src/old.ts', path: 'test' })).text).toBe('src/old.ts');
    expect((await glob({ pattern: 'src/{old,new}.ts' })).text).toBe('src/new.ts\nsrc/old.ts');
    expect((await glob({ pattern: '*.ts' })).text).toBe('No file matches.');
    expect((await glob({ pattern: 'dist/**' })).text).toBe('dist/out.ts');
  });

  it('takes brackets as part of a name when there is such a file', async () => {
    const { glob } = await repository(project);
    expect((await glob({ pattern: 'src/app/[id]/page.tsx' })).text).toBe('src/app/[id]/page.tsx');
  });

  it('says when there are more than it lists', async () => {
    const many = Object.fromEntries(Array.from({ length: 103 }, (_, index) => [`f${index}.txt`, '']));
    const { glob } = await repository(many);
    const { text, output } = await glob({ pattern: '*' });
    expect(text).toMatch(/^f102\.txt\n[\s\S]*f3\.txt\n\(There are more than these 100/);
    expect(output).toMatchObject({ numFiles: 100, truncated: true });
  });

  it('shows what is odd in a name, and leaves out what may not be read', async () => {
    const { glob } = await repository({ 'a\nb': '', 'c\u202ed': '', '.env': '' });
    const mayRead = (path: string) => !path.endsWith('.env');
    expect((await glob({ pattern: '*' }, { mayRead })).text).toBe('c\\u{202e}d\na\\u{a}b');
  });

  it('fails clearly', async () => {
    const { glob } = await repository(project);
    expect(await glob({ pattern: '*', path: 'none' })).toMatchObject({
      isError: true,
      text: 'none does not exist, so there is nothing to search.',
    });
    expect((await glob({ pattern: '*', path: 'src/old.ts' })).text).toMatch(/is a file, not a folder/);
  });

  it('says what it reads', async () => {
    const { globTool, harness } = await repository({});
    const { context, folder } = harness;
    expect(await globTool.effects({ pattern: 'src/*/x' }, context)).toEqual([
      { kind: 'read', path: join(folder, 'src') },
    ]);
    expect(await globTool.effects({ pattern: '/etc/*' }, context)).toEqual([{ kind: 'read', path: '/etc' }]);
    expect(await globTool.effects({ pattern: '/*' }, context)).toEqual([{ kind: 'read', path: '/' }]);
    expect(await globTool.effects({ pattern: '../*' }, context)).toEqual([
      { kind: 'read', path: dirname(folder) },
    ]);
    expect(globTool.title({ pattern: '*.ts', path: join(folder, 'src') })).toBe('Find *.ts in src');
  });
});

describe('Grep', () => {
  it('names files, the newest first', async () => {
    const { grep, harness } = await repository(project);
    const { text, output } = await grep({ pattern: 'const' });
    expect(text).toBe('4 files:\n.hidden/x.ts\ntest/old.test.ts\nsrc/new.ts\nsrc/old.ts');
    expect(output).toMatchObject({ mode: 'files_with_matches', numFiles: 4 });
    expect(output).toHaveProperty('filenames.3', join(harness.folder, 'src/old.ts'));
    expect((await grep({ pattern: 'a', path: 'dist' })).text).toBe('1 file:\ndist/out.ts');
  });

  it('shows lines, with those around them', async () => {
    const { grep } = await repository(project);
    const content = { output_mode: 'content', path: 'src/new.ts' };
    expect((await grep({ pattern: 'TODO', ...content })).text).toBe('src/new.ts:2:// TODO: a');
    expect((await grep({ pattern: 'TODO', ...content, '-n': false })).text).toBe('src/new.ts:// TODO: a');
    expect((await grep({ pattern: 'TODO', ...content, '-C': 1 })).text).toBe(
      'src/new.ts-1-import { a } from "./old";\nsrc/new.ts:2:// TODO: a\nsrc/new.ts-3-const A = a;',
    );
    expect((await grep({ pattern: 'TODO', ...content, '-A': 1 })).text).toMatch(/:2:.*\n.*-3-/);
    expect((await grep({ pattern: 'TODO', ...content, '-B': 1 })).text).toMatch(/-1-.*\n.*:2:/);
    expect((await grep({ pattern: 'TO..', ...content, '-o': true })).text).toBe('src/new.ts:2:TODO');
  });

  it('counts, by file', async () => {
    const { grep } = await repository(project);
    const { text } = await grep({ pattern: 'export', output_mode: 'count' });
    expect(text).toBe('src/old.ts:2');
  });

  it('narrows by glob and type, widens by case and lines', async () => {
    const { grep } = await repository(project);
    expect((await grep({ pattern: 'const', glob: '*.test.ts' })).text).toBe('1 file:\ntest/old.test.ts');
    expect((await grep({ pattern: 'const', glob: '!src/**', type: 'ts' })).text).toBe(
      '2 files:\n.hidden/x.ts\ntest/old.test.ts',
    );
    expect((await grep({ pattern: 'const', glob: '**' })).text).not.toContain('.git/');
    expect((await grep({ pattern: 'todo', '-i': true })).text).toBe('1 file:\nsrc/new.ts');
    expect((await grep({ pattern: '1;\\nexport', multiline: true })).text).toBe('1 file:\nsrc/old.ts');
  });

  it('answers a part, and says that there is more', async () => {
    const { grep } = await repository({
      'a.txt': Array.from({ length: 10 }, (_, index) => `x${index}`).join('\n'),
    });
    const content = { pattern: 'x', output_mode: 'content' };
    const first = await grep({ ...content, head_limit: 2 });
    expect(first.text).toBe(
      'a.txt:1:x0\na.txt:2:x1\n(There is more. Go on with offset 2, or narrow the search.)',
    );
    expect(first.output).toMatchObject({ appliedLimit: 2 });
    expect((await grep({ ...content, head_limit: 2, offset: 8 })).text).toBe('a.txt:9:x8\na.txt:10:x9');
    expect((await grep({ ...content, offset: 20 })).text).toBe('(Nothing is left after the offset.)');
    expect((await grep({ pattern: 'none' })).text).toBe('(Nothing matches.)');
  });

  it('stays small whatever it finds', async () => {
    const { grep } = await repository({ 'a.txt': `${'x'.repeat(600)}\n`.repeat(5000) });
    const { text } = await grep({ pattern: 'x', output_mode: 'content', head_limit: 0 });
    expect(text.length).toBeLessThan(110_000);
    expect(text).toMatch(/There is more/);
  });

  it('leaves out what may not be read, also through a linked folder', async () => {
    const { grep, harness } = await repository({ ...project, 'a.ts': 'KEY\n1\n2\n3\nKEY' });
    const mayRead = (path: string) => path !== join(harness.folder, '.env');
    expect((await grep({ pattern: 'KEY' }, { mayRead })).text).toBe('1 file:\na.ts');
    await fs.symlink('.', join(harness.folder, 'link'));
    const content = { pattern: 'KEY', output_mode: 'content', path: 'link', '-A': 1 };
    expect((await grep(content, { mayRead })).text).toBe(
      'link/a.ts:1:KEY\nlink/a.ts-2-1\n--\nlink/a.ts:5:KEY',
    );
    expect((await grep({ ...content, output_mode: 'count' }, { mayRead })).text).toBe('link/a.ts:2');
  });

  it('reads names with line breaks and colons as names', async () => {
    const { grep } = await repository({ 'a:1:b\nc': 'hit' });
    expect((await grep({ pattern: 'hit', output_mode: 'content' })).text).toBe('a:1:b\\u{a}c:1:hit');
    expect((await grep({ pattern: 'hit' })).text).toBe('1 file:\na:1:b\\u{a}c');
  });

  it('runs nothing of the user’s configuration, and takes a pattern as a pattern', async () => {
    const { grep } = await repository({ 'a.txt': '--files' });
    expect((await grep({ pattern: '--files' })).text).toBe('1 file:\na.txt');
  });

  it('fails clearly', async () => {
    const { grep, harness } = await repository(project);
    expect(await grep({ pattern: '(' })).toMatchObject({
      isError: true,
      text: expect.stringMatching(/regex parse error/),
    });
    expect(await grep({ pattern: 'a', type: 'klingon' })).toMatchObject({
      isError: true,
      text: expect.stringMatching(/klingon/),
    });
    expect((await grep({ pattern: 'a', path: 'none' })).isError).toBe(true);
    const none = createNodeProcesses({ platform: 'linux', env: {}, ripgrepCandidates: [] });
    const without = await grep({ pattern: 'a' }, { processes: none });
    expect(without).toMatchObject({
      isError: true,
      text: expect.stringMatching(/no ripgrep.*shell instead/),
    });
    const reason = new Error('stopped');
    await expect(grep({ pattern: 'a' }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(harness.folder).toBeDefined();
  });

  it('says what it reads', async () => {
    const { grepTool, harness } = await repository({});
    expect(await grepTool.effects({ pattern: 'x', path: 'a/..' }, harness.context)).toEqual([
      { kind: 'read', path: harness.folder },
    ]);
    expect(grepTool.title({ pattern: 'x', path: 'src' })).toBe('Search for x in src');
    expect([grepTool.title({}), grepTool.title({ pattern: 'x' })]).toEqual(['Search', 'Search for x']);
  });
});
