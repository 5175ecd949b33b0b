// Permissions as a person meets them: the card and its answers, the rules that stay, the view of them, why, and the log.

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Locator } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { createSampleProject } from '../../scripts/vscode/sample.mts';
import { text, toolUse } from '../support/modelServer/steps.ts';
import type { Editor } from '../support/vscode/editor.ts';
import { findPanel, openChat, type Panel, patience, startEditorWith, startModel } from './panel.ts';

const places = ['extensionHost', 'child'] as const;

test('a command line is shown in its parts, and the words of a denial reach the model', async () => {
  const model = await startModel();
  const editor = await startEditorWith(model);
  model.script(
    [toolUse('Bash', { command: 'git status --short && touch made && touch \u202emade' })],
    [text('As you say.')],
  );
  const panel = await openChat(editor);
  await panel.send('Go');
  const parts = panel.permission.getByRole('list', { name: 'Its commands' });
  await parts.getByText('touch ⟨U+202E⟩made').waitFor();
  expect(await parts.getByRole('listitem').allInnerTexts()).toEqual([
    expect.stringMatching(/^git status --short\s+Allowed: It only looks\.$/),
    expect.stringMatching(/^touch made\s+Asked: /),
    expect.stringMatching(/^touch ⟨U\+202E⟩made\s+Asked: /),
  ]);
  await editor.screenshot('permission-parts');
  await panel.permission.getByRole('textbox').fill('Use the notes folder');
  await panel.permission.getByRole('textbox').press('Enter');
  await panel.shows('As you say.');
  expect(JSON.stringify(model.requests.at(-1)?.body)).toContain('Use the notes folder');
});

test.each(places)(
  'what is always allowed stands in the file, and is not asked again (agent in: %s)',
  async (place) => {
    const model = await startModel();
    const editor = await startEditorWith(model, { settings: { 'belay.agentProcess': place } });
    const path = join(editor.folder, '.claude', 'settings.local.json');
    await write(
      path,
      '{\n    "permissions": {\n        "deny": ["Read(secret)"]\n    },\n    "other": [1,  2]\n}\n',
    );
    model.script([toolUse('Bash', { command: 'touch first' })], [text('It is there.')]);
    const panel = await openChat(editor);
    await panel.send('Go');
    await remember(panel, 'Always, only me');
    await panel.shows('It is there.');
    expect(await readFile(path, 'utf8')).toBe(
      '{\n    "permissions": {\n        "deny": ["Read(secret)"],\n        "allow": [\n            "Bash(touch first)"\n        ]\n    },\n    "other": [1,  2]\n}\n',
    );
    await editor.runCommand('Belay: New Session');
    await expect.poll(() => panel.conversation.getByText('It is there.').count(), patience).toBe(0);
    model.script([toolUse('Bash', { command: 'touch first' })], [text('And again.')]);
    await panel.send('Once more');
    await panel.shows('And again.');
    expect(await panel.permission.count()).toBe(0);
  },
);

test('a settings file that is broken is left as it is, and the rule counts for the session', async () => {
  const model = await startModel();
  const editor = await startEditorWith(model);
  const path = join(editor.folder, '.claude', 'settings.json');
  model.script(
    [toolUse('Bash', { command: 'touch first' })],
    [toolUse('Bash', { command: 'touch first' })],
    [text('Twice.')],
  );
  const panel = await openChat(editor);
  await panel.send('Go');
  await panel.permission.waitFor();
  await write(path, '{ "permissions": { ');
  // The question is put anew when the file has been seen.
  await panel.shows(/are not JSON/);
  await remember(panel, 'Always, everyone in this project');
  await panel.shows(/could not be kept, so it counts for this session only/);
  await panel.shows('Twice.');
  expect(await readFile(path, 'utf8')).toBe('{ "permissions": { ');
  expect(await panel.permission.count()).toBe(0);
});

test('the rules stand in a view, open their file, can be taken away, and say why', async () => {
  const model = await startModel();
  const folder = await sampleWithRules();
  const editor = await startEditorWith(model, { folder });
  model.script([toolUse('Bash', { command: 'touch first' })], [text('It is there.')]);
  const panel = await openChat(editor);
  await panel.send('Go');
  await remember(panel, 'This session');
  await panel.shows('It is there.');

  const tree = await openRules(editor);
  const labels = () =>
    tree.getByRole('treeitem').evaluateAll((items) => items.map((item) => item.ariaLabel ?? ''));
  await expect
    .poll(labels, patience)
    .toEqual(
      [
        'Left out, not understood',
        "Bash(, can't be understood",
        'Denied',
        'Everyone in this project',
        'Bash(git push *)',
        'Allowed',
        'This session',
        'Bash(touch first)',
        'Everyone in this project',
        'Bash(npm test:*)',
      ].map((label) => expect.stringContaining(label)),
    );
  await editor.screenshot('permission-rules');

  await tree.getByRole('treeitem', { name: 'Bash(npm test:*)' }).click();
  await editor.page.locator('.tab.active[data-resource-name="settings.json"]').waitFor();
  await editor.page.getByText('Ln 3, Col').first().waitFor();

  await explain(editor, 'npm test && git push --force', async (rows) => {
    await rows.filter({ hasText: 'Denied' }).waitFor();
    await rows.filter({ hasText: 'The rule Bash(git push *) (project) forbids it.' }).waitFor();
    await rows.filter({ hasText: 'The rule Bash(npm test:*) (project) allows it.' }).waitFor();
    await editor.screenshot('permission-why');
  });

  await tree.getByRole('treeitem', { name: 'Bash(touch first)' }).click({ button: 'right' });
  await editor.page.getByRole('menuitem', { name: 'Remove Rule' }).click();
  await expect.poll(async () => (await labels()).join('\n'), patience).not.toContain('touch first');
  model.script([toolUse('Bash', { command: 'touch first' })], [text('Denied.')]);
  const again = await openChat(editor);
  await again.send('Again');
  await again.permission.waitFor();
  await again.button('Deny').click();
  await again.shows('Denied.');
});

test('the log says what was decided and by whom, also after a reload', async () => {
  const model = await startModel();
  const editor = await startEditorWith(model);
  model.script(
    [toolUse('Bash', { command: 'touch first' })],
    [toolUse('Bash', { command: 'touch second' })],
    [toolUse('Read', { file_path: join(editor.folder, 'package.json') })],
    [text('All done.')],
  );
  const panel = await openChat(editor);
  await panel.send('Go');
  await panel.allow();
  await panel.permission.getByText('Run touch second').waitFor();
  await panel.button('Deny').click();
  await panel.shows('All done.');
  await showLog(editor);
  await editor.screenshot('permission-log');
  await editor.reload();
  await (await findPanel(editor)).shows('All done.');
  await editor.runCommand('View: Close All Editors');
  await showLog(editor);
  expect(JSON.stringify(model.requests.map(({ body }) => body))).not.toContain('permission_decided');
});

async function showLog(editor: Editor): Promise<void> {
  await editor.runCommand('Belay: Show Permission Log');
  const lines = editor.page.locator('.editor-instance .view-line');
  for (const row of [
    '| allowed | you | Bash | ` touch first',
    '| denied | you | Bash | ` touch second',
    '| allowed | Belay | Read |',
  ])
    await lines.filter({ hasText: row }).first().waitFor();
}

/** Chooses a place in the menu of the card; again when the card has just moved, since it takes no answer then. */
async function remember(panel: Panel, place: string): Promise<void> {
  const button = panel.button('Allow and remember');
  const item = panel.permission.getByRole('menuitem', { name: place });
  await expect
    .poll(
      async () => {
        if ((await item.count()) === 0) await button.click({ timeout: 2000 }).catch(() => undefined);
        else await item.click({ timeout: 2000 }).catch(() => undefined);
        return panel.permission.count();
      },
      { ...patience, interval: 600 },
    )
    .toBe(0);
}

/** With the chat folded away, so that there is room. */
async function openRules({ page }: Editor): Promise<Locator> {
  await page.locator('.pane-header', { hasText: 'Belay' }).first().click();
  const header = page.locator('.pane-header', { hasText: 'Permissions' });
  await header.waitFor();
  if ((await header.getAttribute('aria-expanded')) !== 'true') await header.click();
  const tree = page.getByRole('tree', { name: 'Permissions' });
  await tree.waitFor();
  return tree;
}

async function explain(
  editor: Editor,
  pasted: string,
  look: (rows: Locator) => Promise<void>,
): Promise<void> {
  await editor.runCommand('Belay: Why? Explain a Permission…');
  const input = editor.page.locator('.quick-input-widget input[type=text]');
  await editor.page.getByPlaceholder('Paste a command, a path or a web address').waitFor();
  await input.fill(pasted);
  await look(editor.page.locator('.quick-input-list .monaco-list-row'));
  await editor.page.keyboard.press('Escape');
}

/** A copy of the sample project with rules of its own, one of which nobody can understand. */
async function sampleWithRules(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'belay-permissions-'));
  onTestFinished(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));
  const folder = await createSampleProject(join(home, 'trail-notes'));
  const rules =
    '{ "permissions": {\n    "deny": ["Bash(git push *)"],\n    "allow": ["Bash(npm test:*)", "Bash("]\n} }\n';
  await write(join(folder, '.claude', 'settings.json'), rules);
  return folder;
}

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
