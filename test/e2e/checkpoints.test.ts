// The view "Checkpoints", the notification after a rewind, the history of a file, and the marks on what was changed.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { text, toolUse } from '../support/modelServer/steps.ts';
import type { Editor } from '../support/vscode/editor.ts';
import { findPanel, openChat, patience, startEditorWith, startModel } from './panel.ts';

test('a checked change is rewound on its own, and the notification brings it back', async () => {
  const { editor, notes, other } = await changeFiles();
  await editor.runCommand('View: Show Explorer');
  await expect.poll(() => badgesOf(editor, 'notes.txt'), patience).toMatch(/\bB\b/);
  await editor.runCommand('Belay: Focus on Checkpoints View');
  const panel = await findPanel(editor);
  const row = (name: string | RegExp) => editor.page.getByRole('treeitem', { name });
  await row(/^Change the files, 2 files/).waitFor();
  await row(/^Edit notes\.txt, 1 file/)
    .getByRole('checkbox')
    .click();
  await editor.screenshot('checkpoints-view');
  await editor.runCommand('Belay: Rewind Checked Files…');
  const dialog = panel.frame.getByRole('dialog', { name: 'Rewind' });
  await dialog.getByText('1 checked change').waitFor();
  await dialog.getByText('notes.txt').waitFor();
  expect(await dialog.getByText('other.txt').count()).toBe(0);
  await dialog.getByRole('button', { name: 'Rewind', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await readFile(notes, 'utf8')).toBe('one\ntwo\n');
  expect(await readFile(other, 'utf8')).toBe('OTHER\n');
  await row(/^Rewind to “Change the files”, 1 file/).waitFor();
  const notifications = editor.page.locator('.notifications-toasts');
  await notifications.getByText('Belay: rewound 1 file.').waitFor();
  await editor.screenshot('rewind-notification');
  await notifications.getByRole('button', { name: 'Redo' }).click();
  await expect.poll(() => readFile(notes, 'utf8'), patience).toBe('one\nTWO\n');
});

test('a file has a history, and an earlier version of it is restored by a rewind', async () => {
  const { editor, panel, notes } = await changeFiles();
  await editor.openFile('notes.txt');
  await editor.runCommand('Belay: History of This File');
  const versions = editor.page.locator('.quick-input-widget').getByRole('option');
  await expect.poll(() => versions.count(), patience).toBe(2);
  await editor.screenshot('file-history');
  await versions.nth(1).hover();
  await versions.nth(1).getByRole('button', { name: 'Restore This Version…' }).click();
  const dialog = panel.frame.getByRole('dialog', { name: 'Rewind' });
  await dialog.getByText('notes.txt, as of “Before Belay changed it”').waitFor();
  await dialog.getByText('notes.txt', { exact: true }).waitFor();
  await dialog.getByRole('button', { name: 'Show changes' }).click();
  await editor.page.getByRole('tab', { name: /Rewind \(now ↔ then\)/ }).waitFor();
  await editor.screenshot('rewind-changes');
  await dialog.getByRole('button', { name: 'Rewind', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await readFile(notes, 'utf8')).toBe('one\ntwo\n');
  await editor.runCommand('View: Show Explorer');
  await expect.poll(() => badgesOf(editor, 'notes.txt'), patience).not.toMatch(/\bB\b/);
  expect(await badgesOf(editor, 'other.txt')).toMatch(/\bB\b/);
});

/** The badges on a file in the explorer, such as `"U, B"`. VS Code draws them by style alone. */
async function badgesOf(editor: Editor, name: string): Promise<string> {
  const row = editor.page.locator('.explorer-folders-view').getByRole('treeitem', { name });
  return row
    .locator('.monaco-icon-label')
    .first()
    .evaluate((label) => getComputedStyle(label, '::after').content);
}

/** A session in which the agent has changed notes.txt and other.txt. */
async function changeFiles() {
  const model = await startModel();
  const editor = await startEditorWith(model, { settings: { 'belay.permissionMode': 'acceptEdits' } });
  const notes = join(editor.folder, 'notes.txt');
  const other = join(editor.folder, 'other.txt');
  await writeFile(notes, 'one\ntwo\n');
  await writeFile(other, 'other\n');
  model.script(
    [toolUse('Read', { file_path: notes }), toolUse('Read', { file_path: other })],
    [
      toolUse('Edit', { file_path: notes, old_string: 'two', new_string: 'TWO' }),
      toolUse('Edit', { file_path: other, old_string: 'other', new_string: 'OTHER' }),
    ],
    [text('All changed.')],
  );
  const panel = await openChat(editor);
  await panel.send('Change the files');
  await panel.shows('All changed.');
  await panel.stop.waitFor({ state: 'detached' });
  return { model, editor, panel, notes, other };
}
