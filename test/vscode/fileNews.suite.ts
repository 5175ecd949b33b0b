// The index of files is told by the editor's own watcher when files come and go, and what its user doesn't want to see.

import { strict as assert } from 'node:assert';
import { rm } from 'node:fs/promises';
import { workspace } from 'vscode';
import { createFileNews } from '../../src/vscode/context/fileNews.ts';
import type { TestFunction } from './suite.ts';
import { newFile } from './workspaceFiles.ts';

export default function fileNewsSuite(test: TestFunction): void {
  test('files that come and go, and another .gitignore, are news; hidden is what the setting says', async () => {
    const news = createFileNews();
    const files = workspace.getConfiguration('files');
    try {
      const { count, hidden } = await news.now();
      assert.equal(count, 0);
      assert.ok(hidden.includes('**/.DS_Store'));
      const path = await untilCounted(news, () => newFile(`news-${Math.random()}.txt`, ''));
      await untilCounted(news, () => rm(path, { force: true }));
      await newFile('.ignore', '');
      await untilCounted(news, () => newFile('.ignore', `${Math.random()}\n`));
      await files.update('exclude', {
        '**/*.map': true,
        '**/*.log': false,
        '**/*.js': { when: '$(basename).ts' },
      });
      const now = await news.now();
      assert.ok(now.hidden.includes('**/*.map'));
      assert.ok(!now.hidden.includes('**/*.log') && !now.hidden.includes('**/*.js'));
    } finally {
      await files.update('exclude', undefined);
      news.dispose();
    }
  }, 60_000);
}

/** Does it again and again: a watcher takes its time to begin. */
async function untilCounted<Result>(
  news: ReturnType<typeof createFileNews>,
  change: () => Promise<Result>,
): Promise<Result> {
  const { count } = await news.now();
  for (;;) {
    const result = await change();
    await new Promise((resolve) => setTimeout(resolve, 300));
    if ((await news.now()).count > count) return result;
  }
}
