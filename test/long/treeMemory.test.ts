// What is kept in memory of a hundred thousand files, and what a look at them takes while it lasts.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { ScannedTree } from '../unit/node/tree/scannedTree.ts';

const FOLDERS = 1_000;
const FILES = 100;
/**
 * Of a file six numbers are kept side by side (48), its name and where its content is (a git object's name: two strings of a
 * header and 41 letters at most), and where both stand in their lists; and of git's index its path and what that says of it.
 */
const MOST_OF_A_FILE = 640;
/** While it lasts: git's index as it was read, listings, what is said between threads, and what is not collected yet. */
const MOST_WHILE_LOOKING = 160 * 1024 * 1024;

test('of 100,000 files in a repository little is kept in memory, and a look at them takes not much more', async () => {
  const tree = new ScannedTree();
  try {
    makeFiles(tree);
    await tree.scanner();
    const before = measure();
    await tree.look();
    const known = measure();
    expect(known.kept - before.kept).toBeLessThanOrEqual(FOLDERS * FILES * MOST_OF_A_FILE);
    expect(known.highest - before.now).toBeLessThanOrEqual(MOST_WHILE_LOOKING);
    // Looking again and again is remembered by nobody.
    for (let time = 0; time < 5; time += 1) {
      tree.run(`echo ${time} >> part0/f0/0.txt`);
      expect(Object.keys(await tree.look())).toEqual(['part0/f0/0.txt']);
    }
    expect(measure().kept - known.kept).toBeLessThanOrEqual(FOLDERS * FILES * 16);
  } finally {
    await tree.remove();
  }
}, 600_000);

function makeFiles(tree: ScannedTree): void {
  for (let folder = 0; folder < FOLDERS; folder += 1) {
    const files = Array.from({ length: FILES }, (_, file) => [
      `part${folder % 10}/f${folder}/${file}.txt`,
      `content ${file % 50}\n`,
    ]);
    tree.write(Object.fromEntries(files));
  }
  tree.commit();
}

interface Memory {
  /** What is left when everything is collected that can be. Bytes, as all of these. */
  readonly kept: number;
  /** Of the process. */
  readonly now: number;
  /** The most it ever was. */
  readonly highest: number;
}

function measure(): Memory {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return { kept: heapUsed + arrayBuffers, now: rss, highest: process.resourceUsage().maxRSS * 1024 };
}
