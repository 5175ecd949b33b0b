// The panel over an agent in a process of its own: all works as it does within the extension host, and outlives its end.

import { execFile } from 'node:child_process';
import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { gate, text, toolUse } from '../support/modelServer/steps.ts';
import type { EditorOptions } from '../support/vscode/editor.ts';
import { createGate, openChat, patience, startEditorWith, startModel } from './panel.ts';

test('a turn with a tool that asks, unsaved text and a rewind goes as it does in the extension host', async () => {
  const model = await startModel();
  const editor = await startEditorWith(model, outside());
  const notes = join(editor.folder, 'notes.txt');
  const made = join(editor.folder, 'made.txt');
  await writeFile(notes, 'one\ntwo\n');
  await editor.openFile('notes.txt');
  await editor.page.keyboard.press('Control+Home');
  await editor.page.keyboard.type('typed by hand\n');
  model.script(
    [toolUse('Read', { file_path: notes })],
    [toolUse('Edit', { file_path: notes, old_string: 'two', new_string: 'TWO' })],
    [toolUse('Write', { file_path: made, content: 'made\n' })],
    [text('All changed.')],
  );
  const panel = await openChat(editor);
  expect(await findAgents()).toHaveLength(1);
  await panel.send('Change the files');
  await panel.permission.getByRole('heading', { name: 'Edit notes.txt' }).waitFor();
  await editor.screenshot('agent-process-permission');
  await panel.allow();
  await panel.permission.getByRole('heading', { name: 'Write made.txt' }).waitFor();
  await panel.allow();
  await panel.shows('All changed.');
  await panel.stop.waitFor({ state: 'detached' });
  expect(JSON.stringify(model.requests[1]?.body.messages)).toContain('typed by hand');
  expect(await readFile(notes, 'utf8')).toBe('typed by hand\none\nTWO\n');
  expect(await readFile(made, 'utf8')).toBe('made\n');

  await panel.button('Rewind to here').last().click();
  const dialog = panel.frame.getByRole('dialog', { name: 'Rewind' });
  await dialog.getByRole('radio', { name: 'Code only' }).check();
  await dialog.getByRole('button', { name: 'Rewind', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  // What was typed by hand stays, what the agent made of the file goes.
  expect(await readFile(notes, 'utf8')).toBe('typed by hand\none\ntwo\n');
  await expect(access(made)).rejects.toThrow();
  await editor.page.locator('.view-line', { hasText: /^two$/ }).waitFor();
  await editor.runCommand('Belay: Redo the Last Rewind');
  await expect.poll(() => readFile(notes, 'utf8'), patience).toBe('typed by hand\none\nTWO\n');
  model.assertNoRefusals();
});

test('a rewind leaves a file with unsaved changes alone', async () => {
  const model = await startModel();
  const editor = await startEditorWith(model, outside({ 'belay.permissionMode': 'acceptEdits' }));
  const notes = join(editor.folder, 'notes.txt');
  await writeFile(notes, 'one\ntwo\n');
  model.script(
    [toolUse('Read', { file_path: notes })],
    [toolUse('Edit', { file_path: notes, old_string: 'two', new_string: 'TWO' })],
    [text('Changed.')],
  );
  const panel = await openChat(editor);
  await panel.send('Change the file');
  await panel.shows('Changed.');
  await panel.stop.waitFor({ state: 'detached' });
  await editor.openFile('notes.txt');
  await editor.page.keyboard.press('Control+Home');
  await editor.page.keyboard.type('not saved ');
  await panel.button('Rewind to here').last().click();
  const dialog = panel.frame.getByRole('dialog', { name: 'Rewind' });
  await dialog.getByText(/unsaved/i).waitFor();
  expect(await readFile(notes, 'utf8')).toBe('one\nTWO\n');
});

test('an agent that is killed in a turn takes nothing along, and the session goes on in a new one', async () => {
  const model = await startModel();
  const editor = await startEditorWith(model, outside({ 'belay.permissionMode': 'bypassPermissions' }));
  const marker = `sleep ${3000 + (process.pid % 1000)}`;
  model.script(
    [text('First things first.')],
    [text('Now I wait.'), toolUse('Bash', { command: marker })],
    [text('Here I am again.')],
  );
  const panel = await openChat(editor);
  await panel.send('Begin');
  await panel.shows('First things first.');
  await panel.send('Wait for it');
  await expect.poll(() => findProcesses(marker), patience).not.toEqual([]);
  await panel.composer.fill('Not sent yet');
  const killed = await killAgent();
  await panel.shows(/ended unexpectedly \(signal SIGKILL\).*goes on in a new one/);
  await panel.stop.waitFor({ state: 'detached' });
  await editor.screenshot('agent-process-killed');
  expect(await findProcesses(marker)).toEqual([]);
  expect(await panel.composer.inputValue()).toBe('Not sent yet');
  for (const said of ['Begin', 'First things first.', 'Wait for it', 'Now I wait.'])
    expect(await panel.conversation.getByText(said, { exact: true }).count()).toBe(1);
  const running = await findAgents();
  expect(running).toHaveLength(1);
  expect(running).not.toContain(killed);

  await panel.send('Are you there?');
  await panel.shows('Here I am again.');
  expect(JSON.stringify(model.requests.at(-1)?.body.messages)).toContain('It may have run');
  model.assertNoRefusals();
});

test('an agent that is killed while it asks withdraws its question, and is asked anew', async () => {
  const model = await startModel();
  const editor = await startEditorWith(model, outside());
  const made = join(editor.folder, 'made.txt');
  model.script(
    [toolUse('Write', { file_path: made, content: 'made\n' })],
    [toolUse('Write', { file_path: made, content: 'made\n' })],
    [text('There it is.')],
  );
  const panel = await openChat(editor);
  await panel.send('Make it');
  await panel.permission.waitFor();
  await killAgent();
  await panel.shows(/goes on in a new one/);
  await panel.permission.waitFor({ state: 'detached' });
  await panel.send('Once more');
  await panel.permission.waitFor();
  await expect(access(made)).rejects.toThrow();
  await panel.allow();
  await panel.shows('There it is.');
  expect(await readFile(made, 'utf8')).toBe('made\n');
  model.assertNoRefusals();
});

test('nothing is left when the window closes in the middle of a turn', async () => {
  const model = await startModel();
  const never = createGate();
  const editor = await startEditorWith(model, outside({ 'belay.permissionMode': 'bypassPermissions' }));
  const marker = `sleep ${4000 + (process.pid % 1000)}`;
  model.script([toolUse('Bash', { command: marker })], [gate(never.opened)]);
  const panel = await openChat(editor);
  await panel.send('Wait for it');
  await expect.poll(() => findProcesses(marker), patience).not.toEqual([]);
  expect(await findAgents()).toHaveLength(1);
  await editor.close();
  await expect.poll(findAgents, patience).toEqual([]);
  await expect.poll(() => findProcesses(marker), patience).toEqual([]);
});

test('the key is in no argument of the process, and the log does not have it', async () => {
  const model = await startModel();
  const key = 'plain-key-of-this-test-0815';
  const editor = await startEditorWith(model, { ...outside(), env: keyed(model.url, key) });
  model.script([text('Hello.')]);
  const panel = await openChat(editor);
  await panel.send('Hi');
  await panel.shows('Hello.');
  expect(model.requests[0]?.headers['x-api-key']).toBe(key);
  const all = await listProcesses();
  expect(all.filter(({ args }) => args.includes(key))).toEqual([]);
  const logs = await editor.saveLogs('agent-process-key');
  const { stdout } = await promisify(execFile)('grep', ['-rlF', key, logs]).catch(() => ({ stdout: '' }));
  expect(stdout).toBe('');
  model.assertNoRefusals();
});

function outside(settings: EditorOptions['settings'] = {}): EditorOptions {
  return { settings: { 'belay.agentProcess': 'child', ...settings } };
}

function keyed(url: string, key: string) {
  return { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: url };
}

/** Process ids of the agents of this run's extension. */
async function findAgents(): Promise<readonly number[]> {
  const all = await listProcesses();
  const isAgent = ({ args }: { readonly args: string }): boolean =>
    args.includes(inject('extensionsDir')) && args.includes('agentProcess.js');
  return all.filter(isAgent).map(({ pid }) => pid);
}

/** Resolves with the process id of the one that was there. */
async function killAgent(): Promise<number> {
  const [pid, ...others] = await findAgents();
  if (pid === undefined || others.length > 0) throw new Error('There is not exactly one agent.');
  process.kill(pid, 'SIGKILL');
  return pid;
}

async function findProcesses(command: string): Promise<readonly number[]> {
  const all = await listProcesses();
  return all.filter(({ args }) => args.trim() === command).map(({ pid }) => pid);
}

async function listProcesses(): Promise<readonly { readonly pid: number; readonly args: string }[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,args='], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [, pid = '', args = ''] = /^\s*(\d+)\s(.*)$/.exec(line) ?? [];
      return { pid: Number(pid), args };
    });
}
