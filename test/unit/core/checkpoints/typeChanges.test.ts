import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Checkpoints } from '../../../../src/core/checkpoints/checkpoints.ts';
import { type World, worlds } from './world.ts';

/** What a tool that writes files can't do, but a recorder can record. */
describe.each(worlds)('a rewind of other changes than writes ($name)', ({ create }) => {
  let world: World;
  let checkpoints: Checkpoints;

  beforeEach(async () => {
    world = await create();
    checkpoints = await world.open();
    await world.user({ 'file.txt': 'old', 'other.txt': 'other', 'folder/inside.txt': 'inside' });
    await world.files.makeLink(world.at('link'), 'file.txt');
  });
  afterEach(async () => {
    await checkpoints.close();
    await world.remove();
  });

  /** Records these paths around a change, rewinds it, and redoes it; all of it also after a restart. */
  async function checkBackAndForth(paths: readonly string[], change: () => Promise<unknown>): Promise<void> {
    const before = await world.tree();
    const recorder = checkpoints.record({ userMessageId: 'm1', toolUseId: 'call', origin: 'shell' });
    for (const path of paths) await recorder.beforeWrite(world.at(path));
    await change();
    for (const path of paths) await recorder.afterWrite(world.at(path), []);
    await recorder.finish();
    const after = await world.tree();
    expect(after).not.toEqual(before);
    await checkpoints.close();
    checkpoints = await world.open();
    await checkpoints.rewind({ userMessageId: 'm1', dryRun: false, mode: 'merge' });
    expect(await world.tree()).toEqual(before);
    await checkpoints.close();
    checkpoints = await world.open();
    await checkpoints.redo({ dryRun: false });
    expect(await world.tree()).toEqual(after);
    await checkpoints.rewind({ userMessageId: 'm1', dryRun: false, mode: 'merge' });
    expect(await world.tree()).toEqual(before);
  }

  test('brings a deleted file back with its mode', async () => {
    await world.files.setMode(world.at('file.txt'), 0o755);
    await checkBackAndForth(['file.txt'], () => world.files.removeFile(world.at('file.txt')));
  });

  test('takes back a change of the mode alone', async () => {
    const { ino } = (await world.files.lstat(world.at('file.txt'))) ?? {};
    await checkBackAndForth(['file.txt'], () => world.files.setMode(world.at('file.txt'), 0o755));
    expect((await world.files.lstat(world.at('file.txt')))?.ino).toBe(ino);
  });

  test('takes back both ends of a rename', async () => {
    await checkBackAndForth(['file.txt', 'new/renamed.txt'], async () => {
      await world.files.removeFile(world.at('file.txt'));
      await world.user({ 'new/renamed.txt': 'old' });
    });
  });

  test('takes back a new link, and one that leads nowhere', async () => {
    await checkBackAndForth(['made', 'dangling'], async () => {
      await world.files.makeLink(world.at('made'), 'other.txt');
      await world.files.makeLink(world.at('dangling'), 'nowhere');
    });
  });

  test('takes back where a link leads', async () => {
    await checkBackAndForth(['link'], async () => {
      await world.files.removeFile(world.at('link'));
      await world.files.makeLink(world.at('link'), 'other.txt');
    });
  });

  test('makes a file of a link again, and a link of a file', async () => {
    await checkBackAndForth(['link', 'file.txt'], async () => {
      await world.files.removeFile(world.at('link'));
      await world.user({ link: 'a file now' });
      await world.files.removeFile(world.at('file.txt'));
      await world.files.makeLink(world.at('file.txt'), 'other.txt');
    });
  });

  test('makes a file of a folder again', async () => {
    await checkBackAndForth(['file.txt', 'file.txt/in', 'file.txt/in/a.txt'], async () => {
      await world.files.removeFile(world.at('file.txt'));
      await world.user({ 'file.txt/in/a.txt': 'in a folder now' });
    });
  });

  test('makes a folder of a file again', async () => {
    await checkBackAndForth(['folder/inside.txt', 'folder'], async () => {
      await world.files.removeFile(world.at('folder/inside.txt'));
      await world.files.removeEmptyDirectory(world.at('folder'));
      await world.user({ folder: 'a file now' });
    });
  });

  test('brings a whole tree back', async () => {
    await world.user({ 't/a.txt': 'a', 't/u/b.txt': 'b', 't/u/v/c.txt': 'c' });
    await world.files.makeDirectory(world.at('t/empty'));
    await world.files.makeLink(world.at('t/u/up'), '../a.txt');
    await world.files.setMode(world.at('t/u'), 0o700);
    const paths = ['t/a.txt', 't/u/b.txt', 't/u/v/c.txt', 't/u/up', 't/u/v', 't/u', 't/empty', 't'];
    await checkBackAndForth(paths, async () => {
      for (const path of paths.slice(0, 4)) await world.files.removeFile(world.at(path));
      for (const path of paths.slice(4)) await world.files.removeEmptyDirectory(world.at(path));
    });
  });
});
