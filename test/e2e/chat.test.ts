// A turn from the first key to the last word: sending, streaming, permission, stopping, waiting.

import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gate, text, toolUse } from '../support/modelServer/steps.ts';
import { createGate, openChat, startEditorWith, startModel } from './panel.ts';

test('a reply is shown while it comes', async () => {
  const model = await startModel();
  const half = createGate();
  model.script([text('The first half'), gate(half.opened), text(' and the second.')]);
  const editor = await startEditorWith(model);
  const panel = await openChat(editor);
  await panel.send('Say something');
  await panel.shows('The first half');
  await panel.stop.waitFor();
  half.open();
  await panel.shows('and the second.');
  await panel.stop.waitFor({ state: 'detached' });
  await editor.screenshot('chat-reply');
  await editor.runCommand('Belay: Export Conversation…');
  const exported = join(editor.folder, 'said.md');
  const name = editor.page.locator('.quick-input-widget input[type="text"]');
  await expect.poll(() => name.inputValue(), { timeout: 20_000 }).toMatch(/Say something\.md$/);
  await editor.screenshot('export-name');
  await name.fill(exported);
  await editor.page.keyboard.press('Enter');
  await expect
    .poll(() => readFile(exported, 'utf8').catch(() => ''), { timeout: 20_000 })
    .toBe('# Say something\n\n## You\n\nSay something\n\n## Belay\n\nThe first half\n\nand the second.\n');
  model.assertNoRefusals();
});

test('a file is written when the write is allowed', async () => {
  const model = await startModel();
  const editor = await startEditorWith(model);
  const path = join(editor.folder, 'notes.md');
  model.script(
    [text('I will write it.'), toolUse('Write', { file_path: path, content: '# Notes\n' })],
    [text('The notes are there.')],
  );
  const panel = await openChat(editor);
  await panel.send('Write some notes');
  await panel.permission.waitFor();
  await expect(access(path)).rejects.toThrow();
  await editor.screenshot('chat-permission');
  await panel.allow();
  await panel.shows('The notes are there.');
  expect(await readFile(path, 'utf8')).toBe('# Notes\n');
  await panel.permission.waitFor({ state: 'detached' });
  await editor.screenshot('chat-written');
  model.assertNoRefusals();
});

test('what is denied does not happen, and the model learns what to do instead', async () => {
  const model = await startModel();
  const editor = await startEditorWith(model);
  const path = join(editor.folder, 'notes.md');
  model.script(
    [toolUse('Write', { file_path: path, content: 'x' })],
    [text('Then I will put it into the README.')],
  );
  const panel = await openChat(editor);
  await panel.send('Write some notes');
  await panel.permission
    .getByRole('textbox', { name: 'Tell Belay what to do instead' })
    .fill('Use the README');
  await panel.permission.getByRole('button', { name: 'Deny' }).click();
  await panel.shows('Then I will put it into the README.');
  await expect(access(path)).rejects.toThrow();
  expect(JSON.stringify(model.requests[1]?.body.messages)).toContain('Use the README');
  model.assertNoRefusals();
});

test('a turn stops when it is told to, and the next one works', async () => {
  const model = await startModel();
  const never = createGate();
  model.script([text('This is going to be long'), gate(never.opened)], [text('Short this time.')]);
  const editor = await startEditorWith(model);
  const panel = await openChat(editor);
  await panel.send('Tell me everything');
  await panel.shows('This is going to be long');
  await panel.stop.click();
  await panel.stop.waitFor({ state: 'detached' });
  await panel.shows('This is going to be long');
  await panel.send('Shorter, please');
  await panel.shows('Short this time.');
  model.assertNoRefusals();
});

test('a message waits for its turn, and can be taken back before', async () => {
  const model = await startModel();
  const first = createGate();
  model.script([text('Working'), gate(first.opened), text(' … done.')], [text('And that too.')]);
  const editor = await startEditorWith(model);
  const panel = await openChat(editor);
  await panel.send('Do one thing');
  await panel.shows('Working');
  await panel.send('Then another');
  await panel.send('And a third');
  const waiting = panel.frame.getByRole('list', { name: 'Waiting messages' }).getByRole('listitem');
  await waiting.filter({ hasText: 'And a third' }).getByRole('button', { name: 'Remove' }).click();
  await waiting.filter({ hasText: 'And a third' }).waitFor({ state: 'detached' });
  first.open();
  await panel.shows('And that too.');
  expect(model.requests).toHaveLength(2);
  expect(JSON.stringify(model.requests[1]?.body.messages)).toContain('Then another');
  model.assertNoRefusals();
});
