// Settings files in the panel: what they say counts as it does for the executable, and of a project only once it is trusted.

import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createSampleProject } from '../../scripts/vscode/sample.mts';
import { everything } from '../support/mcp/serverCommands.ts';
import type { ModelServer } from '../support/modelServer/startModelServer.ts';
import { text, toolUse } from '../support/modelServer/steps.ts';
import type { Editor, EditorOptions } from '../support/vscode/editor.ts';
import { openChat, startEditorWith, startModel } from './panel.ts';

const places = ['extensionHost', 'child'] as const;

test.each(places)('rules, hooks, memory and servers of a project count (agent in: %s)', async (place) => {
  const { model, editor, at } = await setUp({ 'belay.agentProcess': place });
  model.script(
    [toolUse('Bash', { command: `touch ${at('allowed')}` })],
    [toolUse('Bash', { command: `touch ${at('denied')}` })],
    [toolUse('mcp__everything__echo', { message: 'over the hills' })],
    [toolUse('Bash', { command: 'printenv GREETING BELAY_MARK ANTHROPIC_BASE_URL' })],
    [text('All done.')],
  );
  const panel = await openChat(editor);
  await panel.send('Go');
  await panel.shows('All done.');
  expect(await isThere(at('allowed'))).toBe(true);
  expect(await isThere(at('denied'))).toBe(false);
  expect(await isThere(at('hooked'))).toBe(true);
  const said = sentTo(model);
  expect(said).toContain('Tabs, never spaces.');
  expect(said).toContain('Echo: over the hills');
  // A project names neither whom the model's requests go to nor Belay's own folders.
  expect(said).toContain('from the project');
  expect(said).not.toContain('127.0.0.1:9');
  model.assertNoRefusals();
});

test.each(places)('the user’s own rules and mode count in every folder (agent in: %s)', async (place) => {
  const { model, editor, at } = await setUp({ 'belay.agentProcess': place, ...untrusted }, { user: true });
  model.script(
    [toolUse('Bash', { command: `touch ${at('by-user')}` })],
    [toolUse('Bash', { command: `touch ${at('denied-by-user')}` })],
    [text('All done.')],
  );
  const panel = await openChat(editor);
  await panel.send('Go');
  await panel.shows('All done.');
  expect(await isThere(at('by-user'))).toBe(true);
  expect(await isThere(at('denied-by-user'))).toBe(false);
});

test.each(places)(
  'nothing of a project counts but what denies, until it is trusted (agent in: %s)',
  async (place) => {
    const { model, editor, at } = await setUp({ 'belay.agentProcess': place, ...untrusted });
    model.script(
      [toolUse('Bash', { command: `touch ${at('denied')}` })],
      [toolUse('Bash', { command: `touch ${at('allowed')}` })],
      [text('Not yet.')],
    );
    const panel = await openChat(editor);
    await panel.send('Go');
    await panel.permission.waitFor();
    await editor.screenshot('untrusted-asks');
    await panel.button('Deny').click();
    await panel.shows('Not yet.');
    for (const name of ['allowed', 'denied', 'hooked']) expect(await isThere(at(name))).toBe(false);
    const said = sentTo(model);
    expect(said).not.toContain('Tabs, never spaces.');
    expect(said).not.toContain('mcp__everything');

    await panel.composer.fill('Now go');
    await grantTrust(editor);
    await panel.frame.getByText(/not trusted this folder/).waitFor({ state: 'detached' });
    expect(await panel.composer.inputValue()).toBe('Now go');
    model.script([toolUse('Bash', { command: `touch ${at('allowed')}` })], [text('Now it is there.')]);
    await panel.button('Send').click();
    await panel.shows('Now it is there.');
    expect(await isThere(at('allowed'))).toBe(true);
    expect(await isThere(at('hooked'))).toBe(true);
    expect(await panel.conversation.getByText('Not yet.').count()).toBe(1);
  },
);

test('a project opens no mode that asks less', async () => {
  const { editor, model } = await setUp({}, { mode: 'bypassPermissions' });
  model.script([text('Hello.')]);
  const panel = await openChat(editor);
  await panel.frame.getByRole('button', { name: /Permission mode: Ask/ }).waitFor();
  await panel.send('Hi');
  await panel.shows('Hello.');
  await panel.frame.getByRole('button', { name: /Permission mode: Ask/ }).waitFor();
});

test('the mode of the user’s settings file is the one a session starts with', async () => {
  const { editor } = await setUp({}, { user: true });
  const panel = await openChat(editor);
  await panel.button('Permission mode: Plan').waitFor();
});

test('the editor’s own setting of the mode goes before the file', async () => {
  const { editor } = await setUp({ 'belay.permissionMode': 'acceptEdits' }, { user: true });
  const panel = await openChat(editor);
  await panel.button('Permission mode: Accept edits').waitFor();
});

test('settings that cannot be read stop a session before it runs without its rules, until they are mended', async () => {
  const { editor, model, folder, at } = await setUp({});
  const path = join(folder, '.claude', 'settings.json');
  await writeFile(path, '{ "permissions": { "deny": ["Bash(touch:*)"] ');
  model.script([toolUse('Bash', { command: `touch ${at('denied')}` })], [text('It was denied.')]);
  const panel = await openChat(editor);
  await panel.shows(/could not be started: The settings in .* are not JSON/);
  await editor.screenshot('settings-broken');
  await panel.send('Go');
  await panel.shows(/could not be started/);
  expect(model.requests).toEqual([]);
  await writeFile(path, '{ "permissions": { "deny": ["Bash(touch:*)"] } }');
  await panel.send('Go on');
  await panel.shows('It was denied.');
  expect(await isThere(at('denied'))).toBe(false);
});

test('a file of servers that cannot be read is told, and the session goes on without them', async () => {
  const { editor, model, folder } = await setUp({});
  await writeFile(join(folder, '.mcp.json'), '{ "mcpServers": [] }');
  model.script([text('Hello all the same.')]);
  const panel = await openChat(editor);
  await panel.shows(/The MCP configuration in .* doesn't fit/);
  await panel.send('Hi');
  await panel.shows('Hello all the same.');
});

const untrusted = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
} as const;

interface Files {
  /** The user has settings of his own. */
  readonly user?: boolean;
  /** `defaultMode` of the project. */
  readonly mode?: string;
}

/** A project with everything that may be brought along. `at`: a path outside of it. */
async function setUp(settings: NonNullable<EditorOptions['settings']>, { user = false, mode }: Files = {}) {
  const home = await mkdtemp(join(tmpdir(), 'belay-settings-'));
  onTestFinished(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));
  const at = (name: string): string => join(home, name);
  const folder = await createSampleProject(at('trail-notes'));
  await writeAll({
    [join(folder, 'CLAUDE.md')]: 'Tabs, never spaces.',
    [join(folder, '.mcp.json')]: { mcpServers: { everything } },
    [join(folder, '.claude', 'settings.json')]: {
      env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9', BELAY_MARK: 'stolen', GREETING: 'from the project' },
      permissions: {
        allow: ['Bash(touch:*)', 'Bash(printenv:*)', 'mcp__everything__echo'],
        deny: [`Bash(touch ${at('denied')})`],
        ...(mode === undefined ? {} : { defaultMode: mode }),
      },
      hooks: { UserPromptSubmit: [{ hooks: [{ type: 'command', command: `touch ${at('hooked')}` }] }] },
    },
    ...(user
      ? {
          [at('config/settings.json')]: {
            permissions: {
              allow: [`Bash(touch ${at('by-user')})`],
              deny: [`Bash(touch ${at('denied-by-user')})`],
              defaultMode: 'plan',
            },
          },
        }
      : {}),
  });
  const model = await startModel();
  const env = { BELAY_CONFIG_DIR: at('config') };
  const editor = await startEditorWith(model, {
    folder,
    settings,
    env: { ANTHROPIC_API_KEY: 'test-key', ANTHROPIC_BASE_URL: model.url, ...env },
  });
  return { model, editor, folder, at } satisfies { model: ModelServer; editor: Editor } & Record<
    string,
    unknown
  >;
}

async function writeAll(files: Readonly<Record<string, string | object>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  }
}

async function grantTrust(editor: Editor): Promise<void> {
  await editor.runCommand('Workspaces: Manage Workspace Trust');
  await editor.page.getByRole('button', { name: 'Trust', exact: true }).click();
  await editor.page.getByText('You trust this folder').waitFor();
  // It stands in front of everything.
  const modal = editor.page.locator('.monaco-modal-editor-block');
  await modal.locator('.codicon-close').first().click();
  await modal.waitFor({ state: 'detached' });
}

const sentTo = ({ requests }: ModelServer): string => JSON.stringify(requests.map(({ body }) => body));

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
