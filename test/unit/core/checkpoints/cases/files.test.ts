import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Checkpoints } from '../../../../../src/core/checkpoints/checkpoints.ts';
import { outcomesOf, type World, worlds } from '../world.ts';
import { removeTree, runShell } from './shell.ts';

/** A byte a character. */
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe.each(worlds)('a rewind of a command that changes files ($name)', ({ create }) => {
  let world: World;
  let checkpoints: Checkpoints;

  beforeEach(async () => {
    world = await create();
    await world.user({ 'kept.txt': 'kept' });
  });
  afterEach(async () => {
    await checkpoints.close();
    await world.remove();
  });

  const rewind = () => checkpoints.rewind({ userMessageId: 'm1', dryRun: false, mode: 'merge' });
  const find = (name: string) => world.files.lstat(world.at(name));

  async function checkBackAndForth(change: () => Promise<unknown>): Promise<void> {
    const before = await world.tree();
    await runShell(world, change);
    const after = await world.tree();
    expect(after).not.toEqual(before);
    checkpoints = await world.open();
    const kept = await find('kept.txt');
    await rewind();
    expect(await world.tree()).toEqual(before);
    await checkpoints.redo({ dryRun: false });
    expect(await world.tree()).toEqual(after);
    expect(await find('kept.txt')).toEqual(kept);
  }

  test('takes +x and -x back, and leaves the file itself in place', async () => {
    await world.user({ 'on.sh': 'on', 'off.sh': 'off' });
    await world.files.setMode(world.at('off.sh'), 0o755);
    const inodes = async () => [(await find('on.sh'))?.ino, (await find('off.sh'))?.ino];
    const before = await inodes();
    await checkBackAndForth(async () => {
      await world.files.setMode(world.at('on.sh'), 0o755);
      await world.files.setMode(world.at('off.sh'), 0o644);
    });
    expect(await inodes()).toEqual(before);
  });

  test('brings any bytes back', async () => {
    const contents = {
      nul: latin1('a\0b\0'),
      empty: '',
      crlf: 'a\r\nb\nc\r\n',
      bom: '\ufefftext\n',
      'no newline': 'text',
      'no utf-8': latin1('\xff\xfe\x80\n\xc3('),
    };
    await world.user(contents);
    await checkBackAndForth(() =>
      world.user(
        Object.fromEntries(Object.keys(contents).map((name, n) => [name, n % 2 === 0 ? 'other' : null])),
      ),
    );
  });

  test('brings files back whose size is just that of a limit', async () => {
    const limit = 4 * 1024 * 1024;
    const sizes = [limit - 1, limit, limit + 1];
    const write = (byte: number) =>
      world.user(Object.fromEntries(sizes.map((size) => [`${size}`, new Uint8Array(size).fill(byte)])));
    await write(0x61);
    await checkBackAndForth(() => write(0x62));
  });

  test('brings files back whatever they are called', async () => {
    const names = [
      'a b',
      'new\nline',
      '"\'`$(x)',
      '-rf',
      ':(glob)*',
      '🙂',
      'é',
      'é',
      `${'l'.repeat(251)}.txt`,
      'back\\slash',
    ];
    await world.user(Object.fromEntries(names.map((name) => [name, `in ${name}`])));
    await checkBackAndForth(() =>
      world.user(Object.fromEntries(names.map((name, n) => [name, n % 2 ? null : 'other']))),
    );
  });

  test('has nothing to do where a command took its own change back', async () => {
    await world.user({ 'a.txt': 'a', 'b.txt': 'b' });
    await runShell(world, () => world.user({ 'a.txt': 'other', 'b.txt': 'other' }));
    await runShell(world, () => world.user({ 'a.txt': 'a' }));
    checkpoints = await world.open();
    const before = await find('a.txt');
    expect(outcomesOf(await rewind(), world)).toEqual({ 'a.txt': 'unchanged', 'b.txt': 'restored' });
    expect(await find('a.txt')).toEqual(before);
    expect(await world.tree()).toMatchObject({ 'a.txt': '644 a', 'b.txt': '644 b' });
  });

  test('brings a read-only file back read-only', async () => {
    await world.user({ 'a.txt': 'old' });
    await world.files.setMode(world.at('a.txt'), 0o444);
    await checkBackAndForth(async () => {
      await removeTree(world, 'a.txt');
      await world.user({ 'a.txt': 'new' });
    });
  });

  test('brings back what a link led to, and where it led', async () => {
    await world.user({ 'dir/target.txt': 'old' });
    await world.files.makeLink(world.at('link'), 'dir/target.txt');
    await world.files.makeLink(world.at('folder'), 'dir');
    await world.files.makeLink(world.at('dangling'), 'nowhere');
    await checkBackAndForth(async () => {
      await world.user({ 'dir/target.txt': 'new' });
      for (const name of ['link', 'folder', 'dangling']) await world.files.removeFile(world.at(name));
      await world.files.makeLink(world.at('link'), 'nowhere');
      await world.user({ dangling: 'a file now', 'folder/a.txt': 'a folder now' });
    });
  });

  test('does not bring a file back that the agent made and the user deleted', async () => {
    await runShell(world, () => world.user({ 'made.txt': 'made', 'other.txt': 'other' }));
    await world.user({ 'made.txt': null });
    checkpoints = await world.open();
    expect(outcomesOf(await rewind(), world)).toEqual({ 'made.txt': 'unchanged', 'other.txt': 'restored' });
    expect(await world.tree()).toEqual({ 'kept.txt': '644 kept' });
  });
});
