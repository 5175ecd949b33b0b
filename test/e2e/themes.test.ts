// The panel looks like the editor around it, in any theme.

import { expect, test } from 'vitest';
import { text } from '../support/modelServer/steps.ts';
import { openChat, patience, startEditorWith, startModel } from './panel.ts';

const reply = [
  'Here is how it is done:',
  '',
  '```ts',
  '// Adds two numbers.',
  'export function add(left: number, right: number): number {',
  '  return left + right;',
  '}',
  '```',
  '',
  'See `add` in the **module**.',
].join('\n');

test.each([
  ['dark', 'Dark Modern', '#C586C0'],
  ['light', 'Light Modern', '#AF00DB'],
  ['high-contrast', 'Default High Contrast', '#C586C0'],
])('code has the colours of a %s theme', async (name, theme, keyword) => {
  const model = await startModel();
  model.script([text(reply)]);
  const editor = await startEditorWith(model, { settings: { 'workbench.colorTheme': theme } });
  const panel = await openChat(editor);
  await panel.send('How do I add?');
  await panel.shows('export');
  await panel.stop.waitFor({ state: 'detached' });
  const read = (): Promise<string> =>
    panel.frame.evaluate(() =>
      getComputedStyle(document.documentElement).getPropertyValue('--belay-token-keyword').trim(),
    );
  await expect.poll(read, patience).toBe(keyword);
  await editor.screenshot(`theme-${name}`);
});
