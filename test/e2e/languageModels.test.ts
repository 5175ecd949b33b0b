// The models that other extensions give to VS Code.

import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import type { Editor, EditorOptions } from '../support/vscode/editor.ts';
import { type ModelExtension, startModelExtension } from '../support/vscode/modelExtension.ts';
import { createGate, openChat } from './panel.ts';
import { startEditor } from './startEditor.ts';

test.each(['extensionHost', 'child'])(
  'a model of another extension is used once the user lets it be, and its calls ask (agent in: %s)',
  async (agentProcess) => {
    const { guide, editor } = await startEditorWithGuide({ 'belay.agentProcess': agentProcess });
    const half = createGate();
    const path = join(editor.folder, 'notes.md');
    guide.script(
      [{ text: 'The first half' }, half.opened, { text: ' and the second.' }],
      [
        { text: 'I will write it.' },
        { call: { id: 'call_1', name: 'Write', input: { file_path: 'notes.md', content: '# Notes\n' } } },
      ],
      [{ text: 'The notes are there.' }],
    );
    const panel = await openChat(editor);
    await panel.button("Use VS Code's models").click();
    await panel.composer.waitFor();
    await panel.frame.getByText('Trail Guide One').waitFor();
    await panel.send('Say something');
    await answerConsent(editor, 'Allow');
    await panel.shows('The first half');
    await panel.stop.waitFor();
    half.open();
    await panel.shows('and the second.');
    await panel.stop.waitFor({ state: 'detached' });

    await panel.send('Write some notes');
    await panel.permission.waitFor();
    await expect(access(path)).rejects.toThrow();
    await panel.allow();
    await panel.shows('The notes are there.');
    await editor.screenshot('language-model-written');
    expect(await readFile(path, 'utf8')).toBe('# Notes\n');
    // The instructions and the place stand in front, as messages: a chat model knows no system prompt.
    expect(guide.questions.map(({ messages }) => messages.slice(2))).toEqual([
      [said('Say something')],
      [said('Say something'), answered('The first half and the second.'), said('Write some notes')],
      [
        said('Say something'),
        answered('The first half and the second.'),
        said('Write some notes'),
        answered('I will write it.', 'Write {"file_path":"notes.md","content":"# Notes\\n"}'),
        said('Created notes.md (1 line).'),
      ],
    ]);
    expect(guide.questions[0]?.tools).toContain('Write');
  },
);

test('a model that the user does not let Belay use is told, and can be let', async () => {
  const { guide, editor } = await startEditorWithGuide();
  guide.script([{ text: 'Thank you.' }]);
  const panel = await openChat(editor);
  await panel.button("Use VS Code's models").click();
  await panel.composer.waitFor();
  await panel.send('Say something');
  await answerConsent(editor, 'Cancel');
  const alert = panel.frame.getByRole('alert').filter({ hasText: 'Manage Language Model Access' });
  await alert.waitFor();
  await editor.screenshot('language-model-refused');
  expect(guide.questions).toEqual([]);
  await alert.getByRole('button', { name: 'Try again' }).click();
  await answerConsent(editor, 'Allow');
  await panel.shows('Thank you.');
});

test('where no extension has a model, the choice is not taken', async () => {
  const editor = await startEditor();
  const panel = await openChat(editor);
  await panel.button("Use VS Code's models").click();
  const alert = panel.frame.getByRole('alert');
  await alert.filter({ hasText: 'No extension gives VS Code a language model.' }).waitFor();
  expect(await panel.button('Try it offline').isEnabled()).toBe(true);
});

function said(...parts: string[]) {
  return { role: 'user', parts };
}

function answered(...parts: string[]) {
  return { role: 'assistant', parts };
}

/** Answers VS Code's question whether Belay may use the models. */
async function answerConsent({ page }: Editor, answer: 'Allow' | 'Cancel'): Promise<void> {
  const dialog = page.getByRole('dialog').filter({ hasText: /Belay/ });
  await dialog.getByRole('button', { name: answer }).click();
}

/** An editor with an extension that has a model, and nothing else that Belay could ask. */
async function startEditorWithGuide(
  settings: EditorOptions['settings'] = {},
): Promise<{ guide: ModelExtension; editor: Editor }> {
  const folder = await mkdtemp(join(tmpdir(), 'belay-extensions-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const guide = await startModelExtension(inject('extensionsDir'), folder);
  onTestFinished(() => guide.close());
  const options = { extensionsDir: folder, proposedApi: true, env: guide.env, settings };
  return { guide, editor: await startEditor(options) };
}
