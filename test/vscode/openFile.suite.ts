// Opening what the conversation names.

import { strict as assert } from 'node:assert';
import { symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands, TabInputTextDiff, window, workspace } from 'vscode';
import { createNodeFileSystem } from '../../src/node/fileSystem.ts';
import { type EarlierTexts, registerEarlierTexts } from '../../src/vscode/earlierText.ts';
import { openFile } from '../../src/vscode/openFile.ts';
import type { SessionHost } from '../../src/vscode/sessionHost.ts';
import { createWorkspacePort } from '../../src/vscode/workspacePort.ts';
import type { TestFunction } from './suite.ts';
import { folder, newFile } from './workspaceFiles.ts';

export default function openFileSuite(test: TestFunction): void {
  test('a file of the workspace is opened at its line', () =>
    withTexts(async (earlierTexts) => {
      await newFile('lines.txt', 'one\ntwo\nthree\n');
      assert.deepEqual(await open({ path: 'lines.txt', line: 3 }, { earlierTexts }), { opened: true });
      assert.equal(window.activeTextEditor?.selection.active.line, 2);
    }));

  test('a file outside of it is opened only when the agent has named it', () =>
    withTexts(async (earlierTexts) => {
      const outside = join(tmpdir(), `belay-outside-${process.pid}.txt`);
      await writeFile(outside, 'secret\n');
      const refused = await open({ path: outside }, { earlierTexts });
      assert.equal(refused.opened, false);
      assert.deepEqual(await open({ path: outside }, { earlierTexts, told: outside }), { opened: true });
    }));

  test('a link that leads out of the workspace is outside of it', () =>
    withTexts(async (earlierTexts) => {
      const link = join(folder(), 'way-out');
      await symlink('/etc/hostname', link);
      assert.equal((await open({ path: link }, { earlierTexts })).opened, false);
    }));

  test('a file that is gone is said to be', () =>
    withTexts(async (earlierTexts) => {
      const { opened, problem } = await open({ path: 'nowhere.txt' }, { earlierTexts });
      assert.deepEqual([opened, /not there/.test(problem ?? '')], [false, true]);
    }));

  test('a diff shows what stood there before beside what stands there now', () =>
    withTexts(async (earlierTexts) => {
      const path = await newFile('changed.txt', 'new\n');
      const answer = { before: 'old\n', after: 'new\n', binary: false };
      assert.deepEqual(await open({ path, diff_since: 'u1' }, { earlierTexts, answer }), { opened: true });
      const input = window.tabGroups.activeTabGroup.activeTab?.input;
      assert.ok(input instanceof TabInputTextDiff);
      assert.equal((await workspace.openTextDocument(input.original)).getText(), 'old\n');
      assert.equal(input.modified.fsPath, path);
    }));

  test('what is no text has no diff', () =>
    withTexts(async (earlierTexts) => {
      const path = await newFile('picture.bin', '\0');
      const answer = { before: null, after: null, binary: true };
      assert.equal((await open({ path, diff_since: 'u1' }, { earlierTexts, answer })).opened, false);
    }));
}

interface Options {
  readonly earlierTexts: EarlierTexts;
  /** A path the agent has named. */
  readonly told?: string;
  /** What the checkpoints say. */
  readonly answer?: object;
}

function open(request: Parameters<typeof openFile>[0], { earlierTexts, told, answer }: Options) {
  const host = {
    hasTold: (path: string) => path === told,
    request: async () => answer,
  } as unknown as SessionHost;
  return openFile(request, {
    host,
    files: createNodeFileSystem({ platform: 'linux' }),
    workspace: createWorkspacePort('/nowhere'),
    earlierTexts,
    beside: false,
  });
}

async function withTexts(body: (texts: EarlierTexts) => Promise<void>): Promise<void> {
  const texts = registerEarlierTexts();
  try {
    await body(texts);
  } finally {
    texts.dispose();
    await commands.executeCommand('workbench.action.closeAllEditors');
  }
}
