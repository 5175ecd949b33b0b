// What is shown of checkpoints in VS Code's own editors.

import { strict as assert } from 'node:assert';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands, Position, Uri, WorkspaceEdit, window, workspace } from 'vscode';
import type { Checkpoints } from '../../src/core/checkpoints/checkpoints.ts';
import { createCheckpoints } from '../../src/core/checkpoints/createCheckpoints.ts';
import { nodeByteWork } from '../../src/node/byteWork.ts';
import { createNodeClock } from '../../src/node/clock.ts';
import { createNodeFileSystem } from '../../src/node/fileSystem.ts';
import { createNodeStorage } from '../../src/node/storage.ts';
import { openMerge } from '../../src/vscode/checkpoints/openMerge.ts';
import { putBack } from '../../src/vscode/checkpoints/putBack.ts';
import { joinChanges, showFiles, showRewind } from '../../src/vscode/checkpoints/showChanges.ts';
import { toPicks } from '../../src/vscode/checkpoints/showHistory.ts';
import { type EarlierTexts, registerEarlierTexts } from '../../src/vscode/earlierText.ts';
import type { SessionHost } from '../../src/vscode/sessionHost.ts';
import { watchUserSaves } from '../../src/vscode/userSaves.ts';
import { createLocalScanners } from '../support/memory/treeThreads.ts';
import type { TestFunction } from './suite.ts';
import { newFile } from './workspaceFiles.ts';

export default function checkpointsSuite(test: TestFunction): void {
  test('what a rewind would change is one editor with all files, what is no text by its name', () =>
    withTexts(async (earlierTexts, shown) => {
      const host = hostOf({
        rewind_files: {
          canRewind: true,
          files: [
            { path: '/w/a.ts', outcome: 'restored', change: 'modified', insertions: 1, deletions: 1 },
            { path: '/w/gone.ts', outcome: 'restored', change: 'deleted', insertions: 0, deletions: 1 },
            { path: '/w/logo.png', outcome: 'restored', change: 'modified', insertions: 0, deletions: 0 },
            { path: '/w/kept.ts', outcome: 'unchanged', insertions: 0, deletions: 0 },
          ],
        },
        'belay/checkpoint_conflict:/w/a.ts': {
          base: 'new\n',
          mine: 'new\n',
          theirs: 'old\n',
          merged: 'merged\n',
        },
        'belay/checkpoint_conflict:/w/gone.ts': { base: 'x\n', mine: 'x\n', theirs: null, merged: null },
        'belay/checkpoint_conflict:/w/logo.png': { base: null, mine: null, theirs: null, merged: null },
      });
      assert.equal(await showRewind([{ user_message_id: 'u1' }], { host, earlierTexts }), true);
      assert.deepEqual([...shown.values()], ['new\n', 'merged\n', 'x\n']);
      await untilTab('Rewind (now ↔ then); no text: logo.png');
    }));

  test('what somebody saves in the editor while a command runs is theirs, and stays', () =>
    withCheckpoints(async (checkpoints, at) => {
      for (const name of ['mine.txt', 'command.txt']) await writeFile(at(name), `old ${name}\n`);
      checkpoints.beginTurn('m');
      const call = { userMessageId: 'm', toolUseId: 'call', origin: 'shell' } as const;
      const command = checkpoints.record(call);
      await command.expectChanges('shell');
      await writeFile(at('command.txt'), 'by the command\n');
      await typeAndSave(at('mine.txt'), 'by me, ');
      await command.finish();
      const answer = await checkpoints.rewind({ userMessageId: 'm', dryRun: false, mode: 'merge' });
      assert.deepEqual(answer.filesChanged, [at('command.txt')]);
      assert.equal(await readFile(at('command.txt'), 'utf8'), 'old command.txt\n');
      assert.equal(await readFile(at('mine.txt'), 'utf8'), 'by me, old mine.txt\n');
    }));

  test('where there is no text at all, no editor is opened', () =>
    withTexts(async (earlierTexts) => {
      const file = { path: '/w/logo.png', left: null, right: null, isBinary: true };
      assert.equal(await showFiles('Nothing', [file], { earlierTexts }), false);
      assert.equal(window.tabGroups.activeTabGroup.activeTab, undefined);
    }));

  test('several changes of one file are shown as one', () => {
    const changes = [
      { path: '/w/a', left: null, right: '1', isBinary: false },
      { path: '/w/b', left: 'x', right: 'y', isBinary: false },
      { path: '/w/a', left: '1', right: '2', isBinary: false },
    ];
    assert.deepEqual(joinChanges(changes), [
      { path: '/w/a', left: null, right: '2', isBinary: false },
      { path: '/w/b', left: 'x', right: 'y', isBinary: false },
    ]);
  });

  test('a conflict opens the merge editor on the file itself', () =>
    withTexts(async (earlierTexts) => {
      const path = await newFile('both-changed.txt', 'mine\n');
      const host = hostOf({
        [`belay/checkpoint_conflict:${path}`]: {
          base: 'base\n',
          mine: 'mine\n',
          theirs: 'theirs\n',
          merged: null,
        },
      });
      const target = { user_message_id: 'u1' };
      assert.equal(await openMerge({ target, path }, { host, earlierTexts }), undefined);
      await untilTab('Merging: both-changed.txt');
    }));

  test('where one side is missing, the other is compared with the file; what is no text is told', () =>
    withTexts(async (earlierTexts) => {
      const path = await newFile('half.txt', 'mine\n');
      const target = { user_message_id: 'u1' };
      const key = `belay/checkpoint_conflict:${path}`;
      const half = hostOf({ [key]: { base: null, mine: 'mine\n', theirs: 'theirs\n', merged: null } });
      assert.equal(await openMerge({ target, path }, { host: half, earlierTexts }), undefined);
      await untilTab('half.txt (rewound ↔ yours)');
      const none = hostOf({ [key]: { base: null, mine: null, theirs: null, merged: null } });
      assert.match((await openMerge({ target, path }, { host: none, earlierTexts })) ?? '', /no text/);
    }));

  test('what an earlier session left is put into the editor, unsaved, and an undo takes it back', async () => {
    const path = await newFile('put-back.txt', 'now\n');
    const uri = Uri.file(path);
    const change = { path, left: 'first\n', right: 'then\nand more\n', isBinary: false };
    await putBack(uri, change);
    const document = await workspace.openTextDocument(uri);
    assert.equal(window.activeTextEditor?.document.uri.toString(), uri.toString());
    assert.deepEqual([document.getText(), document.isDirty], ['then\nand more\n', true]);
    assert.equal(await readFile(path, 'utf8'), 'now\n');
    await commands.executeCommand('undo');
    assert.equal(document.getText(), 'now\n');
    await assert.rejects(putBack(uri, { ...change, right: null }), /no text/);
    await rm(path);
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await putBack(uri, change);
    assert.equal((await workspace.openTextDocument(uri)).getText(), 'then\nand more\n');
    await commands.executeCommand('workbench.action.closeAllEditors');
    await rm(path, { force: true });
  });

  test('each session has its line in the history of a file', () => {
    const version = {
      ...{ checkpointId: 'c', title: 'Edit', prompt: 'Sort it', description: 'modified', at: 0 },
      restore: null,
    };
    const other = { ...version, prompt: '', restore: 'text' as const };
    const titles = new Map([['s1', 'Sort the notes']]);
    const others = [
      { ...other, sessionId: 's1' },
      { ...other, sessionId: 's1' },
      { ...other, sessionId: 's2' },
    ];
    const lines = toPicks([version], others, titles).map(({ label, buttons = [] }) => [
      label,
      buttons.length,
    ]);
    assert.deepEqual(lines, [
      ...[
        ['This session', 0],
        ['Edit', 0],
        ['Sort the notes', 0],
        ['Edit', 1],
        ['Edit', 1],
      ],
      ...[
        ['An earlier session', 0],
        ['Edit', 1],
      ],
    ]);
    assert.deepEqual(
      toPicks([version], [], titles).map(({ label }) => label),
      ['Edit'],
    );
  });
}

async function typeAndSave(path: string, text: string): Promise<void> {
  const document = await workspace.openTextDocument(Uri.file(path));
  await window.showTextDocument(document);
  const edit = new WorkspaceEdit();
  edit.insert(document.uri, new Position(0, 0), text);
  assert.equal(await workspace.applyEdit(edit), true);
  assert.equal(await document.save(), true);
}

/** The checkpoints of a session in a new folder, which know what is saved in this editor. */
async function withCheckpoints(
  body: (checkpoints: Checkpoints, at: (name: string) => string) => Promise<void>,
): Promise<void> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'belay-saves-')));
  const root = join(folder, 'work');
  await mkdir(root);
  const saves = watchUserSaves();
  let last = 0;
  const takeSaves = async () => {
    const since = saves.since(last);
    last = since.last;
    return since.paths.map((path) => ({ path }));
  };
  const checkpoints = await createCheckpoints({
    files: createNodeFileSystem({ platform: 'linux' }),
    storage: createNodeStorage(join(folder, 'storage')),
    clock: createNodeClock(),
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    sessionId: crypto.randomUUID(),
    workspace: { roots: [root] },
    createId: () => crypto.randomUUID(),
    capture: { scanners: createLocalScanners(), trusted: false, takeSaves },
    byteWork: nodeByteWork,
  });
  try {
    await body(checkpoints, (name) => join(root, name));
  } finally {
    await checkpoints.close();
    saves.dispose();
    await commands.executeCommand('workbench.action.closeAllEditors');
    await rm(folder, { recursive: true });
  }
}

/** Answers requests by their name, or by name and path. */
function hostOf(answers: Readonly<Record<string, object>>): SessionHost {
  return {
    request: async (subtype: string, { path = '' }: { readonly path?: string }) =>
      answers[`${subtype}:${path}`] ?? answers[subtype],
  } as unknown as SessionHost;
}

/** Waits for a tab that is called so, or begins so: an editor of several files adds how many they are. */
async function untilTab(start: string): Promise<void> {
  const isThere = (): boolean =>
    window.tabGroups.all.flatMap(({ tabs }) => tabs).some(({ label }) => label.startsWith(start));
  if (isThere()) return;
  await new Promise<void>((resolve) => {
    const listening = window.tabGroups.onDidChangeTabs(() => {
      if (!isThere()) return;
      listening.dispose();
      resolve();
    });
  });
}

async function withTexts(
  body: (texts: EarlierTexts, shown: ReadonlyMap<string, string>) => Promise<void>,
): Promise<void> {
  const texts = registerEarlierTexts();
  const shown = new Map<string, string>();
  const show: EarlierTexts['show'] = (file, text) => {
    const uri = texts.show(file, text);
    shown.set(uri.toString(), text);
    return uri;
  };
  try {
    await body({ show, dispose: () => texts.dispose() }, shown);
  } finally {
    texts.dispose();
    await commands.executeCommand('workbench.action.closeAllEditors');
  }
}
