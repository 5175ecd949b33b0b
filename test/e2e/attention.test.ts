// A question that nobody can see makes itself known, without taking the focus, and is gone when it is answered.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gate, text, toolUse } from '../support/modelServer/steps.ts';
import { createGate, findPanel, openChat, startEditorWith, startModel } from './panel.ts';

test('a permission that waits while the panel is hidden shows in the bar, on the icon and in one notification', async () => {
  const model = await startModel();
  const hidden = createGate();
  const editor = await startEditorWith(model);
  const path = join(editor.folder, 'notes.md');
  model.script(
    [text('One moment.'), gate(hidden.opened), toolUse('Write', { file_path: path, content: 'x\n' })],
    [text('Done.')],
  );
  const { page } = editor;
  const panel = await openChat(editor);
  await panel.send('Write it');
  await panel.shows('One moment.');
  await page.getByRole('button', { name: 'Belay is working' }).waitFor();
  await editor.openFile('src/main.js');
  await editor.runCommand('View: Show Explorer');
  await page.getByRole('textbox', { name: /main\.js/ }).focus();
  hidden.open();
  await page.getByRole('button', { name: 'Belay needs your permission' }).waitFor();
  await page.getByText('Belay needs your permission to go on.').first().waitFor();
  expect(
    await page.getByRole('textbox', { name: /main\.js/ }).evaluate((box) => box === document.activeElement),
  ).toBe(true);
  await editor.screenshot('attention-hidden');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  const shown = await findPanel(editor);
  await shown.allow();
  await shown.shows('Done.');
  await page.getByRole('button', { name: 'Belay: open the chat' }).waitFor();
  await page.getByRole('button', { name: 'Show', exact: true }).waitFor({ state: 'detached' });
  model.assertNoRefusals();
});

test('a permission that stands on a visible panel needs no notification', async () => {
  const model = await startModel();
  const editor = await startEditorWith(model);
  model.script(
    [toolUse('Write', { file_path: join(editor.folder, 'a.md'), content: 'x\n' })],
    [text('Fine.')],
  );
  const panel = await openChat(editor);
  await panel.send('Write it');
  await panel.permission.waitFor();
  await editor.page.getByRole('button', { name: 'Belay needs your permission' }).waitFor();
  expect(await editor.page.getByText('Belay needs your permission to go on.').count()).toBe(0);
  await panel.stop.click();
  await panel.permission.waitFor({ state: 'detached' });
  await editor.page.getByRole('button', { name: 'Belay: open the chat' }).waitFor();
});
