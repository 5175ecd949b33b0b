// The first start: nothing is set, and every way on works.

import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { text } from '../support/modelServer/steps.ts';
import { openChat, type Panel, startModel } from './panel.ts';
import { startEditor } from './startEditor.ts';

test('the offline tour needs no key and no network', async () => {
  const editor = await startEditor();
  const panel = await openChat(editor);
  await panel.frame.getByRole('region', { name: 'Choose a model provider' }).waitFor();
  await editor.screenshot('first-start');
  await panel.button('Try it offline').click();
  await panel.composer.waitFor();
  await panel.send('Give me the tour');
  // The tour asks before each change and before the command; everything it does is real.
  await panel.permission.waitFor();
  await editor.screenshot('offline-tour');
  const length = await readFile(join(editor.folder, 'src', 'route.js'), 'utf8');
  while (await isAsked(panel)) await panel.allow();
  await panel.tool('Bash').waitFor();
  expect(await readFile(join(editor.folder, 'src', 'route.js'), 'utf8')).not.toBe(length);
  await access(join(editor.folder, 'test', 'distance.test.js'));
  await editor.screenshot('offline-tour-end');
  expect(editor.foreignRequests).toEqual([]);
});

test('a key is asked for, kept, and used', async () => {
  const model = await startModel({ key: 'my-own-key' });
  model.script([text('That key fits.')]);
  const editor = await startEditor({ profile: await createProfile({ 'belay.baseUrl': model.url }) });
  const panel = await openChat(editor);
  await panel.button('Set API key').click();
  const input = editor.page.getByRole('textbox', { name: /API key/ });
  await input.fill('my-own-key');
  await input.press('Enter');
  await panel.composer.waitFor();
  await panel.send('Hello');
  await panel.shows('That key fits.');
  model.assertNoRefusals();
});

test('a server of one’s own is checked before it is chosen', async () => {
  const model = await startModel({ key: null, models: ['my-model'] });
  model.script([text('H')], [text('Local and lovely.')]);
  const editor = await startEditor();
  const panel = await openChat(editor);
  await panel.button('Use a server').click();
  const address = panel.frame.getByRole('textbox', { name: 'Base URL' });
  await panel.frame.getByRole('textbox', { name: 'Model' }).fill('my-model');
  await address.fill('http://127.0.0.1:9');
  await panel.button('Connect').click();
  await panel.frame.getByRole('alert').filter({ hasText: 'Nothing answers at http://127.0.0.1:9' }).waitFor();
  await address.fill(model.url);
  await panel.button('Connect').click();
  await panel.composer.waitFor();
  await panel.send('Hello');
  await panel.shows('Local and lovely.');
  model.assertNoRefusals();
});

/** Waits for the next question, or for the end of the turn. */
async function isAsked({ permission, stop }: Panel): Promise<boolean> {
  await expect
    .poll(async () => (await permission.isVisible()) || !(await stop.isVisible()), { timeout: 30_000 })
    .toBe(true);
  return permission.isVisible();
}

/** A profile with these settings of the machine that Belay runs on: what a project or another machine says doesn't count. */
async function createProfile(settings: object): Promise<string> {
  const profile = await mkdtemp(join(tmpdir(), 'belay-profile-'));
  onTestFinished(() => rm(profile, { recursive: true, force: true, maxRetries: 5 }));
  await mkdir(join(profile, 'data', 'Machine'), { recursive: true });
  await writeFile(join(profile, 'data', 'Machine', 'settings.json'), JSON.stringify(settings));
  return profile;
}
