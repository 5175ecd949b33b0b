// The editor of an end-to-end test: the packaged extension, closed by itself, with its logs kept when the test fails.

import { inject, onTestFinished } from 'vitest';
import { type Editor, type EditorOptions, openEditor } from '../support/vscode/editor.ts';

/** Opens a VS Code with Belay installed, for the test that is running. May be called several times in one test. */
export async function startEditor(options: EditorOptions = {}): Promise<Editor> {
  const editor = await openEditor({ extensionsDir: inject('extensionsDir'), ...options });
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') {
      const folder = await editor.saveLogs(task.name);
      process.stderr.write(`Logs of “${task.name}”: ${folder}\n`);
    }
    await editor.close();
  });
  return editor;
}
