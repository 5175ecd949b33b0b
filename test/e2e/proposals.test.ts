// What Belay wants to write, in the editor: seen, changed hunk by hunk, commented on, and answered there or on the card.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { ModelServer } from '../support/modelServer/startModelServer.ts';
import { event, gate, stop, text, toolUse } from '../support/modelServer/steps.ts';
import type { Editor } from '../support/vscode/editor.ts';
import { createGate, openChat, type Panel, startEditorWith, startModel } from './panel.ts';

const before = Array.from({ length: 24 }, (_, index) => `line ${index + 1}\n`).join('');
const after = before
  .replace('line 3\n', 'line three\n')
  .replace('line 12\n', 'line twelve\nand a half\n')
  .replace('line 22\n', 'line twenty-two\n');
const codeLens = { 'diffEditor.codeLens': true, 'diffEditor.renderSideBySide': true } as const;

test('a proposal opens beside without taking the focus, and is written as it stands there when it is accepted', async () => {
  const { editor, model, panel, path } = await start(codeLens);
  await panel.composer.fill('half a thought');
  await propose(model, panel, path, 'Write it');
  await panel.composer.focus();
  await panel.composer.fill('half a thought');
  await panel.composer.press('ArrowLeft');
  await tabOf(editor).waitFor();
  await rightOf(editor).getByText('line three').waitFor();
  await panel.composer.press('x');
  expect(await panel.composer.inputValue()).toBe('half a thoughxt');
  await editor.screenshot('proposal');
  await editor.page.getByRole('button', { name: 'Accept All 3 Hunks' }).click();
  await panel.shows('Done.');
  await tabOf(editor).waitFor({ state: 'detached' });
  expect(await readFile(path, 'utf8')).toBe(after);
  expect(await panel.permission.count()).toBe(0);
});

test('hunks are rejected, changed and commented on; the model reads so, and the file is what was visible', async () => {
  const { editor, model, panel, path } = await start({
    ...codeLens,
    'workbench.colorTheme': 'Default Dark Modern',
  });
  const { page } = editor;
  await propose(model, panel, path, 'Write it');
  await rightOf(editor).getByText('line three').waitFor();
  await lensOf(editor, 'Hunk 2 of 3').getByText('Comment').click();
  await page.locator('.quick-input-widget input[type=text]').fill('One line is enough.');
  await page.keyboard.press('Enter');
  await panel.permission.getByText('Your comment goes with the answer.').waitFor();
  await lensOf(editor, 'Hunk 2 of 3').getByText('Reject').click();
  await rightOf(editor).getByText('line twelve').waitFor({ state: 'detached' });
  await rightOf(editor).getByText('line three').click();
  await page.keyboard.press('End');
  await page.keyboard.type(', mine');
  // The card shows what would be written now.
  await panel.permission.getByText('line three, mine').waitFor();
  await panel.permission.getByText('Shown as you changed it in the editor.').waitFor();
  expect(await panel.permission.getByText('line twelve').count()).toBe(0);
  await editor.screenshot('proposal-changed');
  await page.keyboard.press('Control+Enter');
  await panel.shows('Done.');
  await tabOf(editor).waitFor({ state: 'detached' });
  expect(await readFile(path, 'utf8')).toBe(
    before.replace('line 3\n', 'line three, mine\n').replace('line 22\n', 'line twenty-two\n'),
  );
  const told = JSON.stringify(model.requests.at(-1)?.body);
  expect(told).toContain('hunk 3 accepted, 2 rejected, 1 changed');
  expect(told).toMatch(/The user says to line \d+ \([^)]*\): One line is enough\./);
  expect(told).toContain('+line three, mine');
});

test('a closed tab is no answer: the card opens it again with what was typed, and what the card allows is that', async () => {
  const { editor, model, panel, path } = await start();
  const { page } = editor;
  await propose(model, panel, path, 'Write it');
  await rightOf(editor).getByText('line twenty-two').click();
  await page.keyboard.press('End');
  await page.keyboard.type(' of mine');
  await panel.permission.getByText('line twenty-two of mine').waitFor();
  await editor.runCommand('View: Close Editor');
  await tabOf(editor).waitFor({ state: 'detached' });
  await panel.permission.getByText('line twenty-two of mine').waitFor();
  expect(await readFile(path, 'utf8')).toBe(before);
  await panel.button('Review in the editor').click();
  await rightOf(editor).getByText('line twenty-two of mine').waitFor();
  await panel.allow();
  await panel.shows('Done.');
  await tabOf(editor).waitFor({ state: 'detached' });
  expect(await readFile(path, 'utf8')).toBe(after.replace('twenty-two', 'twenty-two of mine'));
  expect(JSON.stringify(model.requests.at(-1)?.body)).toContain('hunks 1 and 2 accepted, 3 changed');
});

test('rejected in the title of the editor it is denied; a file that has changed meanwhile is left as it is', async () => {
  const { editor, model, panel, path } = await start({ 'belay.review.proposals': false });
  const { page } = editor;
  await propose(model, panel, path, 'Write it');
  expect(await tabOf(editor).count()).toBe(0);
  await panel.button('Review in the editor').click();
  await rightOf(editor).getByText('line three').waitFor();
  await page.getByRole('button', { name: /^Reject Proposal/ }).click();
  await panel.shows('Done.');
  await tabOf(editor).waitFor({ state: 'detached' });
  expect(JSON.stringify(model.requests.at(-1)?.body)).toContain(
    'The user rejected the proposal in the editor',
  );

  await propose(model, panel, path, 'Once more');
  await panel.button('Review in the editor').click();
  await rightOf(editor).getByText('line three').click();
  await page.keyboard.press('End');
  await page.keyboard.type(', mine');
  await panel.permission.getByText('line three, mine').waitFor();
  await writeFile(path, 'somebody else\n');
  await editor.runCommand('Belay: Accept Proposal');
  await panel.conversation.getByText('Done.').nth(1).waitFor();
  expect(await readFile(path, 'utf8')).toBe('somebody else\n');
  expect(JSON.stringify(model.requests.at(-1)?.body)).toMatch(
    /changed since you last saw it|changed while the user/,
  );
});

test('a new file is shown while the model still writes it, and can be answered when all of it is there', async () => {
  const { editor, model, panel } = await start({
    ...codeLens,
    'workbench.colorTheme': 'Default High Contrast',
  });
  const path = join(editor.folder, 'story.txt');
  const written = createGate();
  const json = JSON.stringify({ file_path: path, content: 'Once upon a time\nthere was an end.\n' });
  const cut = json.indexOf('there');
  const delta = (partial_json: string) =>
    event('content_block_delta', {
      type: 'content_block_delta',
      index: 1,
      delta: { type: 'input_json_delta', partial_json },
    });
  const content_block = { type: 'tool_use', id: 'toolu_story', name: 'Write', input: {} };
  model.script(
    [
      text('It begins.'),
      event('content_block_start', { type: 'content_block_start', index: 1, content_block }),
      delta(json.slice(0, cut - 4)),
      delta(json.slice(cut - 4, cut)),
      gate(written.opened),
      delta(json.slice(cut)),
      event('content_block_stop', { type: 'content_block_stop', index: 1 }),
      stop('tool_use'),
    ],
    [text('The end.')],
  );
  await panel.send('Tell a story');
  await rightOf(editor).getByText('Once upon a time').waitFor();
  expect(await panel.permission.count()).toBe(0);
  await editor.screenshot('proposal-written');
  written.open();
  await panel.permission.waitFor();
  await rightOf(editor).getByText('there was an end.').waitFor();
  expect(await editor.page.locator('.tab', { hasText: 'story.txt' }).count()).toBe(1);
  await rightOf(editor).getByText('there was an end.').click();
  await editor.page.keyboard.press('Home');
  await editor.page.keyboard.type('and ');
  await rightOf(editor).getByText('and there was an end.').waitFor();
  await editor.page.getByRole('button', { name: /^Accept Proposal/ }).click();
  await panel.shows('The end.');
  expect(await readFile(path, 'utf8')).toBe('Once upon a time\nand there was an end.\n');
});

interface Started {
  readonly editor: Editor;
  readonly model: ModelServer;
  readonly panel: Panel;
  readonly path: string;
}

/** A chat beside a project with a file of 24 lines. */
async function start(settings: Readonly<Record<string, unknown>> = {}): Promise<Started> {
  const model = await startModel();
  const editor = await startEditorWith(model, { settings });
  const path = join(editor.folder, 'lines.txt');
  await writeFile(path, before);
  return { editor, model, panel: await openChat(editor), path };
}

/** Has the agent read the file and want to change three places of it. */
async function propose(model: ModelServer, panel: Panel, path: string, said: string): Promise<void> {
  model.script(
    [toolUse('Read', { file_path: path })],
    [toolUse('Write', { file_path: path, content: after })],
    [text('Done.')],
  );
  await panel.send(said);
  await panel.permission.waitFor();
}

function tabOf({ page }: { readonly page: Page }): Locator {
  return page.locator('.tab', { hasText: 'lines.txt (file ↔ proposal)' });
}

/** The line of actions above a hunk. */
function lensOf({ page }: { readonly page: Page }, name: string): Locator {
  return page.locator('.codelens-decoration', { hasText: name });
}

function rightOf({ page }: { readonly page: Page }): Locator {
  return page.locator('.diff-editor-container, .monaco-diff-editor').locator('.editor.modified').first();
}
