// What one has before one in the editor on its way into a message: the open file, selections, problems; and what is typed behind ! and #.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { text } from '../support/modelServer/steps.ts';
import { openChat, patience, startEditorWith, startModel } from './panel.ts';

test('the editor’s file, selection and problems go along, a command runs, a memory is written', {
  timeout: 240_000,
}, async () => {
  const model = await startModel();
  model.script([text('A list.')], [text('A comma.')]);
  const editor = await startEditorWith(model);
  const { page } = editor;
  await writeFile(join(editor.folder, 'notes.txt'), 'one\ntwo\nthree\n');
  await writeFile(join(editor.folder, 'broken.json'), '{\n  "a": 1\n  "b": 2\n}\n');
  const panel = await openChat(editor);
  const sent = (): string => JSON.stringify(model.requests.at(-1)?.body.messages.at(-1));

  await editor.openFile('notes.txt');
  const chip = panel.frame.getByRole('button', { name: 'Tell what is open: notes.txt', exact: true });
  await chip.waitFor();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await panel.frame.getByRole('button', { name: 'Tell what is open: notes.txt:1–2' }).waitFor();
  await editor.runCommand('Belay: Add to Chat');
  await expect.poll(() => panel.composer.inputValue(), patience).toBe('@notes.txt#L1-2 ');
  await editor.screenshot('context-selection');
  await panel.send('What is this?');
  await panel.shows('A list.');
  expect(sent()).toMatch(/lines 1 to 2 of .*notes\.txt selected.*one.*two/);
  expect(sent()).not.toContain('three');

  await editor.openFile('broken.json');
  await page.locator('.squiggly-error').first().waitFor();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('F8');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+.');
  await page.locator('.action-widget').getByText('Fix with Belay').click();
  await expect
    .poll(() => panel.composer.inputValue(), patience)
    .toMatch(/^Fix this problem in @broken\.json#L/);
  await editor.screenshot('context-problem');
  await panel.send('What is wrong in @problems?');
  await panel.shows('A comma.');
  expect(sent()).toMatch(/Problems in .*broken\.json:.*error: /);

  await panel.composer.fill('!echo "from $((40 + 2))"');
  await panel.button('Run command').click();
  await panel.frame.locator('pre.terminal').getByText('from 42').waitFor();
  expect(model.requests).toHaveLength(2);

  await panel.composer.fill('# Use tabs');
  await panel.composer.press('Enter');
  const places = page.locator('.quick-input-list .monaco-list-row');
  await places.first().waitFor();
  await editor.screenshot('context-memory');
  await places.first().click();
  const memory = (): Promise<string> => readFile(join(editor.folder, 'CLAUDE.md'), 'utf8').catch(() => '');
  await expect.poll(memory, patience).toContain('- Use tabs\n');
  await expect.poll(() => panel.composer.inputValue(), patience).toBe('');
  model.assertNoRefusals();
});
