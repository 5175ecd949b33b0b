// Settings files that change under a session of the panel.

import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createSampleProject } from '../../scripts/vscode/sample.mts';
import { text, toolUse } from '../support/modelServer/steps.ts';
import { openChat, patience, startEditorWith, startModel } from './panel.ts';

test.each([
  ['extensionHost', 'Dark Modern'],
  ['child', 'Light Modern'],
  ['extensionHost', 'Default High Contrast'],
])(
  'a rule that denies counts at once; a hook only after its diff was seen and allowed (agent in: %s, %s)',
  async (place, theme) => {
    const { model, editor, at, writeProject } = await setUp({
      'belay.agentProcess': place,
      'workbench.colorTheme': theme,
    });
    const panel = await openChat(editor);
    model.script([toolUse('Bash', { command: `touch ${at('one')}` })], [text('The first is there.')]);
    await panel.send('Go');
    await panel.shows('The first is there.');
    expect(await isThere(at('one'))).toBe(true);

    model.script([toolUse('Bash', { command: `curl ${at('two')}` })], [text('It was denied.')]);
    await panel.send('Now the second');
    await panel.permission.waitFor();
    await writeProject({
      permissions: { allow: ['Bash(touch:*)', 'Bash(rm:*)'], deny: ['Bash(curl:*)'] },
      hooks: { UserPromptSubmit: [{ hooks: [{ type: 'command', command: `touch ${at('hooked')}` }] }] },
    });
    // The question is gone without an answer.
    await panel.permission.waitFor({ state: 'detached' });
    await panel.shows('It was denied.');
    await panel.shows(/settings\.json has changed: deny rule Bash\(curl:\*\) added/);

    const card = panel.frame.getByRole('group', { name: 'Changed project settings' });
    await card.getByText('the allow rule Bash(rm:*)').waitFor();
    await card.getByText('other hooks').waitFor();
    expect(await panel.button('Allow').isEnabled()).toBe(false);
    await editor.screenshot(`pending-settings-${theme}`);
    model.script([text('No hook ran.')]);
    await panel.send('Anything?');
    await panel.shows('No hook ran.');
    expect(await isThere(at('hooked'))).toBe(false);

    await panel.button('Show changes').click();
    await editor.page.getByRole('tab', { name: /settings\.json \(allowed ↔ now\)/ }).waitFor();
    await editor.page.locator('.monaco-diff-editor').getByText('UserPromptSubmit').first().waitFor();
    await editor.screenshot(`pending-settings-diff-${theme}`);
    await expect
      .poll(async () => {
        await panel
          .button('Allow')
          .click({ timeout: 2000 })
          .catch(() => undefined);
        return card.count();
      }, patience)
      .toBe(0);
    model.script([text('The hook ran.')]);
    await panel.send('And now?');
    await panel.shows('The hook ran.');
    expect(await isThere(at('hooked'))).toBe(true);
  },
);

async function setUp(settings: Readonly<Record<string, string>>) {
  const home = await mkdtemp(join(tmpdir(), 'belay-live-'));
  onTestFinished(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));
  const at = (name: string): string => join(home, name);
  const folder = await createSampleProject(at('trail-notes'));
  const writeProject = async (content: object): Promise<void> => {
    await mkdir(join(folder, '.claude'), { recursive: true });
    await writeFile(join(folder, '.claude', 'settings.json'), JSON.stringify(content, null, 2));
  };
  await writeProject({ permissions: { allow: ['Bash(touch:*)'] } });
  const model = await startModel();
  const env = { BELAY_CONFIG_DIR: at('config') };
  const editor = await startEditorWith(model, { folder, settings, env });
  return { model, editor, at, writeProject };
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
