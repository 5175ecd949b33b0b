import { expect, test } from 'vitest';
import { startEditor } from './startEditor.ts';

test('the icon in the activity bar opens the chat, which asks nothing of the network', async () => {
  const editor = await startEditor();
  await editor.page.locator('.activitybar').getByRole('tab', { name: 'Belay' }).click();
  const panel = await editor.panel();
  await panel.getByRole('textbox', { name: 'Message Belay' }).waitFor();
  await editor.screenshot('open');
  expect(editor.foreignRequests).toEqual([]);
});
