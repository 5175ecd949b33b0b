// Workspaces that are more, or less, than one folder that may be written.

import {
  access,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runQuietly } from '../../scripts/vscode/command.mts';
import { createSampleProject } from '../../scripts/vscode/sample.mts';
import { blocksOf } from '../support/modelServer/apiRequest.ts';
import type { ModelServer } from '../support/modelServer/startModelServer.ts';
import { text, toolUse } from '../support/modelServer/steps.ts';
import { openChat, startEditorWith, startModel } from './panel.ts';

test('a file is written in the second folder of a workspace when that is allowed', async () => {
  const model = await startModel();
  const { second, workspace } = await createTwoFolders();
  const editor = await startEditorWith(model, { workspace });
  const path = join(second, 'notes', 'peaks.md');
  model.script([toolUse('Write', { file_path: path, content: '# Peaks\n' })], [text('The peaks are there.')]);
  const panel = await openChat(editor);
  await panel.send('Note the peaks');
  await panel.permission.getByRole('heading', { name: 'Write hills/notes/peaks.md' }).waitFor();
  // Nothing more is said of where it is: the second folder is as much inside as the first.
  await panel.permission.getByText('It changes a file.', { exact: true }).waitFor();
  await expect(access(path)).rejects.toThrow();
  await editor.screenshot('two-folders-permission');
  await panel.allow();
  await panel.shows('The peaks are there.');
  expect(await readFile(path, 'utf8')).toBe('# Peaks\n');
  expect(JSON.stringify(model.requests[0]?.body.system)).toContain(second);
  await panel.tool('Write').getByRole('button', { name: 'Open file' }).click();
  await editor.page.getByRole('tab', { name: /^peaks\.md/, selected: true }).waitFor();
  model.assertNoRefusals();
});

test('both folders are inside where edits are accepted, and a rewind takes the files of both back', async () => {
  const model = await startModel();
  const { first, second, workspace } = await createTwoFolders();
  const editor = await startEditorWith(model, {
    workspace,
    settings: { 'belay.permissionMode': 'acceptEdits' },
  });
  const [walks, peaks] = [join(first, 'walks.txt'), join(second, 'peaks.txt')];
  const [madeHere, madeThere] = [join(first, 'made.txt'), join(second, 'new', 'made.txt')];
  model.script(
    [toolUse('Read', { file_path: 'walks.txt' }), toolUse('Read', { file_path: peaks })],
    [
      toolUse('Edit', { file_path: 'walks.txt', old_string: 'lake', new_string: 'LAKE' }),
      toolUse('Edit', { file_path: peaks, old_string: 'north', new_string: 'NORTH' }),
      toolUse('Write', { file_path: 'made.txt', content: 'here\n' }),
      toolUse('Write', { file_path: madeThere, content: 'there\n' }),
    ],
    [text('Both are changed.')],
  );
  const panel = await openChat(editor);
  await panel.send('Change both');
  await panel.shows('Both are changed.');
  await panel.stop.waitFor({ state: 'detached' });
  expect(await Promise.all([walks, peaks, madeHere, madeThere].map(readText))).toEqual([
    'round the LAKE\n',
    'the NORTH peak\n',
    'here\n',
    'there\n',
  ]);

  const toLookAt = panel.frame.getByRole('group', { name: 'Changes to look at' });
  await toLookAt.getByText('4 changes in 4 files to look at').waitFor();
  await panel.button('Rewind to here').last().click();
  const dialog = panel.frame.getByRole('dialog', { name: 'Rewind' });
  await dialog.getByText('hills/peaks.txt', { exact: true }).waitFor();
  await dialog.getByText('walks.txt', { exact: true }).waitFor();
  await editor.screenshot('two-folders-rewind');
  await dialog.getByRole('radio', { name: 'Code and conversation' }).check();
  await dialog.getByRole('button', { name: 'Rewind', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await Promise.all([walks, peaks, madeHere, madeThere].map(readText))).toEqual([
    'round the lake\n',
    'the north peak\n',
    undefined,
    undefined,
  ]);
  // What was taken back does not wait to be looked at.
  await toLookAt.waitFor({ state: 'detached' });
  model.assertNoRefusals();
});

test('outside of the folder it is asked, accepted edits or not, and what is denied is not written', async () => {
  const model = await startModel();
  const outside = await temporaryFolder();
  const editor = await startEditorWith(model, { settings: { 'belay.permissionMode': 'acceptEdits' } });
  await symlink(outside, join(editor.folder, 'link'));
  const plain = join(outside, 'plain.txt');
  model.script(
    [toolUse('Write', { file_path: plain, content: 'x' })],
    [toolUse('Write', { file_path: 'link/linked.txt', content: 'x' })],
    [toolUse('Write', { file_path: 'inside.txt', content: 'inside\n' })],
    [text('Only inside, then.')],
  );
  const panel = await openChat(editor);
  await panel.send('Write everywhere');
  await panel.permission.getByText(`It writes outside the workspace: ${plain}`).waitFor();
  await editor.screenshot('outside-permission');
  await panel.permission.getByRole('button', { name: 'Deny' }).click();
  await panel.permission.getByRole('heading', { name: 'Write link/linked.txt' }).waitFor();
  await panel.permission.getByText(/It writes outside the workspace/).waitFor();
  await editor.screenshot('outside-link-permission');
  await panel.permission.getByRole('button', { name: 'Deny' }).click();
  await panel.shows('Only inside, then.');
  expect(await readdir(outside)).toEqual([]);
  expect(await readText(join(editor.folder, 'inside.txt'))).toBe('inside\n');
  const denied = 'The user did not allow this call: Ask what to do instead, or go on without it.';
  expect(lastResults(model, 1)).toEqual([{ isError: true, content: denied }]);
  expect(lastResults(model, 2)).toEqual([{ isError: true, content: denied }]);
  model.assertNoRefusals();
});

test('what cannot be written in a folder that is read-only is told, and nothing is lost', async () => {
  const model = await startModel();
  const folder = await createSampleProject(join(await temporaryFolder(), 'trail-notes'));
  const path = join(folder, 'notes.txt');
  await writeFile(path, 'one\ntwo\n');
  const refusal = await makeReadOnly(folder);
  const editor = await startEditorWith(model, {
    folder,
    settings: { 'belay.permissionMode': 'acceptEdits' },
  });
  await editor.openFile('notes.txt');
  model.script(
    [toolUse('Read', { file_path: 'notes.txt' }), toolUse('Read', { file_path: 'README.md' })],
    [
      toolUse('Write', { file_path: 'new/made.txt', content: 'made' }),
      toolUse('Edit', { file_path: 'README.md', old_string: 'for walks', new_string: 'for WALKS' }),
      toolUse('Edit', { file_path: 'notes.txt', old_string: 'two', new_string: 'TWO' }),
    ],
    [text('Nothing can be written here.')],
    [text('Still here.')],
  );
  const panel = await openChat(editor);
  await panel.frame.getByText(/This folder is read-only/).waitFor();
  await panel.send('Change something');
  await panel.shows('Nothing can be written here.');
  await editor.screenshot('read-only-folder');
  expect(lastResults(model, 2)).toEqual(
    ['new', 'README.md', 'notes.txt'].map((name) => ({
      isError: true,
      content: `${join(folder, name)} ${refusal}`,
    })),
  );
  await panel.tool('Write').getByText(refusal).waitFor();
  await panel.tool('Edit').last().getByText(refusal).waitFor();
  // The document that is open has not been touched either.
  await editor.page.locator('.tab.active:not(.dirty)[data-resource-name="notes.txt"]').waitFor();
  expect(await readText(path)).toBe('one\ntwo\n');
  await panel.send('Are you there?');
  await panel.shows('Still here.');
  model.assertNoRefusals();
});

test('a file that is no text, or too large, is told to the model, and the session goes on', async () => {
  const model = await startModel();
  const editor = await startEditorWith(model);
  await writeFile(
    join(editor.folder, 'data.bin'),
    Uint8Array.from({ length: 4000 }, (_, at) => (at * 7) % 256),
  );
  await writeFile(join(editor.folder, 'huge.log'), '');
  await truncate(join(editor.folder, 'huge.log'), 1e9);
  model.script(
    [toolUse('Read', { file_path: 'data.bin' }), toolUse('Read', { file_path: 'huge.log' })],
    [toolUse('Read', { file_path: 'huge.log', offset: 1, limit: 10 })],
    [text('Neither can be read.')],
    [text('Still here.')],
  );
  const panel = await openChat(editor);
  await panel.send('Read them');
  await panel.shows('Neither can be read.');
  const binary = (size: string, name: string) =>
    `${name} is a binary file (${size}), which can't be shown as text. Use the shell to look into it (file, xxd, strings, …).`;
  expect(lastResults(model, 1)).toEqual([
    { isError: true, content: binary('4.0 kB', 'data.bin') },
    {
      isError: true,
      content:
        'huge.log has 1.0 GB: too large to be read whole. Give offset and limit to read a part of it, or search in it with Grep.',
    },
  ]);
  expect(lastResults(model, 2)).toEqual([{ isError: true, content: binary('1.0 GB', 'huge.log') }]);
  await panel.tool('Read').first().getByRole('button').first().click();
  await panel.tool('Read').first().getByText('data.bin is a binary file').waitFor();
  await editor.screenshot('unreadable-files');
  await panel.send('Are you there?');
  await panel.shows('Still here.');
  model.assertNoRefusals();
});

/** What the tools said in the request of this index, in order. */
function lastResults(model: ModelServer, index: number) {
  const message = model.requests[index]?.body.messages.at(-1);
  return (message === undefined ? [] : blocksOf(message))
    .filter(({ type }) => type === 'tool_result')
    .map(({ is_error, content }) => ({ isError: is_error === true, content }));
}

/**
 * Until the test ends. Permissions don't bind who is root: for them the folder is mounted over itself. Returns what is said
 * of a path in it that was to be written.
 */
async function makeReadOnly(folder: string): Promise<string> {
  if (process.getuid?.() === 0) {
    await runSystem('mount', ['--bind', '-o', 'ro', folder, folder]);
    onTestFinished(() => runSystem('umount', ['--lazy', folder]));
    return 'is on a file system that can only be read.';
  }
  await runSystem('chmod', ['-R', 'a-w', folder]);
  onTestFinished(() => runSystem('chmod', ['-R', 'u+w', folder]));
  return 'may not be accessed: the system denies it (EACCES).';
}

async function runSystem(command: string, args: readonly string[]): Promise<void> {
  const { code, output } = await runQuietly(command, args);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${output}`);
}

/** A workspace of two folders, `walks` and `hills`. */
async function createTwoFolders() {
  const folder = await temporaryFolder();
  const [first, second] = [join(folder, 'walks'), join(folder, 'hills')];
  await mkdir(first);
  await mkdir(second);
  await writeFile(join(first, 'walks.txt'), 'round the lake\n');
  await writeFile(join(second, 'peaks.txt'), 'the north peak\n');
  const workspace = join(folder, 'outdoors.code-workspace');
  await writeFile(workspace, JSON.stringify({ folders: [{ path: 'walks' }, { path: 'hills' }] }));
  return { first, second, workspace };
}

/** undefined: there is no such file. */
function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

async function temporaryFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'belay-workspace-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}
