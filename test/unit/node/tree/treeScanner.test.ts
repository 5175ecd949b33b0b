import { mkdirSync, rmSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { createLocalScanners } from '../../../support/memory/treeThreads.ts';
import { ScannedTree, type ScannedTreeOptions } from './scannedTree.ts';

let tree: ScannedTree;

afterEach(() => tree.remove());

/** Looks at the files once; then at what the command makes of them. */
async function lookBehind(command: string, options: ScannedTreeOptions = {}) {
  tree = new ScannedTree(options);
  tree.write({ 'a.txt': 'a', 'dir/b.txt': 'b', 'dir/sub/c.txt': 'c', 'dir/sub/deep/d.txt': 'd' });
  await tree.look();
  tree.run(command);
  return tree.look();
}

const all = {
  dir: 'folder 755',
  'dir/b.txt': '644 b',
  'dir/sub': 'folder 755',
  'dir/sub/c.txt': '644 c',
  'dir/sub/deep': 'folder 755',
  'dir/sub/deep/d.txt': '644 d',
};

function gone(states: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(states).map(([path, state]) => [path, `${state} => nothing`]));
}

function come(states: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(states).map(([path, state]) => [path, `nothing => ${state}`]));
}

function moved(from: string, to: string) {
  return Object.fromEntries(Object.entries(all).map(([path, state]) => [path.replace(from, to), state]));
}

describe('what is told of', () => {
  test('a file that became a folder is one change', async () => {
    expect(await lookBehind('rm a.txt; mkdir a.txt; echo -n x > a.txt/x')).toEqual({
      'a.txt': '644 a => folder 755',
      'a.txt/x': 'nothing => 644 x',
    });
  });

  test('a folder that became a file is one change', async () => {
    expect(await lookBehind('rm -r dir; echo -n x > dir')).toEqual({
      ...gone(all),
      dir: 'folder 755 => 644 x',
    });
  });

  test('what was below a folder is gone when a link to where it went stands in its place', async () => {
    expect(await lookBehind('mv dir other; ln -s other dir')).toEqual({
      ...gone(all),
      dir: 'folder 755 => -> other',
      ...come(moved('dir', 'other')),
    });
  });

  test('what was below a folder is gone when a link to something like it stands in its place', async () => {
    expect(
      await lookBehind('cp -r dir ../like; echo -n y > ../like/sub/y; rm -r dir; ln -s ../like dir'),
    ).toEqual({
      ...gone(all),
      dir: 'folder 755 => -> ../like',
    });
  });

  test('a link that became a folder again', async () => {
    await lookBehind('mv dir other; ln -s other dir');
    tree.run('rm dir; mv other dir');
    expect(await tree.look()).toEqual({
      ...gone(moved('dir', 'other')),
      ...come(all),
      dir: '-> other => folder 755',
    });
  });

  test('a folder that was removed and made anew', async () => {
    expect(
      await lookBehind('rm -r dir; mkdir -p dir/sub; echo -n c > dir/sub/c.txt; echo -n e > dir/sub/e'),
    ).toEqual({
      ...gone({ 'dir/b.txt': '644 b', 'dir/sub/deep': 'folder 755', 'dir/sub/deep/d.txt': '644 d' }),
      'dir/sub/e': 'nothing => 644 e',
    });
  });

  test('two files that exchanged their names', async () => {
    expect(await lookBehind('mv a.txt t; mv dir/b.txt a.txt; mv t dir/b.txt')).toEqual({
      'a.txt': '644 a => 644 b',
      'dir/b.txt': '644 b => 644 a',
    });
  });

  test('a file that was written with the times it had', async () => {
    expect(await lookBehind('touch -r a.txt t; echo -n z > a.txt; touch -r t a.txt; rm t')).toEqual({
      'a.txt': '644 a => 644 z',
    });
  });

  test('files that are changed again and again within a moment', async () => {
    await lookBehind('true');
    for (let round = 0; round < 50; round += 1) {
      const [from, to] = round % 2 === 0 ? ['a', 'b'] : ['b', 'a'];
      tree.write({ 'a.txt': to });
      expect(await tree.look()).toEqual({ 'a.txt': `644 ${from} => 644 ${to}` });
    }
  });

  test('names that come and go within a moment', async () => {
    await lookBehind('true');
    for (let round = 0; round < 50; round += 1) {
      tree.write({ [`dir/${round}`]: 'x' });
      expect(await tree.look()).toEqual({ [`dir/${round}`]: 'nothing => 644 x' });
      rmSync(tree.at(`dir/${round}`));
      expect(await tree.look()).toEqual({ [`dir/${round}`]: '644 x => nothing' });
    }
  });

  test('the tree itself, when it was removed and made again', async () => {
    expect(await lookBehind('rm -r ../work')).toEqual({
      ...gone(all),
      'a.txt': '644 a => nothing',
      '': 'folder 755 => nothing',
    });
    tree.write({ 'a.txt': 'a', 'dir/b.txt': 'b' });
    expect(await tree.look()).toEqual(
      come({ '': 'folder 755', 'a.txt': '644 a', dir: 'folder 755', 'dir/b.txt': '644 b' }),
    );
  });

  test('pipes, sockets and devices are nothing, also where rules are looked for', async () => {
    expect(await lookBehind('mkfifo pipe .gitignore dir/.gitattributes; rm a.txt; mkfifo a.txt')).toEqual({
      'a.txt': '644 a => nothing',
    });
  });
});

describe('a folder that vanishes while it is looked at', () => {
  test('is looked at when it is there again', async () => {
    let onAdopt = (): void => undefined;
    const scanners = createLocalScanners({
      onAsked: (message) => {
        if (message.kind === 'adopt') onAdopt();
      },
    });
    await lookBehind('mkdir new', { scanners });
    tree.run('mkdir late; echo -n x > late/x');
    onAdopt = () => rmSync(tree.at('late'), { recursive: true, force: true });
    expect(await tree.look()).toEqual({});
    onAdopt = () => undefined;
    mkdirSync(tree.at('late'));
    tree.write({ 'late/y': 'y' });
    expect(await tree.look()).toEqual({ late: 'nothing => folder 755', 'late/y': 'nothing => 644 y' });
  });

  test('is no end of the scan when everything vanishes', async () => {
    tree = new ScannedTree({
      scanners: createLocalScanners({
        onAsked: ({ kind }) => {
          if (kind === 'settle') rmSync(tree.root, { recursive: true, force: true });
        },
      }),
    });
    tree.write({ 'a.txt': 'a' });
    await tree.look();
    expect(await tree.look()).toEqual({ '': 'folder 755 => nothing', 'a.txt': '644 a => nothing' });
  });
});

describe('what was saved', () => {
  async function reopen(): Promise<void> {
    await tree.save();
    await tree.close();
  }

  test('tells what has changed since, and nothing else', async () => {
    await lookBehind('true');
    await reopen();
    tree.run('echo -n z > a.txt; rm -r dir/sub/deep; mkdir new; chmod 600 dir/b.txt');
    expect(await tree.look()).toEqual({
      'a.txt': '644 a => 644 z',
      'dir/b.txt': '644 b => 600 b',
      'dir/sub/deep': 'folder 755 => nothing',
      'dir/sub/deep/d.txt': '644 d => nothing',
      new: 'nothing => folder 755',
    });
  });

  test('is no reason not to keep a file again whose bytes are lost', async () => {
    await lookBehind('true');
    tree.age();
    await tree.look();
    await reopen();
    tree.kept.clear();
    expect(await tree.look()).toEqual({});
    tree.run('rm a.txt');
    expect(await tree.look()).toEqual({ 'a.txt': '644 a => nothing' });
  });

  test('has the bytes of a repository that was removed since', async () => {
    tree = new ScannedTree();
    tree.write({ 'a.txt': 'a', 'inner/b.txt': 'b' });
    tree.run(
      'cd inner; git init -q; touch -d yesterday b.txt; git add -A; git -c user.name=a -c user.email=b commit -qm b',
    );
    tree.commit();
    tree.git('-c', 'advice.addEmbeddedRepo=false', '-C', 'inner', 'update-index', '--refresh');
    await tree.look();
    expect(tree.kept.size).toBe(0);
    await (await tree.scanner()).pinned();
    await reopen();
    tree.run('rm -rf .git inner/.git a.txt inner/b.txt');
    expect(await tree.look()).toEqual({ 'a.txt': '644 a => nothing', 'inner/b.txt': '644 b => nothing' });
  });
});
