// On a real disk: the files that rules are kept in.
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createRuleFiles, type RuleUpdate } from '../../../../src/core/settings/ruleFiles.ts';
import { SettingsError } from '../../../../src/core/settings/settingsFile.ts';
import { createNodeFileSystem } from '../../../../src/node/fileSystem.ts';

const rule = (
  destination: RuleUpdate['destination'],
  ruleContent = 'npm test',
  type: RuleUpdate['type'] = 'addRules',
): RuleUpdate => ({ type, behavior: 'allow', destination, rules: [{ toolName: 'Bash', ruleContent }] });

test.each([
  ['localSettings', 'local', 'project/.claude/settings.local.json'],
  ['projectSettings', 'project', 'project/.claude/settings.json'],
  ['userSettings', 'user', 'config/settings.json'],
] as const)(
  'a rule for %s is written to its file, which is made where there is none',
  async (destination, layer, name) => {
    const { files, at } = await setUp();
    expect(await files.keep(rule(destination))).toEqual({ layer, file: at(name) });
    expect(JSON.parse(await readFile(at(name), 'utf8'))).toEqual({
      permissions: { allow: ['Bash(npm test)'] },
    });
  },
);

test('rules that are kept at once are all there', async () => {
  const { files, at } = await setUp();
  const names = Array.from({ length: 8 }, (_, index) => `make ${index}`);
  await Promise.all(names.map((name) => files.keep(rule('localSettings', name))));
  const text = await readFile(at('project/.claude/settings.local.json'), 'utf8');
  expect(JSON.parse(text).permissions.allow).toEqual(names.map((name) => `Bash(${name})`));
});

test('a rule is taken out of its file again', async () => {
  const { files, at } = await setUp();
  await files.keep(rule('userSettings'));
  await files.keep(rule('userSettings', 'make'));
  await files.keep(rule('userSettings', 'npm test', 'removeRules'));
  const text = await readFile(at('config/settings.json'), 'utf8');
  expect(JSON.parse(text)).toEqual({ permissions: { allow: ['Bash(make)'] } });
});

test('the session has no file', async () => {
  const { files } = await setUp();
  expect(await files.keep(rule('session'))).toBeUndefined();
});

test.each([
  ['{ "permissions": { "allow": [', 'not JSON'],
  ['{ "permissions": { "allow": "all" } }', "don't fit"],
  ['[]', "don't fit"],
])('a file with %j is left as it is', async (content, problem) => {
  const { files, at } = await setUp();
  const path = at('project/.claude/settings.local.json');
  await mkdir(at('project/.claude'));
  await writeFile(path, content);
  await expect(files.keep(rule('localSettings'))).rejects.toThrow(problem);
  expect(await readFile(path, 'utf8')).toBe(content);
});

test('bytes that are no text are left as they are', async () => {
  const { files, at } = await setUp();
  await writeFile(at('config/settings.json'), Buffer.from([0x7b, 0xff, 0x7d]));
  await expect(files.keep(rule('userSettings'))).rejects.toThrow(SettingsError);
  expect([...(await readFile(at('config/settings.json')))]).toEqual([0x7b, 0xff, 0x7d]);
});

test.each(['.claude', '.claude/settings.local.json'])(
  'a project whose %s leads elsewhere gets nothing written there',
  async (link) => {
    const { files, at } = await setUp();
    await mkdir(at('elsewhere'));
    await writeFile(at('elsewhere/settings.local.json'), '{}');
    const isFolder = link === '.claude';
    if (!isFolder) await mkdir(at('project/.claude'));
    await symlink(at(isFolder ? 'elsewhere' : 'elsewhere/settings.local.json'), at(`project/${link}`));
    await expect(files.keep(rule('localSettings'))).rejects.toThrow('is a link');
    expect(await readFile(at('elsewhere/settings.local.json'), 'utf8')).toBe('{}');
  },
);

test('a link in one’s own folder is followed', async () => {
  const { files, at } = await setUp();
  await mkdir(at('dotfiles'));
  await writeFile(at('dotfiles/belay.json'), '{}');
  await symlink(at('dotfiles/belay.json'), at('config/settings.json'));
  await files.keep(rule('userSettings'));
  expect(JSON.parse(await readFile(at('dotfiles/belay.json'), 'utf8'))).toEqual({
    permissions: { allow: ['Bash(npm test)'] },
  });
});

test('changes that somebody has not saved are not saved for them', async () => {
  const { files } = await setUp({ unsaved: true });
  await expect(files.keep(rule('localSettings'))).rejects.toThrow('unsaved changes');
});

async function setUp({ unsaved = false } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'belay-rules-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const at = (name: string): string => join(folder, name);
  await mkdir(at('project'));
  await mkdir(at('config'));
  const disk = createNodeFileSystem({ platform: 'linux' });
  const files = createRuleFiles({
    files: { ...disk, hasUnsavedChanges: async () => unsaved },
    workspace: { cwd: at('project'), platform: 'linux' },
    configDir: at('config'),
  });
  return { files, at };
}
