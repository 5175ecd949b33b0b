import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseGitIndex } from '../../../../src/node/tree/gitIndex.ts';
import { ScannedTree } from './scannedTree.ts';

let tree: ScannedTree;

beforeEach(() => {
  tree = new ScannedTree();
  tree.write({ 'a.txt': 'a', 'dir/b': 'b', 'dir/bb/c': 'c', 'ümläut/日本': 'n', empty: '' });
  tree.run("echo x > $'\\xff'; ln -s a.txt link; chmod +x dir/b");
});

afterEach(() => tree.remove());

/** What git says of its ordinary files: path -> object, size, inode, and times in seconds. */
function askGit(): Readonly<Record<string, string>> {
  const told = tree.git('-c', 'core.quotePath=true', 'ls-files', '-s', '--debug');
  const entries = told.matchAll(
    /^100\d+ ([0-9a-f]+) 0\t(.*)\n {2}ctime: (\d+):\d+\n {2}mtime: (\d+):\d+\n {2}dev: \d+\tino: (\d+)\n.*\n {2}size: (\d+)/gm,
  );
  const files = [...entries].map(([, oid, name = '', ctime, mtime, ino, size]) => [
    unquote(name),
    [oid, size, ino, ctime, mtime].join(' '),
  ]);
  return Object.fromEntries(files);
}

/** Bytes in octal; one that is no UTF-8 as the lone surrogate that stands for it. */
function unquote(name: string): string {
  if (!name.startsWith('"')) return name;
  const bytes = name
    .slice(1, -1)
    .replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
  return bytes === '\xff' ? '\udcff' : Buffer.from(bytes, 'latin1').toString('utf8');
}

function readIndex(oidSize = 20) {
  const index = parseGitIndex(readFileSync(tree.at('.git/index')), oidSize);
  if (index === undefined) return undefined;
  return Object.fromEntries(
    [...index.paths()].map((name) => {
      const { oid, size, ino, ctimeMs = 0, mtimeMs = 0 } = index.get(name) ?? {};
      return [name, [oid, size, ino, Math.floor(ctimeMs / 1000), Math.floor(mtimeMs / 1000)].join(' ')];
    }),
  );
}

describe('the index is read as git reads it', () => {
  test.each([
    ['version 2', ['update-index', '--index-version', '2']],
    ['version 3', []],
    ['version 4', ['update-index', '--index-version', '4']],
  ])('%s', (what, args) => {
    tree.commit();
    if (what !== 'version 3') tree.git(...args);
    else tree.run('echo x > later; git add -N later');
    const told = Object.entries(askGit()).filter(([name]) => name !== 'later');
    expect(told.length).toBe(6);
    expect(readIndex()).toEqual(Object.fromEntries(told));
  });

  test('of SHA-256', () => {
    tree.commit('--object-format=sha256');
    expect(readIndex(32)).toEqual(askGit());
  });

  test('without what is not checked out', () => {
    tree.commit();
    tree.git('sparse-checkout', 'set', '--no-cone', '/dir/');
    expect(Object.keys(readIndex() ?? {})).toEqual(['dir/b', 'dir/bb/c']);
  });
});

describe('an index that is not understood is none', () => {
  test('a split one', () => {
    tree.commit();
    tree.git('update-index', '--split-index');
    expect(readIndex()).toBeUndefined();
  });

  test('one that ends too early, wherever, or in which a bit is wrong', () => {
    tree.commit();
    const bytes = readFileSync(tree.at('.git/index'));
    for (let length = 0; length < bytes.length; length += 7)
      expect(parseGitIndex(bytes.subarray(0, length), 20)).toBeUndefined();
    for (let at = 0; at < bytes.length; at += 13) {
      const wrong = Buffer.from(bytes);
      wrong.writeUInt8(wrong.readUInt8(at) ^ 1, at);
      expect(parseGitIndex(wrong, 20)).toBeUndefined();
    }
  });
});
