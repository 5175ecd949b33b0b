// The agent edits what stands in the editor, not only what stands on the disk.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { text, toolUse } from '../support/modelServer/steps.ts';
import { openChat, patience, startEditorWith, startModel } from './panel.ts';

test('an edit keeps what somebody is typing, and Ctrl+Z takes it back', async () => {
  const model = await startModel();
  const editor = await startEditorWith(model, { settings: { 'belay.permissionMode': 'acceptEdits' } });
  const path = join(editor.folder, 'notes.txt');
  await writeFile(path, 'one\ntwo\n');
  await editor.openFile('notes.txt');
  await editor.page.keyboard.press('Control+Home');
  await editor.page.keyboard.type('typed by hand\n');
  model.script(
    [toolUse('Read', { file_path: path })],
    [toolUse('Edit', { file_path: path, old_string: 'two', new_string: 'TWO' })],
    [text('Edited.')],
  );
  const panel = await openChat(editor);
  await panel.send('Shout the second line');
  await panel.shows('Edited.');
  expect(JSON.stringify(model.requests[1]?.body.messages)).toContain('typed by hand');
  expect(await readFile(path, 'utf8')).toBe('typed by hand\none\nTWO\n');
  await editor.runCommand('View: Focus Active Editor Group');
  await editor.page.keyboard.press('Control+Z');
  await editor.page.keyboard.press('Control+S');
  await expect.poll(() => readFile(path, 'utf8'), patience).toBe('typed by hand\none\ntwo\n');
  model.assertNoRefusals();
});

test('what was changed is opened beside what stood there before', async () => {
  const model = await startModel();
  const editor = await startEditorWith(model, { settings: { 'belay.permissionMode': 'acceptEdits' } });
  const path = join(editor.folder, 'notes.txt');
  await writeFile(path, 'one\ntwo\n');
  model.script(
    [toolUse('Read', { file_path: path })],
    [toolUse('Edit', { file_path: path, old_string: 'two', new_string: 'TWO' })],
    [text('Edited.')],
  );
  const panel = await openChat(editor);
  await panel.send('Shout the second line');
  await panel.shows('Edited.');
  await panel.tool('Edit').getByRole('button', { name: 'Open diff' }).click();
  await editor.page.getByRole('tab', { name: /notes\.txt \(before ↔ now\)/ }).waitFor();
  await editor.page.getByText('TWO', { exact: true }).waitFor();
  await editor.page.getByText('two', { exact: true }).waitFor();
  await editor.screenshot('diff-before-now');
  await panel.tool('Edit').getByRole('button', { name: 'Open file' }).click();
  await editor.page.getByRole('tab', { name: /^notes\.txt/, selected: true }).waitFor();
  model.assertNoRefusals();
});
