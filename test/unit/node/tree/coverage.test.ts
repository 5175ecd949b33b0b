import { lstatSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Coverage } from '../../../../src/node/tree/coverage.ts';
import { findRepository, toRepository } from '../../../../src/node/tree/repository.ts';
import { ScannedTree } from './scannedTree.ts';

let tree: ScannedTree;

beforeEach(() => {
  tree = new ScannedTree();
  tree.write({ 'a.txt': 'a', 'src/b.bin': 'b', 'src/deep/c.txt': 'c' });
});

afterEach(() => tree.remove());

async function open(): Promise<Coverage> {
  const found = await findRepository(tree.root);
  if (found === undefined) throw new Error('No repository was found.');
  return new Coverage(toRepository(found, tree.storage));
}

async function coveredOf(...names: readonly string[]): Promise<readonly boolean[]> {
  const coverage = await open();
  return names.map((name) => coverage.objectOf(tree.at(name), lstatSync(tree.at(name))) !== undefined);
}

describe('git has the bytes of a file', () => {
  test('that is as it was committed, under the name of its object', async () => {
    tree.commit();
    const coverage = await open();
    const oid = tree.git('rev-parse', 'HEAD:a.txt').trim();
    expect(coverage.objectOf(tree.at('a.txt'), lstatSync(tree.at('a.txt')))).toBe(oid);
    expect(coverage.oidOf(tree.at('a.txt'))).toBe(oid);
  });

  test.each([
    ['is of another length', 'echo more >> a.txt'],
    ['was touched', 'touch a.txt'],
    ['is another one with its times', 'cp -p a.txt x; rm a.txt; mv x a.txt'],
    ['is not tracked', 'git rm -q --cached a.txt'],
    ['is to be added only', 'git rm -q --cached a.txt; git add -N a.txt'],
    ['is filtered', 'echo "a.txt filter=up" > .gitattributes'],
    ['is filtered by attributes that are not in the tree', 'echo "*.txt filter=up" > .git/info/attributes'],
    ['is as young as the index', 'touch a.txt; git add a.txt; touch -r a.txt .git/index'],
  ])('not of one that %s', async (_, command) => {
    tree.commit();
    tree.run(command);
    expect(await coveredOf('a.txt', 'src/deep/c.txt')).toEqual([false, !command.includes('*.txt')]);
  });

  test('of none where the index can not be read', async () => {
    tree.commit();
    tree.run('head -c 40 .git/index > x; mv x .git/index');
    expect(await coveredOf('a.txt', 'src/b.bin')).toEqual([false, false]);
  });
});

test('the folders of tracked files are told from others', async () => {
  tree.commit();
  const coverage = await open();
  expect(
    ['', 'src', 'src/deep', 'other', 'a.txt'].map((name) =>
      coverage.tracksFolder(name === '' ? tree.root : tree.at(name)),
    ),
  ).toEqual([true, true, true, false, false]);
  expect([coverage.tracksFile(tree.at('src/b.bin')), coverage.tracksFile(tree.at('src'))]).toEqual([
    true,
    false,
  ]);
});

describe('objects of another length than the file', () => {
  test('are told of where line ends are converted', async () => {
    tree.commit();
    tree.git('config', 'core.autocrlf', 'true');
    const coverage = await open();
    const oid = coverage.oidOf(tree.at('a.txt')) ?? '';
    const other = coverage.oidOf(tree.at('src/b.bin')) ?? '';
    const missing = '0'.repeat(40);
    expect(
      await coverage.disagreeing([
        { oid, size: 1 },
        { oid: other, size: 2 },
        { oid: missing, size: 1 },
      ]),
    ).toEqual(new Set([other, missing]));
  });

  test('are not asked for where nothing changes lengths', async () => {
    tree.commit();
    const coverage = await open();
    expect(await coverage.disagreeing([{ oid: '0'.repeat(40), size: 1 }])).toEqual(new Set());
  });
});

test('no repository is found where there is none, nor in one that has no index', async () => {
  expect(await findRepository(tree.root)).toBeUndefined();
  tree.git('init', '-q');
  expect(await findRepository(tree.root)).toBeUndefined();
  tree.commit();
  expect(await findRepository(tree.at('src'))).toMatchObject({ top: tree.root, oidSize: 20 });
});
