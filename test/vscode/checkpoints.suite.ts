// What is shown of checkpoints in VS Code's own editors.

import { strict as assert } from 'node:assert';
import { commands, window } from 'vscode';
import { openMerge } from '../../src/vscode/checkpoints/openMerge.ts';
import { joinChanges, showFiles, showRewind } from '../../src/vscode/checkpoints/showChanges.ts';
import { type EarlierTexts, registerEarlierTexts } from '../../src/vscode/earlierText.ts';
import type { SessionHost } from '../../src/vscode/sessionHost.ts';
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
