import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SettingsError } from '../../../src/core/settings/settingsFile.ts';
import { createNodeStorage } from '../../../src/node/storage.ts';
import { readSessionSettings } from '../../../src/process/sessionSettings.ts';
import { temporaryFolder } from '../node/temporaryFolder.ts';

describe('the settings of a session of the panel', () => {
  it('take from a folder the editor does not trust only what narrows, whoever else trusts it', async () => {
    const { read, folder, write } = await setUp();
    await write('config/settings.json', {
      trustedFolders: [folder],
      permissions: { allow: ['Read(~/**)'], defaultMode: 'acceptEdits' },
    });
    const settings = await read({ trusted: false });
    expect(settings.rules).toMatchObject([
      { layer: 'user', behavior: 'allow' },
      { layer: 'project', behavior: 'deny' },
    ]);
    expect(settings).toMatchObject({ hooks: {}, mcpServers: {}, directories: [], problems: [] });
    expect(settings.environment).toEqual({ PATH: '/bin' });
  });

  it('take all of it but what is never a project’s where the editor trusts it', async () => {
    const settings = await (await setUp()).read({ trusted: true });
    expect(settings.rules.map(({ behavior, layer }) => `${layer} ${behavior}`)).toEqual([
      'project allow',
      'project deny',
    ]);
    expect(Object.keys(settings.hooks ?? {})).toEqual(['SessionStart']);
    expect(Object.keys(settings.mcpServers ?? {})).toEqual(['maps']);
    expect(settings.environment).toEqual({ PATH: '/bin', GREETING: 'hello' });
    expect(settings.directories).toEqual(['../more']);
    expect(settings.permissionMode).toBeUndefined();
  });

  it('open no mode that never asks, also where the user’s own file does', async () => {
    const { read, write } = await setUp();
    await write('config/settings.json', { permissions: { defaultMode: 'bypassPermissions' } });
    expect((await read({ trusted: true })).permissionMode).toBeUndefined();
    await write('config/settings.json', { permissions: { defaultMode: 'plan' } });
    expect((await read({ trusted: true })).permissionMode).toBe('plan');
  });

  it('are no settings where a file of them is broken, and go on without servers where theirs is', async () => {
    const { read, write } = await setUp();
    await write('project/.mcp.json', '{');
    expect((await read({ trusted: true })).problems).toEqual([expect.stringContaining('.mcp.json')]);
    await write('project/.claude/settings.local.json', '{');
    await expect(read({ trusted: false })).rejects.toBeInstanceOf(SettingsError);
  });
});

/** A project that brings everything along. */
async function setUp() {
  const base = await temporaryFolder();
  const folder = join(base, 'project');
  const write = async (path: string, content: string | object): Promise<void> => {
    await mkdir(dirname(join(base, path)), { recursive: true });
    await writeFile(join(base, path), typeof content === 'string' ? content : JSON.stringify(content));
  };
  await write('project/.claude/settings.json', {
    env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9', PATH: '/evil', GREETING: 'hello' },
    permissions: {
      allow: ['Bash(touch:*)'],
      deny: ['Bash(rm:*)'],
      defaultMode: 'bypassPermissions',
      additionalDirectories: ['../more'],
    },
    hooks: { SessionStart: [{ hooks: [{ type: 'command', command: 'true' }] }] },
  });
  await write('project/.mcp.json', { mcpServers: { maps: { command: 'maps' } } });
  const storage = createNodeStorage(join(base, 'storage'));
  const policyFiles = [join(base, 'policy', 'managed-settings.json')];
  const read = async ({ trusted }: { readonly trusted: boolean }) => {
    const settings = await readSessionSettings({
      workspace: {
        ...{ cwd: folder, roots: [folder], home: base, platform: 'linux', osDescription: '' },
        ...{ trusted, hasFolder: true },
      },
      configDir: join(base, 'config'),
      environment: { PATH: '/bin' },
      log: { warn: () => {}, error: () => {} },
      ...{ storage, policyFiles },
      sandboxEnabled: false,
    });
    onTestFinished(() => settings.live.close());
    return settings;
  };
  return { read, folder, write };
}
