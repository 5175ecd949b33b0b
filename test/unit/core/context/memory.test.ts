import { describe, expect, test } from 'vitest';
import { createMemory, type Memory } from '../../../../src/core/context/memory.ts';
import type { MemoryDeps, SettingSource } from '../../../../src/core/context/readMemory.ts';
import type { LayeredRule } from '../../../../src/core/permissions/decidePermission.ts';
import type { Workspace } from '../../../../src/core/ports.ts';
import type { MemoryFileSystem } from '../../../support/memory/fileSystem.ts';
import { writeTree } from '../../../support/memory/writeTree.ts';

interface Setup {
  readonly sources?: readonly SettingSource[];
  readonly trusted?: boolean;
  readonly rules?: readonly LayeredRule[];
  readonly mode?: 'default' | 'bypassPermissions';
  readonly prepare?: (files: MemoryFileSystem) => Promise<void>;
}

async function open(texts: Record<string, string>, setup: Setup = {}): Promise<Memory> {
  const files = await writeTree({ '/home/u/w/app/package.json': '{}', '/home/u/.belay/x': '', ...texts });
  await setup.prepare?.(files);
  const workspace: Workspace = {
    cwd: '/home/u/w/app',
    roots: ['/home/u/w/app'],
    home: '/home/u',
    platform: 'linux',
    trusted: setup.trusted ?? true,
    osDescription: 'Linux',
  };
  const deps: MemoryDeps = {
    files,
    workspace,
    log: { debug: () => undefined, warn: () => undefined },
    configDir: '/home/u/.belay',
    sources: setup.sources ?? ['user', 'project', 'local'],
    permissions: () => ({
      mode: setup.mode ?? 'default',
      rules: setup.rules ?? [],
      workspace,
      realRoots: workspace.roots,
      additionalDirectories: [],
      readableDirectories: [],
    }),
  };
  return createMemory(deps);
}

async function pathsOf(memory: Memory): Promise<readonly string[]> {
  return (await memory.files()).map(({ path }) => path);
}

const app = '/home/u/w/app';

describe('memory files', () => {
  test('are read from the root down, the nearest last, the own of the user first', async () => {
    const memory = await open({
      '/CLAUDE.md': 'root',
      '/home/u/.belay/CLAUDE.md': 'mine',
      '/home/u/w/AGENTS.md': 'group',
      [`${app}/CLAUDE.md`]: 'app',
      [`${app}/AGENTS.md`]: 'agents',
      [`${app}/.claude/CLAUDE.md`]: 'inner',
      [`${app}/.claude/rules/b.md`]: 'rule b',
      [`${app}/.claude/rules/sub/a.md`]: 'rule a',
      [`${app}/.claude/rules/notes.txt`]: 'no rule',
      [`${app}/CLAUDE.local.md`]: 'local',
    });
    expect(await pathsOf(memory)).toEqual([
      '/home/u/.belay/CLAUDE.md',
      '/CLAUDE.md',
      '/home/u/w/AGENTS.md',
      `${app}/CLAUDE.md`,
      `${app}/AGENTS.md`,
      `${app}/.claude/CLAUDE.md`,
      `${app}/.claude/rules/b.md`,
      `${app}/.claude/rules/sub/a.md`,
      `${app}/CLAUDE.local.md`,
    ]);
    const section = await memory.section();
    expect(section).toContain(`Contents of ${app}/CLAUDE.md (of the project):\n\napp`);
    expect(section).toContain(
      "Contents of /home/u/.belay/CLAUDE.md (the user's own, for all projects):\n\nmine",
    );
  });

  test('are those of the sources that were asked for', async () => {
    const texts = {
      '/home/u/.belay/CLAUDE.md': 'mine',
      [`${app}/CLAUDE.md`]: 'app',
      [`${app}/CLAUDE.local.md`]: 'local',
    };
    expect(await pathsOf(await open(texts, { sources: ['user'] }))).toEqual(['/home/u/.belay/CLAUDE.md']);
    expect(await pathsOf(await open(texts, { sources: ['project'] }))).toEqual([`${app}/CLAUDE.md`]);
    expect(await pathsOf(await open(texts, { sources: ['local'] }))).toEqual([`${app}/CLAUDE.local.md`]);
    expect(await (await open(texts, { sources: [] })).section()).toBeUndefined();
  });

  test('of a workspace that is not trusted are not read, nor are its rules', async () => {
    const memory = await open(
      {
        '/home/u/.belay/CLAUDE.md': 'mine',
        '/home/u/w/CLAUDE.md': 'around',
        [`${app}/CLAUDE.md`]: 'app',
        [`${app}/.claude/rules/a.md`]: '---\npaths: "**/*.ts"\n---\nrule',
      },
      { trusted: false },
    );
    expect(await pathsOf(memory)).toEqual(['/home/u/.belay/CLAUDE.md']);
    memory.sawFile(`${app}/a.ts`);
    expect(await memory.takeRules()).toEqual([]);
  });

  test('a file that is linked to by another name comes once', async () => {
    const memory = await open(
      { [`${app}/CLAUDE.md`]: 'app' },
      { prepare: (files) => files.makeLink(`${app}/AGENTS.md`, 'CLAUDE.md') },
    );
    expect(await pathsOf(memory)).toEqual([`${app}/CLAUDE.md`]);
  });

  test('a link that leads out of the project is not followed, unless it is the user’s own', async () => {
    const memory = await open(
      { '/home/u/.ssh/id': 'secret', '/home/u/dotfiles/mine.md': 'mine' },
      {
        async prepare(files) {
          await files.makeLink(`${app}/CLAUDE.md`, '/home/u/.ssh/id');
          await files.makeLink('/home/u/.belay/CLAUDE.md', '/home/u/dotfiles/mine.md');
        },
      },
    );
    expect(await pathsOf(memory)).toEqual(['/home/u/.belay/CLAUDE.md']);
  });

  test('a file that a deny rule covers is not read', async () => {
    const memory = await open(
      { [`${app}/CLAUDE.md`]: '@secret/a.md @b.md', [`${app}/secret/a.md`]: 'a', [`${app}/b.md`]: 'b' },
      { rules: [{ toolName: 'Read', ruleContent: 'secret/**', behavior: 'deny', layer: 'user' }] },
    );
    expect(await pathsOf(memory)).toEqual([`${app}/CLAUDE.md`, `${app}/b.md`]);
  });

  test('too long a file is cut, with a word about it', async () => {
    const memory = await open({ [`${app}/CLAUDE.md`]: 'x'.repeat(50_000) });
    const section = (await memory.section()) ?? '';
    expect(section).toContain(`[Cut here: ${app}/CLAUDE.md has 50000 characters.`);
    expect(section.length).toBeLessThan(41_000);
  });
});

describe('imports', () => {
  test('are followed from where they stand, and come behind the file that asks for them', async () => {
    const memory = await open({
      [`${app}/CLAUDE.md`]: 'See @docs/a.md and @missing.md',
      [`${app}/docs/a.md`]: 'a, and @b.md',
      [`${app}/docs/b.md`]: 'b, and @../CLAUDE.md again',
      [`${app}/AGENTS.md`]: 'agents',
    });
    expect(await pathsOf(memory)).toEqual([
      `${app}/CLAUDE.md`,
      `${app}/docs/a.md`,
      `${app}/docs/b.md`,
      `${app}/AGENTS.md`,
    ]);
    expect(await memory.section()).toContain(`Contents of ${app}/docs/a.md (imported by ${app}/CLAUDE.md)`);
  });

  test('end at the fifth', async () => {
    const chain = Object.fromEntries(
      [0, 1, 2, 3, 4, 5, 6].map((index) => [`${app}/${index}.md`, `@${index + 1}.md`]),
    );
    const memory = await open({ ...chain, [`${app}/CLAUDE.md`]: '@1.md' });
    expect((await pathsOf(memory)).at(-1)).toBe(`${app}/5.md`);
  });

  test.each(['default', 'bypassPermissions'] as const)(
    'of a project reach nothing outside of it, in the mode %s',
    async (mode) => {
      const memory = await open(
        {
          [`${app}/CLAUDE.md`]: '@~/.ssh/id @/etc/passwd @../../.belay/keys.md',
          '/home/u/.ssh/id': 'secret',
          '/etc/passwd': 'secret',
          '/home/u/.belay/keys.md': 'secret',
        },
        { mode },
      );
      expect(await pathsOf(memory)).toEqual([`${app}/CLAUDE.md`]);
    },
  );

  test('of the user reach the folder of the user', async () => {
    const memory = await open({
      '/home/u/.belay/CLAUDE.md': '@style.md @~/.ssh/id',
      '/home/u/.belay/style.md': 'style',
      '/home/u/.ssh/id': 'secret',
    });
    expect(await pathsOf(memory)).toEqual(['/home/u/.belay/CLAUDE.md', '/home/u/.belay/style.md']);
  });
});

describe('rules for certain files', () => {
  const texts = {
    [`${app}/.claude/rules/ts.md`]: '---\npaths: src/**/*.{ts,tsx}\n---\nUse types.',
    [`${app}/.claude/rules/all.md`]: 'Always.',
    '/home/u/.belay/rules/py.md': '---\npaths:\n  - "**/*.py"\n---\nUse hints.',
  };

  test('are told when such a file is seen, once, and not at the start', async () => {
    const memory = await open(texts);
    expect(await memory.section()).not.toContain('Use types.');
    memory.sawFile(`${app}/README.md`);
    memory.sawFile('/elsewhere/src/a.ts');
    expect(await memory.takeRules()).toEqual([]);
    memory.sawFile(`${app}/src/deep/a.ts`);
    memory.sawFile(`${app}/tool.py`);
    expect(await memory.takeRules()).toEqual([
      'A rule for files like **/*.py (from /home/u/.belay/rules/py.md):\n\nUse hints.',
      `A rule for files like src/**/*.{ts,tsx} (from ${app}/.claude/rules/ts.md):\n\nUse types.`,
    ]);
    memory.sawFile(`${app}/src/b.ts`);
    expect(await memory.takeRules()).toEqual([]);
  });

  test('are told again when the model has lost what it was told', async () => {
    const memory = await open(texts);
    memory.sawFile(`${app}/tool.py`);
    await memory.takeRules();
    memory.forgetTold();
    memory.sawFile(`${app}/tool.py`);
    expect(await memory.takeRules()).toHaveLength(1);
  });
});
