// Everything can be done without a mouse.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { text, toolUse } from '../support/modelServer/steps.ts';
import { openChat, type Panel, patience, startEditorWith, startModel } from './panel.ts';

test('a turn with a permission, by keyboard only', async () => {
  const model = await startModel();
  const editor = await startEditorWith(model);
  const path = join(editor.folder, 'keys.md');
  model.script([toolUse('Write', { file_path: path, content: 'keys\n' })], [text('Typed and done.')]);
  const panel = await openChat(editor);
  const { keyboard } = editor.page;
  await untilFocused(panel, 'Message Belay');
  await keyboard.type('Write with keys');
  await keyboard.press('Enter');
  await panel.permission.waitFor();
  await panel.permission.getByRole('button', { name: 'Allow', exact: true, disabled: false }).waitFor();
  // Enter in the composer sends; it never approves.
  expect(await nameOfFocus(panel)).toBe('Message Belay');
  for (let steps = 0; (await nameOfFocus(panel)) !== 'Allow'; steps += 1) {
    expect(steps).toBeLessThan(20);
    await keyboard.press('Shift+Tab');
  }
  await keyboard.press('Enter');
  await panel.shows('Typed and done.');
  expect(await readFile(path, 'utf8')).toBe('keys\n');
  await untilFocused(panel, 'Message Belay');
  model.assertNoRefusals();
});

async function untilFocused(panel: Panel, name: string): Promise<void> {
  await expect.poll(() => nameOfFocus(panel), patience).toBe(name);
}

/** The accessible name of what has the focus, as far as it is said in an attribute or the text. */
async function nameOfFocus({ frame }: Panel): Promise<string> {
  return frame.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? '';
  });
}
