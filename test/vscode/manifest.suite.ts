// What the manifest promises and the extension has to keep.

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestFunction } from './suite.ts';

export default function suite(test: TestFunction): void {
  test('every command in the manifest is registered', async () => {
    const extension = await activated();
    const registered = new Set(await vscode.commands.getCommands(true));
    const promised = commandsOf(extension.packageJSON);
    assert.ok(promised.length > 0);
    assert.deepEqual(
      promised.filter((command) => !registered.has(command)),
      [],
    );
  });

  test('the commands in the manifest are all there are', async () => {
    const extension = await activated();
    const registered = await vscode.commands.getCommands(true);
    // VS Code makes some for every view.
    const ofViews = /\.(open|focus|resetViewLocation|toggleVisibility|removeView)$/;
    const views = viewsOf(extension.packageJSON);
    const isOfView = (command: string): boolean => views.includes(command.replace(ofViews, ''));
    const promised = commandsOf(extension.packageJSON);
    assert.deepEqual(
      registered
        .filter((command) => command.startsWith('belay.') && !isOfView(command))
        .filter((command) => !promised.includes(command)),
      [],
    );
  });
}

async function activated(): Promise<vscode.Extension<unknown>> {
  const extension = vscode.extensions.getExtension('belay.belay');
  assert.ok(extension, 'the extension is not there');
  await extension.activate();
  return extension;
}

function commandsOf(manifest: { contributes: { commands: { command: string }[] } }): string[] {
  return manifest.contributes.commands.map(({ command }) => command);
}

function viewsOf(manifest: { contributes: { views: Record<string, { id: string }[]> } }): string[] {
  return Object.values(manifest.contributes.views)
    .flat()
    .map(({ id }) => id);
}
