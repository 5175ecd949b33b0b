// What goes wrong outside is told, with a way to go on.

import { expect, test } from 'vitest';
import { text } from '../support/modelServer/steps.ts';
import { findPanel, openChat, startEditorWith, startModel } from './panel.ts';
import { startEditor } from './startEditor.ts';

test('a key that is not accepted can be replaced, and the turn goes on', async () => {
  const model = await startModel({ key: 'the-right-key' });
  model.script([text('Welcome in.')]);
  const editor = await startEditorWith(model, { env: { ANTHROPIC_API_KEY: 'the-wrong-key' } });
  const panel = await openChat(editor);
  await panel.send('Let me in');
  await panel.frame.getByRole('alert').filter({ hasText: 'The API key was not accepted' }).waitFor();
  await editor.screenshot('failure-wrong-key');
  await panel.button('Set API key').click();
  const input = editor.page.getByRole('textbox', { name: /API key/ });
  await input.fill('the-right-key');
  await input.press('Enter');
  await panel.shows('Welcome in.');
  expect(JSON.stringify(model.requests[0]?.body.messages)).toContain('Let me in');
});

test('a server that cannot be reached is tried again until somebody stops it', async () => {
  const editor = await startEditor({
    env: { ANTHROPIC_API_KEY: 'test-key', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' },
  });
  const panel = await openChat(editor);
  await panel.send('Anybody there?');
  await panel.frame
    .getByText(/Trying again/)
    .first()
    .waitFor();
  await editor.screenshot('failure-network');
  await panel.stop.click();
  await panel.stop.waitFor({ state: 'detached' });
  await panel.composer.fill('I can still write');
  expect(await panel.button('Send').isEnabled()).toBe(true);
});

test('without a folder there are no tools, and the chat works', async () => {
  const model = await startModel();
  model.script([text('Hello, whoever you are.')]);
  const editor = await startEditorWith(model);
  await editor.page.goto(`${editor.server.url}/?ew=true`);
  await editor.page.getByRole('tab', { name: 'Belay' }).click();
  const panel = await findPanel(editor);
  await panel.frame.getByText(/No folder is open/).waitFor();
  await panel.send('Hello');
  await panel.shows('Hello, whoever you are.');
  expect(model.requests[0]?.body.tools ?? []).toEqual([]);
  await editor.screenshot('no-folder');
  model.assertNoRefusals();
});

test('in a folder that is not trusted Belay says so and asks', async () => {
  const model = await startModel();
  model.script([text('Careful, then.')]);
  const editor = await startEditorWith(model, {
    settings: {
      'security.workspace.trust.enabled': true,
      'security.workspace.trust.startupPrompt': 'never',
      'belay.permissionMode': 'acceptEdits',
    },
  });
  await editor.runCommand('Belay: Open Chat');
  const panel = await findPanel(editor);
  await panel.frame.getByText(/not trusted this folder/).waitFor();
  await panel.send('Hello');
  await panel.shows('Careful, then.');
  await panel.frame.getByRole('button', { name: /Permission mode: Ask/ }).waitFor();
  model.assertNoRefusals();
});
