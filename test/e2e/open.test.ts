import { expect, test } from 'vitest';
import { startEditor } from './startEditor.ts';

test('the icon in the activity bar opens the chat, which asks nothing of the network', async () => {
  const editor = await startEditor();
  await editor.page.locator('.activitybar').getByRole('tab', { name: 'Belay' }).click();
  const panel = await editor.panel();
  // Without a key the first thing to be seen is the choice of a model.
  await panel.getByRole('button', { name: 'Set API key' }).waitFor();
  await editor.screenshot('open');
  expect(editor.foreignRequests).toEqual([]);
});
