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

  it('take the servers that the editor knows: those of a trusted folder, and the user’s own', async () => {
    const { read, folder, write } = await setUp();
    await write('profile/mcp.json', {
      servers: { own: { url: 'https://own.example' }, maps: { url: 'https://u' } },
    });
    await write(
      'project/.vscode/mcp.json',
      `{
        // as people write it
        "inputs": [{ "id": "key", "type": "promptString" }],
        "servers": {
          "maps": { "command": "other" },
          "here": { "type": "stdio", "command": "\${workspaceFolder}/bin", "args": ["\${env:PATH}", "\${userHome}"] },
          "asked": { "command": "x", "env": { "KEY": "\${input:key}" } },
          "boxed": { "command": "x", "sandboxEnabled": true },
        },
      }`,
    );
    const untrusted = await read({ trusted: false });
    expect(Object.keys(untrusted.mcpServers ?? {}).sort()).toEqual(['maps', 'own']);
    const trusted = await read({ trusted: true });
    expect(trusted.mcpServers).toEqual({
      own: { type: 'http', url: 'https://own.example' },
      maps: { type: 'stdio', command: 'maps' },
      here: { type: 'stdio', command: `${folder}/bin`, args: ['/bin', join(folder, '..')] },
    });
    const file = join(folder, '.vscode/mcp.json');
    expect(trusted.problems).toEqual([
      `The MCP server "asked" in ${file} is left out: it wants an input that VS Code alone asks for.`,
      `The MCP server "boxed" in ${file} is left out: it is to run in a sandbox.`,
    ]);
  });

  it('take no server that has come into the folder since a person has seen its servers', async () => {
    const { read, write } = await setUp();
    await write('project/.vscode/mcp.json', { servers: { seen: { command: 'a' } } });
    expect(Object.keys((await read({ trusted: true })).mcpServers ?? {}).sort()).toEqual(['maps', 'seen']);
    await write('project/.vscode/mcp.json', {
      servers: { seen: { command: 'evil' }, next: { command: 'b' } },
    });
    const { mcpServers, live } = await read({ trusted: true });
    expect(mcpServers).toMatchObject({ seen: { command: 'a' } });
    expect(Object.keys(mcpServers ?? {}).sort()).toEqual(['maps', 'seen']);
    expect(live.pending.map(({ waiting }) => waiting)).toEqual([['the server seen', 'the server next']]);
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
      userServersFile: join(base, 'profile', 'mcp.json'),
    });
    onTestFinished(() => settings.live.close());
    return settings;
  };
  return { read, folder, write };
}
