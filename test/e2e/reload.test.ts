// Webviews are killed and windows reloaded; nothing of the conversation may be lost or doubled by that.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gate, text, toolUse } from '../support/modelServer/steps.ts';
import { createGate, findPanel, openChat, patience, startEditorWith, startModel } from './panel.ts';

test('a conversation comes back after a reload of the window, and goes on', async () => {
  const model = await startModel();
  model.script([text('Nice to meet you.')], [text('You said hello.')]);
  const editor = await startEditorWith(model);
  const before = await openChat(editor);
  await before.send('Hello from before');
  await before.shows('Nice to meet you.');
  await before.stop.waitFor({ state: 'detached' });
  await editor.reload();
  const after = await findPanel(editor);
  await after.shows('Hello from before');
  await after.shows('Nice to meet you.');
  await after.send('What did I say?');
  await after.shows('You said hello.');
  expect(JSON.stringify(model.requests[1]?.body.messages)).toContain('Hello from before');
  expect(await after.conversation.getByText('Nice to meet you.').count()).toBe(1);
  model.assertNoRefusals();
});

test('what a subagent did comes back after a reload of the window', async () => {
  const model = await startModel();
  const editor = await startEditorWith(model);
  const walks = join(editor.folder, 'walks.txt');
  await writeFile(walks, 'round the lake\n');
  model.scenarios({
    'Have it looked at': [
      [toolUse('Agent', { description: 'look at the walks', prompt: 'Count the walks' })],
      [text('There is one walk.')],
    ],
    'Count the walks': [[toolUse('Read', { file_path: walks })], [text('I have counted one.')]],
  });
  const before = await openChat(editor);
  await before.send('Have it looked at');
  await before.shows('There is one walk.');
  await before.stop.waitFor({ state: 'detached' });
  await editor.reload();
  const after = await findPanel(editor);
  await after.shows('There is one walk.');
  const card = after.tool('Agent').first();
  await card.getByText('1 step').waitFor();
  await card.getByRole('button').first().click();
  await card.getByText('walks.txt').first().waitFor();
  await card.getByText('I have counted one.').first().waitFor();
  await editor.screenshot('subagent-after-reload');
  model.assertNoRefusals();
});

test('a reply goes on while the panel is hidden, and stands there once when it is shown again', async () => {
  const model = await startModel();
  const half = createGate();
  model.script([text('The first half'), gate(half.opened), text(' and the second.')]);
  const editor = await startEditorWith(model);
  const panel = await openChat(editor);
  await panel.send('Say something');
  await panel.shows('The first half');
  await editor.runCommand('View: Show Explorer');
  half.open();
  await editor.runCommand('Belay: Open Chat');
  const shown = await findPanel(editor);
  await shown.shows('The first half and the second.');
  await shown.stop.waitFor({ state: 'detached' });
  expect(await shown.conversation.getByText('The first half and the second.').count()).toBe(1);
  model.assertNoRefusals();
});

test('what was being written comes back', async () => {
  const model = await startModel();
  const editor = await startEditorWith(model);
  const panel = await openChat(editor);
  await panel.composer.fill('Not sent yet');
  await editor.runCommand('View: Show Explorer');
  await editor.runCommand('Belay: Open Chat');
  const shown = await findPanel(editor);
  await expect.poll(() => shown.composer.inputValue(), patience).toBe('Not sent yet');
});

test('a chat in a tab shows the same session, and comes back with the window', async () => {
  const model = await startModel();
  model.script([text('Here and there.')]);
  const editor = await startEditorWith(model);
  const view = await openChat(editor);
  await view.send('Show me twice');
  await view.shows('Here and there.');
  await editor.runCommand('Belay: Open Chat in a Tab');
  const tab = await findPanel(editor, 'tab');
  await tab.shows('Here and there.');
  await editor.screenshot('chat-in-a-tab');
  await editor.untilEditorsStored('belay.panel');
  await editor.crash();
  const restored = await findPanel(editor, 'tab');
  await restored.shows('Here and there.');
  model.assertNoRefusals();
});
