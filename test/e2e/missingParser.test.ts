// The packaged extension without the grammar of commands: each command is asked about, with the reason, and all else goes on.

import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { breakParser } from '../support/breakParser.ts';
import { text, toolUse } from '../support/modelServer/steps.ts';
import { copyExtensions } from '../support/vscode/modelExtension.ts';
import { openChat, startEditorWith, startModel } from './panel.ts';

test.each(['extensionHost', 'child'] as const)(
  'without the grammar of commands each one is asked about, whatever is allowed (agent in: %s)',
  async (place) => {
    const model = await startModel();
    const settings = { 'belay.agentProcess': place };
    const editor = await startEditorWith(model, { extensionsDir: await brokenExtensions(), settings });
    await mkdir(join(editor.folder, '.claude'), { recursive: true });
    await writeFile(
      join(editor.folder, '.claude', 'settings.local.json'),
      JSON.stringify({ permissions: { allow: ['Bash', "Bash(touch 'made')"], deny: ['Bash(rm:*)'] } }),
    );
    await writeFile(join(editor.folder, 'note'), 'what is in the note');
    model.script(
      [toolUse('Bash', { command: 'touch made' })],
      [toolUse('Bash', { command: 'ls; rm made' })],
      [toolUse('Read', { file_path: join(editor.folder, 'note') })],
      [text('All done.')],
    );
    const panel = await openChat(editor);
    await panel.send('Go');
    await panel.permission.getByText(/failed to take this command apart/).waitFor();
    await editor.screenshot(`missing-parser-${place}`);
    await panel.allow();
    await panel.shows('All done.');
    expect(await panel.permission.count()).toBe(0);
    expect(await stat(join(editor.folder, 'made')).then(() => 'there')).toBe('there');
    const told = JSON.stringify(model.requests.at(-1)?.body);
    expect(told).toContain('Bash(rm:*)');
    expect(told).toContain('what is in the note');
  },
);

/** What was installed, with the grammar broken. */
async function brokenExtensions(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'belay-broken-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  await copyExtensions(inject('extensionsDir'), folder);
  const installed = (await readdir(folder)).find((name) => name.startsWith('belay.belay-'));
  if (installed === undefined) throw new Error('Belay is not installed.');
  await breakParser(join(folder, installed, 'dist'));
  return folder;
}
