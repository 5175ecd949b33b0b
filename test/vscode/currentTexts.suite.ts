// What stands in reviewed files is known also of files that lie in no folder of the workspace.

import { strict as assert } from 'node:assert';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchCurrentTexts } from '../../src/vscode/review/currentTexts.ts';
import type { TestFunction } from './suite.ts';

export default function currentTextsSuite(test: TestFunction): void {
  test('a file outside of the workspace that changes on the disk is looked at again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'belay-outside-'));
    const path = join(folder, 'outside.txt');
    await writeFile(path, 'one\n');
    const told: string[] = [];
    const texts = watchCurrentTexts((each) => each === path);
    texts.onDidChange((each) => told.push(...each));
    try {
      await texts.look(path);
      assert.deepEqual(texts.get(path), ['one\n']);
      // A watcher takes its time to begin.
      while (texts.get(path)?.[0] !== 'two\n') {
        await writeFile(path, 'two\n');
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await rm(path);
      while (texts.get(path) !== undefined) await new Promise((resolve) => setTimeout(resolve, 50));
      while (told.length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
      assert.deepEqual([...new Set(told)], [path]);
    } finally {
      texts.dispose();
      await rm(folder, { recursive: true, force: true });
    }
  }, 60_000);

  test('many files that change at once are told together', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'belay-many-'));
    const paths = Array.from({ length: 300 }, (_, index) => join(folder, `${index}.txt`));
    for (const path of paths) await writeFile(path, 'one\n');
    const told: (readonly string[])[] = [];
    const texts = watchCurrentTexts((each) => each.startsWith(folder));
    texts.onDidChange((each) => told.push(each));
    const isNew = (path: string): boolean => texts.get(path)?.[0] === 'two\n';
    try {
      for (const path of paths) await texts.look(path);
      // A watcher takes its time to begin.
      while (!paths.every(isNew)) {
        for (const path of paths) if (!isNew(path)) await writeFile(path, 'two\n');
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      while (new Set(told.flat()).size < paths.length)
        await new Promise((resolve) => setTimeout(resolve, 50));
      assert.ok(told.length < paths.length / 5, `${told.length} times for ${paths.length} files`);
    } finally {
      texts.dispose();
      await rm(folder, { recursive: true, force: true });
    }
  }, 60_000);
}
