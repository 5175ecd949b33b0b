// Links of a conversation: nothing opens without a click, and then not before VS Code's own question.

import { expect, test } from 'vitest';
import { text } from '../support/modelServer/steps.ts';
import { openChat, startEditorWith, startModel } from './panel.ts';

const DEAD = [
  '[one](command:workbench.action.quit)',
  '[two](javascript:alert(1))',
  '[three](file:///etc/passwd)',
  '[four](vscode://belay.belay/x)',
  '[five](vscode-webview://x/y)',
  '[six](data:text/html,x)',
  '[seven](https://github.com@evil.example/)',
  '[eight](//evil.example/x)',
  '[nine](../../etc/passwd)',
];

test('a link opens only once VS Code’s own question is answered, and what is no web address is no link', async () => {
  const model = await startModel();
  const editor = await startEditorWith(model);
  const popups: string[] = [];
  editor.page.on('popup', (popup) => popups.push(popup.url()));
  model.script([
    text(
      [...DEAD, '[docs](https://docs.example.com/a?b=c)', '[odd](https://аpple.com/)', 'That was all.'].join(
        '\n\n',
      ),
    ),
  ]);
  const panel = await openChat(editor);
  await panel.send('Show me links');
  await panel.shows('That was all.');
  await panel.stop.waitFor({ state: 'detached' });
  const links = panel.conversation.getByRole('link');
  expect((await links.allInnerTexts()).map((label) => label.split(' ')[0])).toEqual(['docs', 'odd']);
  // Nothing for VS Code's frame to follow by itself, with a middle click or a key either.
  expect(await panel.conversation.locator('a, [href], [src]').count()).toBe(0);

  const question = editor.page.getByRole('dialog');
  await links.first().click();
  await question.getByText(/external website/).waitFor();
  await question.getByText('https://docs.example.com/a?b=c').waitFor();
  await editor.screenshot('link-question');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'detached' });

  // Where it leads is not what it looks like: Belay shows the real host before VS Code asks.
  await links.last().click();
  await question.getByText('Open a page on xn--pple-43d.com?').waitFor();
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'detached' });
  expect(popups).toEqual([]);
  expect(editor.foreignRequests).toEqual([]);
});
