import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type {
  Checkpoints,
  FileVersion,
  RewindOptions,
} from '../../../../src/core/checkpoints/checkpoints.ts';
import { outcomesOf, type World, worlds } from './world.ts';

describe.each(worlds)('a rewind of files ($name)', ({ create }) => {
  let world: World;
  let checkpoints: Checkpoints;

  beforeEach(async () => {
    world = await create();
    checkpoints = await world.open();
  });
  afterEach(async () => {
    await checkpoints.close();
    await world.remove();
  });

  const rewind = (userMessageId: string, more: Partial<RewindOptions> = {}) =>
    checkpoints.rewind({ userMessageId, dryRun: false, mode: 'merge', ...more });

  test('brings a changed file back exactly', async () => {
    await world.user({ 'a.txt': 'one\ntwo\n', 'b.txt': 'other\n' });
    const before = await world.tree();
    await world.agent(checkpoints, 'm1', { 'a.txt': 'one\n2\nthree\n' });
    const answer = await rewind('m1');
    expect(await world.tree()).toEqual(before);
    expect(answer).toEqual({
      canRewind: true,
      filesChanged: [world.at('a.txt')],
      insertions: 1,
      deletions: 2,
      files: [
        { path: world.at('a.txt'), outcome: 'restored', change: 'modified', insertions: 1, deletions: 2 },
      ],
      canRedo: true,
      skippedLinks: 0,
    });
  });

  test('says with a dry run what it would do, and does nothing', async () => {
    await world.user({ 'a.txt': 'one\n', 'c.txt': 'mine\n' });
    await world.agent(checkpoints, 'm1', { 'a.txt': '1\n', 'new/b.txt': 'b\n', 'c.txt': 'theirs\n' });
    await world.user({ 'c.txt': 'mine again\n' });
    const tree = await world.tree();
    const count = world.faults.trace.length;
    const would = await rewind('m1', { dryRun: true });
    expect(await world.tree()).toEqual(tree);
    expect(world.faults.trace.length).toBe(count);
    expect(checkpoints.canRedo()).toBe(false);
    expect({ ...would, skippedLinks: 0 }).toEqual(await rewind('m1'));
  });

  test('removes a file the agent made, and the folders it made for it', async () => {
    await world.user({ 'kept/a.txt': 'a' });
    const before = await world.tree();
    await world.agent(checkpoints, 'm1', { 'x/y/z/new.txt': 'new\n', 'kept/new.txt': 'new\n' });
    await rewind('m1');
    expect(await world.tree()).toEqual(before);
  });

  test('leaves a folder the agent made when the user has put something in it', async () => {
    await world.agent(checkpoints, 'm1', { 'x/y/new.txt': 'new\n' });
    await world.user({ 'x/mine.txt': 'mine\n' });
    await rewind('m1');
    expect(Object.keys(await world.tree())).toEqual(['x/', 'x/mine.txt']);
  });

  test('goes back to before a message, over all that came after it', async () => {
    await world.user({ 'a.txt': '0' });
    const trees = [await world.tree()];
    for (const n of [1, 2, 3]) {
      await world.agent(checkpoints, `m${n}`, { 'a.txt': `${n}`, [`${n}.txt`]: `${n}` });
      trees.push(await world.tree());
    }
    await rewind('m3');
    expect(await world.tree()).toEqual(trees[2]);
    await rewind('m1');
    expect(await world.tree()).toEqual(trees[0]);
    expect(await rewind('m2')).toMatchObject({ canRewind: false });
  });

  test('knows a message in whose turn nothing was changed', async () => {
    checkpoints.beginTurn('m1');
    await world.agent(checkpoints, 'm1', { 'a.txt': '1' });
    checkpoints.beginTurn('m2');
    checkpoints.beginTurn('m3');
    await world.agent(checkpoints, 'm3', { 'a.txt': '3' });
    await rewind('m2');
    expect(await world.tree()).toEqual({ 'a.txt': '644 1' });
  });

  test('says so when the message is unknown, and when nothing was changed', async () => {
    checkpoints.beginTurn('m1');
    expect(await rewind('nobody')).toEqual({
      canRewind: false,
      error: 'There is no record of this message, so nothing can be taken back.',
    });
    expect(await rewind('m1')).toEqual({
      canRewind: false,
      error: 'The agent changed no file in or after this message that is not taken back already.',
    });
  });

  test.each([
    ['binary with NUL', Uint8Array.of(0, 1, 2, 0, 255)],
    ['empty', new Uint8Array()],
    ['CRLF with a BOM and no final newline', '\uFEFFone\r\ntwo'],
    ['invalid UTF-8', Uint8Array.of(0x61, 0xff, 0xfe, 0xc3, 0x0a)],
    ['one byte below 4 MiB', new Uint8Array(4 * 1024 * 1024 - 1).fill(97)],
    ['one byte above 4 MiB', new Uint8Array(4 * 1024 * 1024 + 1).fill(98)],
  ])('keeps every byte of a file that is %s', async (_, content) => {
    await world.user({ 'a.bin': content });
    const before = await world.files.readFile(world.at('a.bin'));
    await world.agent(checkpoints, 'm1', { 'a.bin': 'text\n' });
    await rewind('m1');
    const after = await world.files.readFile(world.at('a.bin'));
    expect(Buffer.compare(before, after)).toBe(0);
  });

  test('counts no lines of binary files', async () => {
    await world.user({ 'a.bin': Uint8Array.of(0, 10, 0, 10) });
    const checkpoint = await world.agent(checkpoints, 'm1', { 'a.bin': 'a\nb\n' });
    expect(checkpoint?.files).toEqual([
      { path: world.at('a.bin'), change: 'modified', insertions: 0, deletions: 0 },
    ]);
    expect(await rewind('m1')).toMatchObject({ insertions: 0, deletions: 0 });
  });

  test.each([
    'with spaces  .txt',
    'new\nline',
    `quotes '"\``,
    '-rf',
    ':(glob)*',
    '\u{1F9D7}\u{1F3FD}',
    'back\\slash',
    'x'.repeat(255),
  ])('handles the file name %j', async (name) => {
    await world.user({ [name]: 'old' });
    const before = await world.tree();
    await world.agent(checkpoints, 'm1', { [name]: 'new', [`made ${name.slice(0, 100)}/${name}`]: 'new' });
    await rewind('m1');
    expect(await world.tree()).toEqual(before);
  });

  test('keeps composed and decomposed names apart where the file system does', async () => {
    const [composed, decomposed] = ['\u00e9.txt', 'e\u0301.txt'];
    await world.user({ [composed]: 'composed', [decomposed]: 'decomposed' });
    const before = await world.tree();
    await world.agent(checkpoints, 'm1', { [composed]: 'changed' });
    await rewind('m1');
    expect(await world.tree()).toEqual(before);
    expect(Object.keys(before)).toHaveLength(2);
  });

  test('makes no delta of a write that changes nothing, and of an edit that is taken back', async () => {
    await world.user({ 'a.txt': 'a', 'b.txt': 'b' });
    expect(await world.agent(checkpoints, 'm1', { 'a.txt': 'a' })).toBeUndefined();
    await world.agent(checkpoints, 'm2', { 'b.txt': 'x' });
    await world.agent(checkpoints, 'm2', { 'b.txt': 'b' });
    const stat = await world.files.lstat(world.at('b.txt'));
    expect(outcomesOf(await rewind('m1'), world)).toEqual({ 'b.txt': 'unchanged' });
    expect(await world.files.lstat(world.at('b.txt'))).toEqual(stat);
  });

  test('does not rewrite files that are as they should be', async () => {
    await world.user({ 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' });
    await world.agent(checkpoints, 'm1', { 'a.txt': 'x', 'b.txt': 'x' });
    await world.user({ 'b.txt': 'b' });
    const stats = await Promise.all(['b.txt', 'c.txt'].map((path) => world.files.lstat(world.at(path))));
    expect(outcomesOf(await rewind('m1'), world)).toEqual({ 'a.txt': 'restored', 'b.txt': 'unchanged' });
    expect(await Promise.all(['b.txt', 'c.txt'].map((path) => world.files.lstat(world.at(path))))).toEqual(
      stats,
    );
  });

  test('does not touch a file that only the user changed', async () => {
    await world.user({ 'a.txt': 'a' });
    await world.agent(checkpoints, 'm1', { 'a.txt': 'x' });
    await world.user({ 'mine.txt': 'mine', 'x/y.txt': 'mine too' });
    await rewind('m1');
    expect(await world.tree()).toMatchObject({ 'mine.txt': '644 mine', 'x/y.txt': '644 mine too' });
  });

  test('leaves a file that the user changed after the agent, and says so', async () => {
    await world.user({ 'a.txt': 'a', 'b.txt': 'b' });
    await world.agent(checkpoints, 'm1', { 'a.txt': 'x', 'b.txt': 'x' });
    await world.user({ 'a.txt': 'x, edited' });
    expect(await rewind('m1')).toEqual({
      canRewind: true,
      filesChanged: [world.at('b.txt')],
      insertions: 1,
      deletions: 1,
      files: [
        {
          path: world.at('a.txt'),
          outcome: 'conflicted',
          reason: 'It was changed since the agent changed it, and was left as it is.',
          insertions: 0,
          deletions: 0,
        },
        { path: world.at('b.txt'), outcome: 'restored', change: 'modified', insertions: 1, deletions: 1 },
      ],
      canRedo: true,
      skippedLinks: 0,
    });
    expect(await world.tree()).toEqual({ 'a.txt': '644 x, edited', 'b.txt': '644 b' });
  });

  test('takes back what the user changed too when asked to, and a redo brings it again', async () => {
    await world.user({ 'a.txt': 'a' });
    await world.agent(checkpoints, 'm1', { 'a.txt': 'x' });
    await world.user({ 'a.txt': 'x, edited' });
    await rewind('m1', { mode: 'overwrite' });
    expect(await world.tree()).toEqual({ 'a.txt': '644 a' });
    await checkpoints.redo({ dryRun: false });
    expect(await world.tree()).toEqual({ 'a.txt': '644 x, edited' });
    expect(outcomesOf(await rewind('m1'), world)).toEqual({ 'a.txt': 'conflicted' });
  });

  test('does not take back what the user changed between two changes of the agent', async () => {
    await world.user({ 'a.txt': 'a' });
    await world.agent(checkpoints, 'm1', { 'a.txt': 'ab' });
    await world.user({ 'a.txt': 'ab, mine' });
    await world.agent(checkpoints, 'm2', { 'a.txt': 'ab, mine, c' });
    expect(outcomesOf(await rewind('m1', { dryRun: true }), world)).toEqual({ 'a.txt': 'conflicted' });
    expect(outcomesOf(await rewind('m2'), world)).toEqual({ 'a.txt': 'restored' });
    expect(await world.tree()).toEqual({ 'a.txt': '644 ab, mine' });
    expect(outcomesOf(await rewind('m1'), world)).toEqual({ 'a.txt': 'conflicted' });
    await rewind('m1', { mode: 'overwrite' });
    expect(await world.tree()).toEqual({ 'a.txt': '644 a' });
  });

  test('sees no work of the user in what a rewind has taken back before', async () => {
    await world.user({ 'a.txt': 'a' });
    await world.agent(checkpoints, 'm1', { 'a.txt': 'x' });
    await world.user({ 'a.txt': 'mine' });
    await rewind('m1', { mode: 'overwrite' });
    await world.agent(checkpoints, 'm2', { 'a.txt': 'y' });
    expect(outcomesOf(await rewind('m1'), world)).toEqual({ 'a.txt': 'restored' });
    expect(await world.tree()).toEqual({ 'a.txt': '644 a' });
  });

  test('leaves a file deleted that the user deleted, unless it was there before', async () => {
    await world.user({ 'old.txt': 'old' });
    await world.agent(checkpoints, 'm1', { 'new.txt': 'new', 'old.txt': 'changed' });
    await world.user({ 'new.txt': null, 'old.txt': null });
    const { files } = await rewind('m1');
    expect(files).toEqual([
      { path: world.at('new.txt'), outcome: 'unchanged', insertions: 0, deletions: 0 },
      {
        path: world.at('old.txt'),
        outcome: 'restored',
        change: 'created',
        reason: 'It had been deleted since, and is there again.',
        insertions: 1,
        deletions: 0,
      },
    ]);
    expect(await world.tree()).toEqual({ 'old.txt': '644 old' });
  });

  test('brings a file back although its folder is gone, and a redo takes the folder away again', async () => {
    await world.user({ 'x/y/old.txt': 'old' });
    await world.agent(checkpoints, 'm1', { 'x/y/old.txt': 'changed' });
    await world.user({ 'x/y/old.txt': null });
    await world.files.removeEmptyDirectory(world.at('x/y'));
    await world.files.removeEmptyDirectory(world.at('x'));
    await rewind('m1');
    expect(await world.tree()).toEqual({ 'x/': '755', 'x/y/': '755', 'x/y/old.txt': '644 old' });
    await checkpoints.redo({ dryRun: false });
    expect(await world.tree()).toEqual({});
  });

  test('restores only the files that are asked for, in any order', async () => {
    await world.user({ 'a.txt': '0', 'b.txt': '0' });
    const before = await world.tree();
    await world.agent(checkpoints, 'm1', { 'a.txt': '1', 'x/c.txt': '1' });
    await world.agent(checkpoints, 'm2', { 'a.txt': '2', 'b.txt': '2', 'x/d.txt': '2' });
    await rewind('m1', { paths: [world.at('a.txt')] });
    expect(await world.tree()).toMatchObject({ 'a.txt': '644 0', 'b.txt': '644 2', 'x/c.txt': '644 1' });
    await rewind('m2');
    expect(await world.tree()).toEqual({ ...before, 'x/': '755', 'x/c.txt': '644 1' });
    await rewind('m1', { paths: [world.at('x/c.txt')] });
    expect(await world.tree()).toEqual(before);
    expect(await rewind('m1')).toMatchObject({ canRewind: false });
  });

  test('says so when the agent did not change the file that is asked for', async () => {
    await world.user({ 'a.txt': '0', 'b.txt': '0' });
    await world.agent(checkpoints, 'm1', { 'a.txt': '1' });
    expect(await rewind('m1', { paths: [world.at('b.txt')] })).toEqual({
      canRewind: false,
      error: 'The agent changed none of these files in or after this message.',
    });
  });

  test('restores the mode of a read-only file', async () => {
    await world.user({ 'a.sh': 'old' });
    await world.files.setMode(world.at('a.sh'), 0o755);
    await world.agent(checkpoints, 'm1', { 'a.sh': 'new' });
    await world.files.setMode(world.at('a.sh'), 0o444);
    await rewind('m1', { mode: 'overwrite' });
    expect(await world.tree()).toEqual({ 'a.sh': '755 old' });
    await checkpoints.redo({ dryRun: false });
    expect(await world.tree()).toEqual({ 'a.sh': '444 new' });
  });

  test('keeps permission bits that the user set since', async () => {
    await world.user({ 'a.sh': 'old' });
    await world.agent(checkpoints, 'm1', { 'a.sh': 'new' });
    await world.agent(checkpoints, 'm2', { 'a.sh': 'newer' });
    await world.files.setMode(world.at('a.sh'), 0o755);
    expect(outcomesOf(await rewind('m2'), world)).toEqual({ 'a.sh': 'restored' });
    expect(await world.tree()).toEqual({ 'a.sh': '755 new' });
    expect(outcomesOf(await rewind('m1'), world)).toEqual({ 'a.sh': 'restored' });
    expect(await world.tree()).toEqual({ 'a.sh': '755 old' });
  });

  test('makes folders again with the mode they had', async () => {
    await world.agent(checkpoints, 'm1', { 'x/a.txt': 'a' });
    await world.files.setMode(world.at('x'), 0o700);
    const tree = await world.tree();
    await rewind('m1');
    expect(await world.tree()).toEqual({});
    await checkpoints.redo({ dryRun: false });
    expect(await world.tree()).toEqual(tree);
  });

  test('restores a file outside of the root, and one in a folder that is ignored', async () => {
    const outside = `${world.root.slice(0, world.root.lastIndexOf('/'))}/outside.txt`;
    await world.user({ '.gitignore': 'build\n', 'build/out.js': 'old', '../outside.txt': 'old' });
    await world.agent(checkpoints, 'm1', { 'build/out.js': 'new', '../outside.txt': 'new' });
    await rewind('m1');
    expect(await world.tree()).toMatchObject({ 'build/out.js': '644 old' });
    expect(await world.files.readFile(outside)).toEqual(new TextEncoder().encode('old'));
  });

  test('follows no link that stands where a folder was', async () => {
    await world.user({ 'dir/a.txt': 'old', '../elsewhere/a.txt': 'not ours' });
    await world.agent(checkpoints, 'm1', { 'dir/a.txt': 'new' });
    const elsewhere = `${world.root.slice(0, world.root.lastIndexOf('/'))}/elsewhere`;
    await world.user({ 'dir/a.txt': null });
    await world.files.removeEmptyDirectory(world.at('dir'));
    await world.files.makeLink(world.at('dir'), elsewhere);
    for (const mode of ['merge', 'overwrite'] as const) {
      expect(await rewind('m1', { mode })).toMatchObject({
        filesChanged: [],
        files: [
          {
            outcome: 'conflicted',
            reason: 'A folder on its path was replaced by a link, which is not followed.',
          },
        ],
      });
    }
    expect(await world.files.readDirectory(elsewhere)).toEqual([{ name: 'a.txt', kind: 'file' }]);
    expect(await world.files.readFile(`${elsewhere}/a.txt`)).toEqual(new TextEncoder().encode('not ours'));
  });

  test('follows no link that stands where the file was', async () => {
    await world.user({ 'a.txt': 'old', 'b.txt': 'other' });
    await world.agent(checkpoints, 'm1', { 'a.txt': 'new' });
    await world.user({ 'a.txt': null });
    await world.files.makeLink(world.at('a.txt'), world.at('b.txt'));
    expect(outcomesOf(await rewind('m1'), world)).toEqual({ 'a.txt': 'conflicted' });
    await rewind('m1', { mode: 'overwrite' });
    expect(await world.tree()).toEqual({ 'a.txt': '644 old', 'b.txt': '644 other' });
    await checkpoints.redo({ dryRun: false });
    expect(await world.tree()).toEqual({ 'a.txt': `-> ${world.at('b.txt')}`, 'b.txt': '644 other' });
  });

  test('records a write through a link at the file it leads to', async () => {
    await world.user({ 'real.txt': 'old' });
    await world.files.makeLink(world.at('link.txt'), 'real.txt');
    const before = await world.tree();
    const checkpoint = await world.agent(checkpoints, 'm1', { 'link.txt': 'new' });
    expect(checkpoint?.files.map(({ path }) => path)).toEqual([world.at('real.txt')]);
    await rewind('m1', { paths: [world.at('link.txt')] });
    expect(await world.tree()).toEqual(before);
  });

  test('does not write over a folder that stands where the file was', async () => {
    await world.user({ a: 'old' });
    await world.agent(checkpoints, 'm1', { a: 'new' });
    await world.user({ a: null });
    await world.user({ 'a/mine.txt': 'mine' });
    for (const mode of ['merge', 'overwrite'] as const) {
      expect(outcomesOf(await rewind('m1', { mode }), world)).toEqual({ a: 'conflicted' });
    }
    expect(await world.tree()).toEqual({ 'a/': '755', 'a/mine.txt': '644 mine' });
  });

  test('writes nothing into the .git folder of the workspace', async () => {
    await world.user({ '.git/HEAD': 'ref: refs/heads/main\n', '.git/index': 'DIRC', 'a.txt': 'a' });
    const before = await world.tree();
    for (let n = 0; n < 20; n += 1) await world.agent(checkpoints, `m${n}`, { 'a.txt': `${n}` });
    await rewind('m0');
    expect(await world.tree()).toEqual(before);
  });

  test('lists checkpoints and rewinds with their files, and knows them again after a restart', async () => {
    await world.user({ 'a.txt': 'one\ntwo\n' });
    await world.agent(checkpoints, 'm1', { 'a.txt': 'one\n2\n', 'b.txt': 'b\n' });
    await rewind('m1');
    const list = checkpoints.list();
    expect(
      list.map(({ origin, userMessageId, toolUseId, files }) => ({
        origin,
        userMessageId,
        toolUseId,
        files,
      })),
    ).toEqual([
      {
        origin: 'tool',
        userMessageId: 'm1',
        toolUseId: 'of m1',
        files: [
          { path: world.at('a.txt'), change: 'modified', insertions: 1, deletions: 1 },
          { path: world.at('b.txt'), change: 'created', insertions: 1, deletions: 0 },
        ],
      },
      {
        origin: 'rewind',
        userMessageId: 'm1',
        toolUseId: null,
        files: [
          { path: world.at('a.txt'), change: 'modified', insertions: 1, deletions: 1 },
          { path: world.at('b.txt'), change: 'deleted', insertions: 0, deletions: 1 },
        ],
      },
    ]);
    await checkpoints.close();
    checkpoints = await world.open();
    expect(checkpoints.list()).toEqual(list);
    expect(checkpoints.recovery).toEqual({ rewinds: [], unknownChanges: [] });
    expect(checkpoints.canRedo()).toBe(true);
  });

  test('tells a file before and after the changes since a message, also when they are taken back', async () => {
    await world.user({ 'a.txt': 'zero' });
    await world.agent(checkpoints, 'm1', { 'a.txt': 'one', 'b.txt': 'b' });
    await world.agent(checkpoints, 'm2', { 'a.txt': 'two' });
    const read = async (message: string, path: string) => {
      const versions = await checkpoints.versions({
        userMessageId: message,
        path: world.at(path),
        scope: 'since',
      });
      const toText = (version: FileVersion | null) =>
        version?.bytes ? new TextDecoder().decode(version.bytes) : null;
      return versions && [toText(versions.before), toText(versions.after)];
    };
    expect(await read('m1', 'a.txt')).toEqual(['zero', 'two']);
    expect(await read('m2', 'a.txt')).toEqual(['one', 'two']);
    expect(await read('m1', 'b.txt')).toEqual([null, 'b']);
    expect(await read('m2', 'b.txt')).toBeUndefined();
    expect(await read('m3', 'a.txt')).toBeUndefined();
    await rewind('m1');
    expect(await read('m1', 'a.txt')).toEqual(['zero', 'two']);
  });

  test('says beforehand that a folder stays into which what the user had put comes back', async () => {
    await world.agent(checkpoints, 'm1', { 'made/by/agent.txt': 'a' });
    await world.user({ 'made/mine.txt': 'mine' });
    await world.agent(checkpoints, 'm1', { 'made/mine.txt': 'changed' });
    await world.user({ 'made/mine.txt': null });
    const would = await checkpoints.rewind({ userMessageId: 'm1', dryRun: true, mode: 'merge' });
    expect(would.folders).toEqual([
      { path: world.at('made'), outcome: 'skipped', reason: 'The folder is not empty.' },
      { path: world.at('made/by'), outcome: 'restored', change: 'deleted' },
    ]);
    const answer = await checkpoints.rewind({ userMessageId: 'm1', dryRun: false, mode: 'merge' });
    expect(answer.folders).toEqual(would.folders);
    expect(await world.tree()).toMatchObject({ 'made/mine.txt': '644 mine' });
  });
});
