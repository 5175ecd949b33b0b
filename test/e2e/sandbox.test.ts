// The sandbox for commands in the editor: the packaged extension brings what it needs, in both places an agent can run in.

import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { text, toolUse } from '../support/modelServer/steps.ts';
import { sandboxProblem } from '../unit/node/sandboxPolicy.ts';
import { openChat, startEditorWith, startModel } from './panel.ts';

const suite = sandboxProblem === undefined ? describe : describe.skip;
const because = sandboxProblem === undefined ? '' : ` (left out: ${sandboxProblem})`;

suite(`the sandbox${because}`, () => {
  test.each(['extensionHost', 'child'] as const)('holds commands (agent in: %s)', async (place) => {
    const model = await startModel();
    const editor = await startEditorWith(model, {
      settings: { 'belay.sandbox': 'on', 'belay.agentProcess': place },
    });
    const outside = join(editor.folder, '..', 'outside-the-sandbox');
    const command = `touch inside; touch ${outside}`;
    model.script(
      [toolUse('Bash', { command })],
      [toolUse('Bash', { command, dangerouslyDisableSandbox: true })],
      [text('All done.')],
    );
    const panel = await openChat(editor);
    await panel.send('Go');
    await panel.permission.getByText('Run touch inside').waitFor();
    await panel.allow();
    await panel.permission.getByText('It runs a command outside the sandbox.').waitFor();
    expect(await isThere(join(editor.folder, 'inside'))).toBe(true);
    expect(await isThere(outside)).toBe(false);
    await panel.tool('Bash').getByText('The sandbox has kept it from').waitFor();
    await panel.tool('Bash').getByText('sandbox', { exact: true }).waitFor();
    await editor.screenshot(`sandbox-${place}`);
    await panel.allow();
    await panel.shows('All done.');
    expect(await isThere(outside)).toBe(true);
    await panel.tool('Bash').getByText('outside the sandbox', { exact: true }).waitFor();
    model.assertNoRefusals();
  });
});

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
