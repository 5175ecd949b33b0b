// What Belay has changed, looked at in the editor: keep and undo by hunk, file and all, beside what the user writes meanwhile.

import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { text, toolUse } from '../support/modelServer/steps.ts';
import type { Editor } from '../support/vscode/editor.ts';
import { openChat, patience, startEditorWith, startModel } from './panel.ts';

const LINES = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);
const START = `${LINES.join('\n')}\n`;
const CHANGED = START.replace('line 3\n', 'LINE 3\n').replace('line 20\n', 'LINE 20\nand more\n');

test('each change has Keep and Undo in the file itself, and what was undone is told to the agent', async () => {
  const { editor, model, panel, notes } = await changeFiles();
  await editor.openFile('notes.txt');
  const lenses = editor.page.locator('.codelens-decoration');
  await expect.poll(() => lenses.count(), patience).toBe(2);
  await panel.frame
    .getByRole('group', { name: 'Changes to look at' })
    .getByText('6 changes in 5 files to look at')
    .waitFor();
  await editor.screenshot('review-file');
  await lenses.first().getByText('Undo').click();
  await expect.poll(() => readFile(notes, 'utf8'), patience).toBe(CHANGED.replace('LINE 3\n', 'line 3\n'));
  await expect.poll(() => lenses.count(), patience).toBe(1);
  // An undo of the undo brings the change back, to be answered again.
  await editor.page.keyboard.press('Control+z');
  await expect.poll(() => lenses.count(), patience).toBe(2);
  await editor.page.keyboard.press('Control+Shift+z');
  await expect.poll(() => lenses.count(), patience).toBe(1);
  await editor.page.keyboard.press('Control+s');
  await lenses.first().getByText('Keep').click();
  await expect.poll(() => lenses.count(), patience).toBe(0);
  // The same for a keep, after what was typed since.
  await editor.page.keyboard.press('End');
  await editor.page.keyboard.type('!');
  await editor.page.keyboard.press('Control+z');
  await editor.page.keyboard.press('Control+z');
  await expect.poll(() => lenses.count(), patience).toBe(1);
  await editor.screenshot('review-keep-taken-back');
  await editor.page.keyboard.press('Control+s');
  expect(await readFile(notes, 'utf8')).toBe(CHANGED.replace('LINE 3\n', 'line 3\n'));
  await editor.page.keyboard.press('Control+y');
  await expect.poll(() => lenses.count(), patience).toBe(0);
  expect(await readFile(notes, 'utf8')).toBe(CHANGED.replace('LINE 3\n', 'line 3\n'));
  model.script([text('I see.')]);
  await panel.send('Go on');
  await panel.shows('I see.');
  const told = JSON.stringify(model.requests.at(-1)?.body.messages);
  expect(told).toContain('has undone or changed parts of your work');
  expect(told).toContain('-LINE 3');
});

test('the view lists the files by turn; all are kept or undone there; new and deleted files too', async () => {
  const { editor, notes } = await changeFiles();
  await editor.page.getByRole('tab', { name: /^Source Control/ }).click();
  const row = (name: RegExp) => editor.page.getByRole('treeitem', { name });
  await row(/notes\.txt, Modified by Belay/).waitFor();
  await row(/made\.txt, Created by Belay/).waitFor();
  await row(/gone\.txt, Deleted by Belay/).waitFor();
  await row(/^Change the files/).waitFor();
  // Only rows that have room are drawn.
  await row(/gone\.txt, Deleted by Belay/).hover();
  await editor.page.mouse.wheel(0, 1000);
  await row(/is\.txt, Moved by Belay, was\.txt → moved\/is\.txt/).waitFor();
  await row(/logo\.png, Moved by Belay, logo\.png → moved\/logo\.png/).waitFor();
  await editor.screenshot('review-view');
  await editor.runCommand('Belay: Undo All Changes');
  await expect.poll(() => readFile(notes, 'utf8'), patience).toBe(START);
  await expect.poll(() => readFile(join(editor.folder, 'gone.txt'), 'utf8'), patience).toBe('gone\n');
  await expect.poll(() => exists(join(editor.folder, 'made.txt')), patience).toBe(false);
  await expect.poll(() => exists(join(editor.folder, 'was.txt')), patience).toBe(true);
  await expect.poll(() => exists(join(editor.folder, 'logo.png')), patience).toBe(true);
  await expect.poll(() => existsSync(join(editor.folder, 'moved')), patience).toBe(false);
  await row(/notes\.txt, Modified by Belay/).waitFor({ state: 'detached' });
});

test('what the user writes is no change of Belay’s, and stays when all is undone', async () => {
  const { editor, notes } = await changeFiles();
  await editor.openFile('notes.txt');
  const lenses = editor.page.locator('.codelens-decoration');
  await expect.poll(() => lenses.count(), patience).toBe(2);
  await editor.page.keyboard.press('Control+Home');
  await editor.page.keyboard.type('my own\n');
  await editor.page.keyboard.press('Control+s');
  await expect.poll(() => readFile(notes, 'utf8'), patience).toBe(`my own\n${CHANGED}`);
  expect(await lenses.count()).toBe(2);
  await editor.runCommand('Belay: Undo Changes of This File');
  await expect.poll(() => readFile(notes, 'utf8'), patience).toBe(`my own\n${START}`);
});

test('the change peek shows what stood there before, and keeps or undoes it', async () => {
  const { editor, notes } = await changeFiles();
  await editor.openFile('notes.txt');
  const lenses = editor.page.locator('.codelens-decoration');
  await expect.poll(() => lenses.count(), patience).toBe(2);
  await editor.page.keyboard.press('Control+Home');
  await editor.runCommand('Show Next Change');
  const peek = editor.page.locator('.peekview-widget');
  await peek.getByText('line 3', { exact: true }).first().waitFor();
  await editor.screenshot('review-peek');
  await peek.locator('.codicon-discard').click();
  await expect.poll(() => readFile(notes, 'utf8'), patience).toBe(CHANGED.replace('LINE 3\n', 'line 3\n'));
});

test('what waits is there again after a reload, with comments, which go to the agent as one message and are resolved by it', {
  timeout: 180_000,
}, async () => {
  const { editor, model } = await changeFiles();
  const { page } = editor;
  await editor.openFile('notes.txt');
  await expect.poll(() => page.locator('.codelens-decoration').count(), patience).toBe(2);
  await commentOnLine(editor, 3, 'Not in capitals.');
  await commentOnLine(editor, 21, 'More than what?');
  await editor.screenshot('comments-unsent');
  await editor.reload();
  await editor.openFile('notes.txt');
  const threads = page.locator('.review-widget');
  await expect.poll(() => threads.count(), patience).toBe(2);
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('mine\n');
  const panel = await openChat(editor);
  model.script(
    [toolUse('ResolveComment', { id: 'c1', reply: 'It is an exception.' })],
    [text('Looked at them.')],
  );
  await panel.button('Send 2 comments').click();
  await panel.shows('Looked at them.');
  const sent = JSON.stringify(model.requests.at(-2)?.body.messages.at(-1));
  expect(sent).toContain(
    '2 comments on your changes:\\n\\n[c1] notes.txt:4\\n> LINE 3\\nNot in capitals.\\n\\n[c2] notes.txt:22\\n> and more\\nMore than what?',
  );
  expect(JSON.stringify(model.requests.at(-1)?.body.messages.at(-1))).toContain('c1 is resolved. Open: c2.');
  await panel.conversation.getByText('Not in capitals.').waitFor();
  await expect.poll(() => panel.button('Send 2 comments').count(), patience).toBe(0);
  await editor.screenshot('comments-sent');
  await editor.runCommand('Comments: Focus on Comments View');
  await page.getByText('Last reply from Belay').waitFor();
  await editor.screenshot('comments-view');
  await editor.runCommand('Belay: Go to Previous Change');
  await page.getByRole('tab', { name: /made\.txt/ }).waitFor();
  await editor.runCommand('Belay: Show All Changes');
  await page.getByRole('tab', { name: /Belay: all changes/ }).waitFor();
  await editor.screenshot('review-all');
  model.assertNoRefusals();
});

test('cells of a notebook are compared, undone and kept in it; Undo Keep stands in the title of the editor', async () => {
  const { editor, model, panel } = await startSession();
  const path = join(editor.folder, 'walk.ipynb');
  const cells = ['distance = 12', 'speed = 4', 'print(distance / speed)'];
  await writeFile(path, toNotebook(cells));
  model.script(
    [toolUse('Read', { file_path: path })],
    [
      toolUse('NotebookEdit', { notebook_path: path, cell_id: 'cell-0', new_source: 'distance = 13' }),
      toolUse('NotebookEdit', { notebook_path: path, cell_id: 'cell-2', new_source: 'print(speed)' }),
    ],
    [text('All changed.')],
  );
  await panel.send('Change the notebook');
  await panel.shows('All changed.');
  await panel.stop.waitFor({ state: 'detached' });
  const { page } = editor;
  await page.keyboard.press('Control+P');
  await page.locator('.quick-input-widget input[type=text]').fill('walk.ipynb');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'walk.ipynb' }).first().click();
  const below = (name: string) => page.locator('.cell-status-item', { hasText: name });
  await expect.poll(() => below('Keep').count(), patience).toBe(2);
  await editor.screenshot('review-notebook');
  await below('Undo').first().click();
  await expect
    .poll(() => readFile(path, 'utf8').then(sourcesOf), patience)
    .toEqual([cells[0], cells[1], 'print(speed)']);
  await expect.poll(() => below('Keep').count(), patience).toBe(1);
  await below('Compare').click();
  await page.getByRole('tab', { name: /walk\.ipynb \(Belay\)/ }).waitFor();
  await page.locator('.notebook-text-diff-editor').getByText('print(speed)').first().waitFor();
  await editor.screenshot('review-notebook-compared');
  await editor.runCommand('View: Close Editor');
  await below('Keep').click();
  await expect.poll(() => below('Keep').count(), patience).toBe(0);
  const undoKeep = page.getByRole('button', { name: 'Undo Keep' });
  await undoKeep.waitFor();
  await editor.screenshot('review-undo-keep');
  await undoKeep.click();
  await expect.poll(() => below('Keep').count(), patience).toBe(1);
  await undoKeep.waitFor({ state: 'detached' });
  model.assertNoRefusals();
});

function toNotebook(sources: readonly string[]): string {
  const cells = sources.map((source, index) => ({
    ...{ cell_type: 'code', execution_count: null, id: `cell-${index}`, metadata: {}, outputs: [] },
    source: [source],
  }));
  const metadata = { language_info: { name: 'python' } };
  return `${JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
}

function sourcesOf(notebook: string): readonly string[] {
  return JSON.parse(notebook).cells.map(({ source }: { source: readonly string[] }) => source.join(''));
}

async function commentOnLine(editor: Editor, line: number, said: string): Promise<void> {
  await editor.page.keyboard.press('Control+g');
  const input = editor.page.locator('.quick-input-widget input[type=text]');
  await input.fill(`:${line}`);
  await editor.page.keyboard.press('Enter');
  await editor.runCommand('Comments: Add Comment on Current Selection');
  await editor.page.locator('.review-widget .comment-form .monaco-editor.focused').waitFor();
  await editor.page.keyboard.type(said);
  // VS Code's key does what the button does, once it can be pressed.
  await editor.page.getByRole('button', { name: /^Add Comment/, disabled: false }).waitFor();
  await editor.page.keyboard.press('Control+Enter');
  await editor.page.locator('.review-widget .comment-body').getByText(said).waitFor();
  await editor.page.keyboard.press('Escape');
}

function exists(path: string): Promise<boolean> {
  return readFile(path).then(
    () => true,
    () => false,
  );
}

async function startSession() {
  const model = await startModel();
  const editor = await startEditorWith(model, {
    settings: { 'belay.permissionMode': 'acceptEdits', 'files.autoSave': 'off' },
  });
  return { model, editor, panel: await openChat(editor) };
}

/** A session in which the agent has changed notes.txt, made made.txt, and deleted gone.txt and moved a text and a picture by a command. */
async function changeFiles() {
  const { model, editor, panel } = await startSession();
  const at = (name: string): string => join(editor.folder, name);
  const notes = at('notes.txt');
  await writeFile(notes, START);
  await writeFile(at('gone.txt'), 'gone\n');
  await writeFile(at('was.txt'), 'somewhere else\n');
  await writeFile(at('logo.png'), new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0]));
  model.script(
    [toolUse('Read', { file_path: notes })],
    [
      toolUse('Edit', { file_path: notes, old_string: 'line 3\n', new_string: 'LINE 3\n' }),
      toolUse('Edit', { file_path: notes, old_string: 'line 20\n', new_string: 'LINE 20\nand more\n' }),
      toolUse('Write', { file_path: at('made.txt'), content: 'made\n' }),
      toolUse('Bash', {
        command: 'rm gone.txt && mkdir moved && mv was.txt moved/is.txt && mv logo.png moved/logo.png',
      }),
    ],
    [text('All changed.')],
  );
  await panel.send('Change the files');
  await allowCommand(editor, panel);
  await panel.shows('All changed.');
  await panel.stop.waitFor({ state: 'detached' });
  return { model, editor, panel, notes };
}

async function allowCommand(_editor: Editor, panel: Awaited<ReturnType<typeof openChat>>): Promise<void> {
  const card = panel.frame.getByRole('group', { name: 'Permission request' });
  await card.getByRole('button', { name: 'Allow', exact: true }).click();
}
