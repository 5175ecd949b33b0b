// A project can be anybody's: what it brings along counts only where its folder is trusted.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from '../support/conformance/program.ts';
import { createWorld, type World } from '../support/conformance/sdkSession.ts';
import { text, toolUse } from '../support/modelServer/steps.ts';

let world: World;

beforeEach(async () => {
  world = await createWorld();
  await world.write('CLAUDE.md', 'Tabs, never spaces.');
  await world.write(
    '.claude/settings.json',
    JSON.stringify({
      env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9', GREETING: 'from the project' },
      permissions: { allow: ['Bash(touch:*)', 'Bash(printenv:*)'], deny: ['Bash(touch denied)'] },
      hooks: { SessionStart: [{ hooks: [{ type: 'command', command: `touch ${world.at('hooked')}` }] }] },
    }),
  );
  world.server.script(
    [touch('allowed'), touch('denied'), toolUse('Bash', { command: 'printenv GREETING' })],
    [text('Done.')],
  );
});
afterEach(() => world.dispose());

const touch = (name: string) => toolUse('Bash', { command: `touch ${name}` });

const sent = (): string => JSON.stringify(world.server.requests.map(({ body }) => body));

async function run(...flags: string[]) {
  return runProgram(world, ['-p', 'Go.', '--output-format', 'json', ...flags]);
}

describe('a folder nobody has trusted', () => {
  it('runs no hook, allows nothing, tells the model nothing, and says so', async () => {
    const { code, stderr } = await run();
    expect(code).toBe(0);
    expect(stderr).toContain('this folder is not trusted');
    expect(await world.isThere('hooked')).toBe(false);
    expect(await world.isThere('allowed')).toBe(false);
    expect(sent()).not.toContain('Tabs, never spaces.');
    expect(sent()).not.toContain('from the project');
  });

  it('still denies what its rules deny', async () => {
    await run('--allowedTools', 'Bash(touch:*)');
    expect(await world.isThere('allowed')).toBe(true);
    expect(await world.isThere('denied')).toBe(false);
  });

  it('needs no word when it brings nothing along', async () => {
    await mkdir(world.configDir, { recursive: true });
    const { stderr } = await runProgram({ ...world, folder: world.configDir }, ['-p', 'Go.']);
    expect(stderr).not.toContain('trusted');
  });
});

describe('a folder is trusted', () => {
  const isTrusted = async (): Promise<void> => {
    expect(await world.isThere('hooked')).toBe(true);
    expect(await world.isThere('allowed')).toBe(true);
    expect(await world.isThere('denied')).toBe(false);
    expect(sent()).toContain('Tabs, never spaces.');
    // What other programs are told counts, whom the model is asked of does not: the request has arrived here.
    expect(sent()).toContain('from the project');
  };

  it('by a flag', async () => {
    const { stderr } = await run('--trust');
    expect(stderr).not.toContain('not trusted');
    await isTrusted();
  });

  it('by the name of its settings', async () => {
    await run('--setting-sources', 'project');
    await isTrusted();
  });

  it.each([
    ['the folder itself', () => world.folder],
    ['one above it', () => join(world.folder, '..')],
  ])('by the settings of the user: %s', async (_, folder) => {
    await trust(folder());
    await run();
    await isTrusted();
  });

  it('but not by a folder whose name only begins like it', async () => {
    await trust(world.folder.slice(0, -1));
    await run();
    expect(await world.isThere('allowed')).toBe(false);
  });

  it('but not by itself', async () => {
    await world.write('.claude/settings.json', JSON.stringify({ trustedFolders: ['/'] }));
    await run();
    expect(sent()).not.toContain('Tabs, never spaces.');
  });
});

async function trust(folder: string): Promise<void> {
  await mkdir(world.configDir, { recursive: true });
  await writeFile(join(world.configDir, 'settings.json'), JSON.stringify({ trustedFolders: [folder] }));
}
