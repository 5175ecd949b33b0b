// What the language servers say of an edit is read by the model and shown on the card.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { text, toolUse } from '../support/modelServer/steps.ts';
import { openChat, patience, startEditorWith, startModel } from './panel.ts';

for (const agentProcess of ['extensionHost', 'child'] as const) {
  test(`a file that an edit breaks is told to the model with the result, and on the card (agent: ${agentProcess})`, async () => {
    const model = await startModel();
    const editor = await startEditorWith(model, {
      settings: { 'belay.permissionMode': 'acceptEdits', 'belay.agentProcess': agentProcess },
    });
    const path = join(editor.folder, 'walk.json');
    await writeFile(path, '{ "name": "Ridge", }\n');
    await editor.openFile('walk.json');
    // The server has begun: it complains of the comma.
    await editor.page.locator('.squiggly-error').first().waitFor();
    model.script(
      [toolUse('Read', { file_path: path })],
      [
        toolUse('Edit', {
          file_path: path,
          old_string: '"Ridge"',
          new_string: '"Ridge", "km": 12 "up": 900',
        }),
      ],
      [toolUse('Edit', { file_path: path, old_string: ' 12 "up"', new_string: ' 12, "up"' })],
      [text('Edited.')],
    );
    const panel = await openChat(editor);
    await panel.send('Add the length');
    await panel.shows('Edited.');
    expect(await readFile(path, 'utf8')).toBe('{ "name": "Ridge", "km": 12, "up": 900, }\n');
    const results = model.requests.map(({ body }) => JSON.stringify(body.messages.at(-1)));
    expect(results[2]).toContain('The editor finds 1 new problem in the file:\\n1:29 error: Expected comma');
    expect(results[2]).not.toContain('Trailing comma');
    expect(results[3]).toContain('1 problem of before is gone.');
    const card = panel.tool('Edit').first();
    await card.getByRole('button', { name: '1 new problem' }).click();
    await editor.screenshot(`problems-${agentProcess}`);
    await card
      .getByRole('list', { name: 'Problems' })
      .getByRole('button', { name: /1:29.*Expected comma/ })
      .click();
    await expect
      .poll(() => editor.page.getByRole('tab', { name: /^walk\.json/, selected: true }).count(), patience)
      .toBe(1);
    await panel.tool('Edit').nth(1).getByText('1 problem gone').waitFor();
    model.assertNoRefusals();
  });
}
