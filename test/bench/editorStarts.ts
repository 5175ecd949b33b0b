// Starts the window again and again, and opens a chat in each: what VS Code says of the activation, and how long a person
// waits for the text box.

import type { Page } from 'playwright-core';
import type { Editor } from '../support/vscode/editor.ts';
import type { Measured } from './editorExtensions.ts';
import type { Opening, Probe } from './editorProbe.ts';
import { findExtensionHost, untilAtRest } from './editorProcess.ts';

/** Milliseconds, as VS Code has them in "Developer: Startup Performance". */
export interface Activation {
  readonly loadCode: number;
  readonly callActivate: number;
  readonly finishActivate: number;
}

export interface Start {
  readonly activation: Activation;
  /** The first view of the window: the extension is activated for it. */
  readonly first: Opening;
  /** The view was hidden, which ended its page, and is shown again. */
  readonly again: Opening;
}

export interface StartOptions {
  readonly probe: Probe;
  /** There is a conversation to be shown. */
  readonly old?: boolean;
}

/** Reloads the window, waits until it rests, then opens the view twice. The side bar shows something else before and after. */
export async function runStart(editor: Editor, measured: Measured, options: StartOptions): Promise<Start> {
  await restart(editor, () => editor.reload());
  const first = await options.probe.open(measured, options);
  await untilAtRest();
  await showExplorer(editor);
  const again = await options.probe.open(measured, options);
  await untilAtRest();
  await showExplorer(editor);
  return { activation: await readActivation(editor, measured), first, again };
}

/** Loads the window anew and waits until it rests. */
export async function restart(editor: Editor, load: () => Promise<unknown>): Promise<void> {
  const profile = editor.server.dataDir;
  const last = await findExtensionHost(profile);
  await load();
  await findExtensionHost(profile, last);
  // A window that has just started is busy for some seconds with things that are not ours.
  await untilAtRest();
}

/** Shows the files in the side bar, so that no page of ours is there. */
export async function showExplorer({ page }: Editor): Promise<void> {
  await page.keyboard.press('Control+Shift+E');
  await page.locator('.explorer-folders-view').waitFor({ state: 'visible' });
  await page.waitForTimeout(500);
}

/** Opens a session by its title. */
export async function resumeSession(editor: Editor, title: string): Promise<void> {
  await editor.runCommand('Belay: Resume Session…');
  const rows = editor.page.locator('.quick-input-list .monaco-list-row');
  await rows.filter({ hasText: title }).first().click();
}

async function readActivation(editor: Editor, { id }: Measured): Promise<Activation> {
  const { page } = editor;
  await editor.runCommand('Developer: Startup Performance');
  const lines = page.locator('.editor-instance .view-line');
  await lines.filter({ hasText: 'System Info' }).first().waitFor();
  await page.keyboard.press('Control+F');
  await page.keyboard.type(id);
  const row = lines.filter({ hasText: id }).filter({ hasText: '|' }).first();
  await row.waitFor();
  const cells = ((await row.textContent()) ?? '').split('|').map((cell) => cell.trim());
  await closeEditor(page, editor);
  const [loadCode, callActivate, finishActivate] = cells.slice(3, 6).map(Number);
  if (loadCode === undefined || callActivate === undefined || finishActivate === undefined)
    throw new Error(`VS Code says nothing of the activation of ${id}: ${cells.join('|')}`);
  return { loadCode, callActivate, finishActivate };
}

async function closeEditor(page: Page, editor: Editor): Promise<void> {
  await page.keyboard.press('Escape');
  await editor.runCommand('View: Close All Editors');
  await page.locator('.editor-instance .view-lines').first().waitFor({ state: 'detached' });
}
