// Taking steps back, and taking that back.

import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { text, toolUse } from '../support/modelServer/steps.ts';
import type { Editor } from '../support/vscode/editor.ts';
import { openChat, type Panel, patience, startEditorWith, startModel } from './panel.ts';

test('code and conversation go back to before a message, and forth again', async () => {
  const { editor, panel, notes, made } = await changeFiles();
  await panel.button('Rewind to here').last().click();
  const dialog = panel.frame.getByRole('dialog', { name: 'Rewind' });
  await dialog.getByText('made.txt').waitFor();
  await editor.screenshot('rewind-dialog');
  await dialog.getByRole('radio', { name: 'Code and conversation' }).check();
  await dialog.getByRole('button', { name: 'Rewind', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await readFile(notes, 'utf8')).toBe('one\ntwo\n');
  await expect(access(made)).rejects.toThrow();
  await expect.poll(() => panel.composer.inputValue(), patience).toBe('Change the files');
  await panel.conversation.getByText('All changed.').waitFor({ state: 'detached' });

  await editor.runCommand('Belay: Redo the Last Rewind');
  await panel.shows('All changed.');
  expect(await readFile(notes, 'utf8')).toBe('one\nTWO\n');
  expect(await readFile(made, 'utf8')).toBe('made\n');
});

test('only the conversation goes back where that is what is wanted', async () => {
  const { panel, notes } = await changeFiles();
  await panel.button('Rewind to here').last().click();
  const dialog = panel.frame.getByRole('dialog', { name: 'Rewind' });
  await dialog.getByRole('radio', { name: 'Conversation only' }).check();
  await dialog.getByRole('button', { name: 'Rewind', exact: true }).click();
  await panel.conversation.getByText('All changed.').waitFor({ state: 'detached' });
  expect(await readFile(notes, 'utf8')).toBe('one\nTWO\n');
});

test('only the code goes back, a file of the user’s own excepted, and the model learns of it', async () => {
  const { model, editor, panel, notes, made } = await changeFiles();
  await writeFile(made, 'mine now\n');
  await editor.runCommand('Belay: Rewind…');
  const dialog = panel.frame.getByRole('dialog', { name: 'Rewind' });
  await dialog.getByRole('radio', { name: 'Code only' }).check();
  await dialog.getByRole('button', { name: 'Rewind', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await readFile(notes, 'utf8')).toBe('one\ntwo\n');
  expect(await readFile(made, 'utf8')).toBe('mine now\n');
  await panel.shows('All changed.');
  model.script([text('I see.')]);
  await panel.send('Go on');
  await panel.shows('I see.');
  expect(JSON.stringify(model.requests.at(-1)?.body.messages)).toContain(
    'took your changes to these files back',
  );
});

/** A session in which the agent has changed notes.txt and made made.txt. */
async function changeFiles() {
  const model = await startModel();
  const editor = await startEditorWith(model, { settings: { 'belay.permissionMode': 'acceptEdits' } });
  const notes = join(editor.folder, 'notes.txt');
  const made = join(editor.folder, 'made.txt');
  await writeFile(notes, 'one\ntwo\n');
  model.script(
    [toolUse('Read', { file_path: notes })],
    [
      toolUse('Edit', { file_path: notes, old_string: 'two', new_string: 'TWO' }),
      toolUse('Write', { file_path: made, content: 'made\n' }),
    ],
    [text('All changed.')],
  );
  const panel = await openChat(editor);
  await panel.send('Change the files');
  await panel.shows('All changed.');
  await panel.stop.waitFor({ state: 'detached' });
  expect(await readFile(notes, 'utf8')).toBe('one\nTWO\n');
  model.assertNoRefusals();
  return { model, editor, panel, notes, made } satisfies { editor: Editor; panel: Panel } & Record<
    string,
    unknown
  >;
}
