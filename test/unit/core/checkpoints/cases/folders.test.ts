import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Checkpoints } from '../../../../../src/core/checkpoints/checkpoints.ts';
import { outcomesOf, type World, worlds } from '../world.ts';
import { copyTree, removeTree, runShell } from './shell.ts';

describe.each(worlds)('a rewind of a command that changes folders ($name)', ({ create }) => {
  let world: World;
  let checkpoints: Checkpoints;

  beforeEach(async () => {
    world = await create();
    await world.user({ 'kept.txt': 'kept', 'src/kept.txt': 'kept' });
  });
  afterEach(async () => {
    await checkpoints.close();
    await world.remove();
  });

  const rewind = () => checkpoints.rewind({ userMessageId: 'm1', dryRun: false, mode: 'merge' });
  const makeFolder = (name: string, mode = 0o755) =>
    world.files.makeDirectory(world.at(name)).then(() => world.files.setMode(world.at(name), mode));
  const find = (name: string) => world.files.lstat(world.at(name));

  /** Back to exactly what was there, forth to exactly what the command left, and back again; the preview tells each. */
  async function checkBackAndForth(change: () => Promise<unknown>, rounds = 2): Promise<void> {
    const before = await world.tree();
    const kept = await find('kept.txt');
    await runShell(world, change);
    const after = await world.tree();
    expect(after).not.toEqual(before);
    checkpoints = await world.open();
    for (let round = 1; round <= rounds; round += 1) {
      const would = await checkpoints.rewind({ userMessageId: 'm1', dryRun: true, mode: 'merge' });
      expect(await world.tree()).toEqual(after);
      const did = await rewind();
      expect({ round, ...did, skippedLinks: 0 }).toEqual({ round, ...would, skippedLinks: 0 });
      expect(await world.tree()).toEqual(before);
      expect(await find('kept.txt')).toEqual(kept);
      await checkpoints.close();
      checkpoints = await world.open();
      await checkpoints.redo({ dryRun: false });
      expect(await world.tree()).toEqual(after);
      expect(await find('kept.txt')).toEqual(kept);
      expect(checkpoints.canRedo()).toBe(false);
    }
  }

  test('does not bring back a folder that the user has removed, where the agent had left it as it was', async () => {
    await makeFolder('empty');
    await runShell(world, () => removeTree(world, 'empty'));
    await runShell(world, () => makeFolder('empty'));
    await removeTree(world, 'empty');
    checkpoints = await world.open();
    await rewind();
    expect(await find('empty')).toBeUndefined();
  });

  test('brings back at once what the user had in a folder in whose place a command has put a file', async () => {
    await runShell(world, () => world.user({ 'made/in/a.txt': 'a' }));
    await runShell(world, () => world.user({ 'made/in/a.txt': null }));
    await world.user({ 'made/in/a.txt': 'mine' });
    await runShell(world, async () => {
      await removeTree(world, 'made');
      await world.user({ made: 'a file' });
    });
    checkpoints = await world.open();
    const would = await checkpoints.rewind({ userMessageId: 'm1', dryRun: true, mode: 'merge' });
    const did = await rewind();
    expect({ ...did, skippedLinks: 0 }).toEqual({ ...would, skippedLinks: 0 });
    expect(outcomesOf(did, world)).toEqual({ made: 'restored', 'made/in/a.txt': 'restored' });
    expect(await world.tree()).toMatchObject({ 'made/': '755', 'made/in/a.txt': '644 mine' });
    expect(await rewind()).toMatchObject({ canRewind: false });
    await checkpoints.redo({ dryRun: false });
    expect(await world.tree()).toMatchObject({ made: '644 a file' });
  });

  test('takes a folder away that a redo has made anew, where the user had removed it', async () => {
    await runShell(world, () => removeTree(world, 'src'));
    checkpoints = await world.open();
    await world.agent(checkpoints, 'm2', { 'src/new.txt': 'new' });
    await rewind();
    await removeTree(world, 'src');
    await checkpoints.redo({ dryRun: false });
    expect(await world.tree()).toMatchObject({ 'src/new.txt': '644 new' });
    await checkpoints.rewind({ userMessageId: 'm2', dryRun: false, mode: 'merge' });
    expect(await find('src')).toBeUndefined();
  });

  test('takes a file back in whose place the user had made and removed a folder', async () => {
    await world.user({ 'in/a.txt': 'a' });
    await runShell(world, () => removeTree(world, 'in'));
    await makeFolder('in');
    checkpoints = await world.open();
    await rewind();
    await checkpoints.redo({ dryRun: false });
    await checkpoints.close();
    await removeTree(world, 'in');
    await runShell(world, () => world.user({ in: 'a file' }));
    checkpoints = await world.open();
    expect(outcomesOf(await rewind(), world)).toEqual({ in: 'restored', 'in/a.txt': 'restored' });
    expect(await world.tree()).toMatchObject({ 'in/': '755', 'in/a.txt': '644 a' });
  });

  test('says beforehand that a file can not come back in a folder whose place another one takes', async () => {
    await world.user({ both: 'a file' });
    await runShell(world, () => world.user({ both: null }));
    await world.user({ 'both/mine.txt': 'mine' });
    await runShell(world, () => removeTree(world, 'both'));
    checkpoints = await world.open();
    const would = await checkpoints.rewind({ userMessageId: 'm1', dryRun: true, mode: 'merge' });
    expect(outcomesOf(would, world)).toEqual({ both: 'restored', 'both/mine.txt': 'conflicted' });
    expect(would.files?.at(-1)?.reason).toBe('A file stands where its folder was.');
    expect(outcomesOf(await rewind(), world)).toEqual(outcomesOf(would, world));
    expect(await world.tree()).toMatchObject({ both: '644 a file' });
  });

  test('brings 100 files, links and empty folders back after rm -rf', async () => {
    const names = Array.from({ length: 100 }, (_, n) => `src/${n % 7}/${n % 3}/${n}.txt`);
    await world.user(Object.fromEntries(names.map((name, n) => [name, `content ${n}\n`])));
    await world.files.setMode(world.at('src/1/1/1.txt'), 0o444);
    await world.files.setMode(world.at('src/2/2/2.txt'), 0o755);
    await world.files.makeLink(world.at('src/link'), '1/1/1.txt');
    await world.files.makeLink(world.at('src/dangling'), '../nowhere');
    await makeFolder('src/empty');
    await makeFolder('src/private/empty', 0o700);
    await makeFolder('src/sealed/in', 0o500);
    await world.files.setMode(world.at('src/sealed'), 0o555);
    await checkBackAndForth(() => removeTree(world, 'src'));
  });

  test('brings a folder of 1,000 files back to its old name', async () => {
    const names = Array.from({ length: 1_000 }, (_, n) => `dir/${n % 10}/${n}.txt`);
    await world.user(Object.fromEntries(names.map((name, n) => [name, `content ${n}\n`])));
    await checkBackAndForth(async () => {
      await copyTree(world, 'dir', 'dir2');
      await removeTree(world, 'dir');
    }, 1);
  }, 120_000);

  test('brings a folder back in which nothing was', async () => {
    await makeFolder('empty', 0o750);
    await checkBackAndForth(() => removeTree(world, 'empty'));
    expect(await checkpoints.rewind({ userMessageId: 'm1', dryRun: true, mode: 'merge' })).toMatchObject({
      canRewind: true,
      filesChanged: [],
      folders: [{ path: world.at('empty'), outcome: 'restored' }],
      canRedo: true,
    });
  });

  test('takes an empty folder away that the command made', () =>
    checkBackAndForth(() => makeFolder('made/in', 0o700)));

  test('brings the mode of a folder back', () =>
    checkBackAndForth(() => world.files.setMode(world.at('src'), 0o555)));

  test('makes a folder of a file again, and a file of a folder', async () => {
    await world.user({ 'tree/a.txt': 'a', 'tree/in/b.txt': 'b', file: 'file' });
    await makeFolder('tree/empty');
    await checkBackAndForth(async () => {
      await removeTree(world, 'tree');
      await world.user({ tree: 'a file now', file: null });
      await world.user({ 'file/in/c.txt': 'a folder now' });
      await makeFolder('file/empty');
    });
  });

  test('makes a folder of a link again, and a link of a folder', async () => {
    await world.user({ 'tree/a.txt': 'a', 'tree/in/b.txt': 'b' });
    await world.files.makeLink(world.at('link'), 'src');
    await checkBackAndForth(async () => {
      await removeTree(world, 'tree');
      await world.files.makeLink(world.at('tree'), 'src');
      await world.files.removeFile(world.at('link'));
      await world.user({ 'link/in/c.txt': 'c' });
    });
  });

  test('writes in folders that may not be written, and leaves them so', async () => {
    await world.user({ 'sealed/a.txt': 'a', 'sealed/in/b.txt': 'b' });
    await world.files.setMode(world.at('sealed/a.txt'), 0o444);
    await world.files.setMode(world.at('sealed/in'), 0o555);
    await world.files.setMode(world.at('sealed'), 0o555);
    await checkBackAndForth(async () => {
      await world.files.setMode(world.at('sealed'), 0o755);
      await world.files.setMode(world.at('sealed/in'), 0o755);
      await world.user({ 'sealed/a.txt': null, 'sealed/in/b.txt': 'changed', 'sealed/in/c.txt': 'made' });
      await world.files.setMode(world.at('sealed/in'), 0o555);
      await world.files.setMode(world.at('sealed'), 0o555);
    });
  });

  test('leaves what the user put into a folder that the command made, and the folder', async () => {
    await runShell(world, () => world.user({ 'made/a.txt': 'a', 'made/in/b.txt': 'b' }));
    await world.user({ 'made/mine.txt': 'mine' });
    checkpoints = await world.open();
    const would = await checkpoints.rewind({ userMessageId: 'm1', dryRun: true, mode: 'merge' });
    expect(would.folders).toEqual([
      { path: world.at('made'), outcome: 'skipped', reason: 'The folder is not empty.' },
      { path: world.at('made/in'), outcome: 'restored', change: 'deleted' },
    ]);
    expect((await rewind()).folders).toEqual(would.folders);
    expect(await world.tree()).toMatchObject({ 'made/': '755', 'made/mine.txt': '644 mine' });
    expect(await find('made/a.txt')).toBeUndefined();
    await world.user({ 'made/mine.txt': null });
    expect(await rewind()).toMatchObject({ canRewind: true, filesChanged: [] });
    expect(await find('made')).toBeUndefined();
    expect(await rewind()).toMatchObject({ canRewind: false });
  });

  test('leaves a file of the user where a folder was, and what was in the folder', async () => {
    await runShell(world, () => removeTree(world, 'src'));
    await world.user({ src: 'mine' });
    checkpoints = await world.open();
    const would = await checkpoints.rewind({ userMessageId: 'm1', dryRun: true, mode: 'merge' });
    expect(outcomesOf(would, world)).toEqual({ 'src/kept.txt': 'conflicted' });
    expect(await rewind()).toMatchObject({
      files: [{ reason: 'A file stands where its folder was.' }],
      folders: [{ path: world.at('src'), outcome: 'conflicted', reason: 'A file stands in its place now.' }],
    });
    expect(await world.tree()).toEqual({ 'kept.txt': '644 kept', src: '644 mine' });
  });

  test('leaves a folder of the user where a file was that the command made a folder of', async () => {
    await world.user({ file: 'file' });
    await runShell(world, async () => {
      await world.user({ file: null });
      await world.user({ 'file/made.txt': 'made' });
    });
    await world.user({ 'file/mine.txt': 'mine' });
    checkpoints = await world.open();
    const would = await checkpoints.rewind({ userMessageId: 'm1', dryRun: true, mode: 'merge' });
    expect(outcomesOf(would, world)).toEqual({ file: 'conflicted', 'file/made.txt': 'restored' });
    expect(outcomesOf(await rewind(), world)).toEqual(outcomesOf(would, world));
    expect(await world.tree()).toMatchObject({ 'file/mine.txt': '644 mine' });
  });

  test('keeps the mode that the user gave a folder since', async () => {
    await runShell(world, () => world.files.setMode(world.at('src'), 0o700));
    await world.files.setMode(world.at('src'), 0o750);
    checkpoints = await world.open();
    await rewind();
    expect(await world.tree()).toMatchObject({ 'src/': '750' });
  });
});
