import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Checkpoints } from '../../../../src/core/checkpoints/checkpoints.ts';
import { createRecordingFiles } from '../../../../src/core/checkpoints/recordingFiles.ts';
import { FileError } from '../../../../src/core/ports.ts';
import { createMemoryWorld, type MemoryWorld, outcomesOf, toBytes, type World, worlds } from './world.ts';

const rewind = (checkpoints: Checkpoints, userMessageId: string) =>
  checkpoints.rewind({ userMessageId, dryRun: false, mode: 'merge' });

describe.each(worlds)('two windows on one folder ($name)', ({ create }) => {
  let world: World;

  beforeEach(async () => {
    world = await create();
  });
  afterEach(() => world.remove());

  test('record side by side, and a rewind of one leaves the files of the other', async () => {
    await world.user({ 'a.txt': '0', 'b.txt': '0', 'both.txt': '0' });
    const [a, b] = [await world.open('a'), await world.open('b')];
    await Promise.all([
      world.agent(a, 'ma', { 'a.txt': 'a', 'both.txt': 'a' }),
      world.agent(b, 'mb', { 'b.txt': 'b' }),
    ]);
    await world.agent(b, 'mb', { 'both.txt': 'b' });
    expect(outcomesOf(await rewind(a, 'ma'), world)).toEqual({
      'a.txt': 'restored',
      'both.txt': 'conflicted',
    });
    expect(await world.tree()).toEqual({ 'a.txt': '644 0', 'b.txt': '644 b', 'both.txt': '644 b' });
    expect(await rewind(a, 'mb')).toMatchObject({ canRewind: false });
    expect(outcomesOf(await rewind(b, 'mb'), world)).toEqual({ 'b.txt': 'restored', 'both.txt': 'restored' });
    expect(await world.tree()).toEqual({ 'a.txt': '644 0', 'b.txt': '644 0', 'both.txt': '644 a' });
    await a.close();
    await b.close();
  });

  test('do not both write one session: the second only looks', async () => {
    await world.user({ 'a.txt': '0' });
    const first = await world.open();
    await world.agent(first, 'm1', { 'a.txt': '1' });
    const second = await world.open();
    expect(second.list()).toEqual(first.list());
    const files = createRecordingFiles(
      world.files,
      second.record({ userMessageId: 'm2', toolUseId: 'call', origin: 'tool' }),
    );
    await expect(files.write(world.at('a.txt'), toBytes('2'))).rejects.toMatchObject({ code: 'EBUSY' });
    second.beginTurn('m2');
    expect(await second.rewind({ userMessageId: 'm1', dryRun: true, mode: 'merge' })).toMatchObject({
      canRewind: true,
      filesChanged: [world.at('a.txt')],
    });
    expect(await rewind(second, 'm1')).toEqual({
      canRewind: false,
      error: 'This session is open in another window. Rewind it there.',
    });
    await second.close();
    await rewind(first, 'm1');
    expect(await world.tree()).toEqual({ 'a.txt': '644 0' });
    await first.close();
  });

  test('take over the session of a process that died', async () => {
    await world.user({ 'a.txt': '0' });
    await world.agent(await world.open(), 'm1', { 'a.txt': '1' });
    await world.die();
    const checkpoints = await world.open();
    await rewind(checkpoints, 'm1');
    expect(await world.tree()).toEqual({ 'a.txt': '644 0' });
    await checkpoints.close();
  });
});

describe('a store', () => {
  let world: MemoryWorld;

  beforeEach(async () => {
    world = await createMemoryWorld();
  });

  const paths = (name: RegExp) => world.storage.paths().filter((path) => name.test(path.at(-1) ?? ''));

  test('waits for the rewind of another window, and says so when that takes too long', async () => {
    await world.user({ 'a.txt': '0' });
    const checkpoints = await world.open();
    await world.agent(checkpoints, 'm1', { 'a.txt': '1' });
    const [journal] = paths(/journal/);
    const lock = await world.storage.lock([...(journal?.slice(0, 2) ?? []), 'rewind.lock']);
    expect(await rewind(checkpoints, 'm1')).toEqual({
      canRewind: false,
      error: 'Another window is rewinding files of this folder. Try again in a moment.',
    });
    expect(await world.tree()).toEqual({ 'a.txt': '644 1' });
    await lock?.release();
    expect(await rewind(checkpoints, 'm1')).toMatchObject({ canRewind: true });
  });

  test('with a damaged content restores the other files and says which it could not', async () => {
    await world.user({ 'a.txt': 'content of a', 'b.txt': 'content of b' });
    const checkpoints = await world.open();
    await world.agent(checkpoints, 'm1', { 'a.txt': '1', 'b.txt': '1' });
    await checkpoints.close();
    const [pack = []] = paths(/pack/);
    const bytes = world.storage.peek(pack);
    const at = Buffer.from(bytes).indexOf('content of a');
    bytes[at] = (bytes[at] ?? 0) ^ 4;
    world.storage.poke(pack, bytes);
    const again = await world.open();
    expect(await rewind(again, 'm1')).toMatchObject({
      canRewind: true,
      files: [{ outcome: 'skipped', reason: 'The stored copy is damaged.' }, { outcome: 'restored' }],
    });
    expect(await world.tree()).toEqual({ 'a.txt': '644 1', 'b.txt': '644 content of b' });
    await expect(
      again.versions({ userMessageId: 'm1', path: world.at('a.txt'), scope: 'since' }),
    ).rejects.toMatchObject({ name: 'BlobError' });
    await again.redo({ dryRun: false });
    expect(await world.tree()).toEqual({ 'a.txt': '644 1', 'b.txt': '644 1' });
  });

  test('with a torn journal keeps all checkpoints before the tear', async () => {
    await world.user({ 'a.txt': '0' });
    const checkpoints = await world.open();
    await world.agent(checkpoints, 'm1', { 'a.txt': '1' });
    await world.agent(checkpoints, 'm2', { 'a.txt': '2' });
    await checkpoints.close();
    const [journal = []] = paths(/journal/);
    world.storage.poke(journal, world.storage.peek(journal).subarray(0, -3));
    const again = await world.open();
    expect(again.list().map(({ userMessageId }) => userMessageId)).toEqual(['m1', 'm2']);
    await rewind(again, 'm1');
    expect(await world.tree()).toEqual({ 'a.txt': '644 0' });
    expect(world.logged).toEqual(['a checkpoint journal ends in the middle of a record']);
  });

  test('never restores a wrong content, whichever bit of the journal is flipped', async () => {
    await world.user({ 'a.txt': '0', 'b.txt': '0' });
    const checkpoints = await world.open();
    await world.agent(checkpoints, 'm1', { 'a.txt': '1', 'b.txt': '1' });
    await rewind(checkpoints, 'm1');
    await world.agent(checkpoints, 'm2', { 'a.txt': '2', 'c.txt': '2' });
    await checkpoints.close();
    const [journal = []] = paths(/journal/);
    const whole = world.storage.peek(journal);
    for (let index = 0; index < whole.length; index += 7) {
      const bytes = whole.slice();
      bytes[index] = (bytes[index] ?? 0) ^ (1 << (index % 8));
      world.storage.poke(journal, bytes);
      const again = await world.open();
      await rewind(again, 'm2');
      const tree = await world.tree();
      expect(['644 0', '644 2']).toContain(tree['a.txt']);
      expect([undefined, '644 2']).toContain(tree['c.txt']);
      expect(tree['b.txt']).toBe('644 0');
      await again.close();
      await world.user({ 'a.txt': '2', 'c.txt': '2' });
    }
  });

  test.each([
    {
      what: 'a change',
      again: async (checkpoints: Checkpoints) => world.agent(checkpoints, 'm3', { 'b.txt': '3' }),
    },
    { what: 'another rewind', again: async (checkpoints: Checkpoints) => rewind(checkpoints, 'm2') },
  ])('takes a rewind for done whose end is lost when $what came after it', async ({ again }) => {
    await world.user({ 'a.txt': '0', 'b.txt': '0' });
    const checkpoints = await world.open();
    await world.agent(checkpoints, 'm1', { 'b.txt': '1' });
    await world.agent(checkpoints, 'm2', { 'a.txt': '2' });
    await world.agent(checkpoints, 'm3', { 'b.txt': '3' });
    await rewind(checkpoints, 'm3');
    await again(checkpoints);
    const tree = await world.tree();
    await checkpoints.close();
    const [journal = []] = paths(/journal/);
    const bytes = world.storage.peek(journal);
    const at = Buffer.from(bytes).indexOf('"rewind-done"');
    bytes[at] = 0;
    world.storage.poke(journal, bytes);
    const opened = await world.open();
    expect(opened.recovery.rewinds).toEqual([]);
    expect(await world.tree()).toEqual(tree);
    expect(outcomesOf(await rewind(opened, 'm1'), world)).toMatchObject({ 'b.txt': 'restored' });
    expect(await world.tree()).toEqual({ 'a.txt': '644 0', 'b.txt': '644 0' });
  });

  test('that was deleted while it was in use starts anew', async () => {
    await world.user({ 'a.txt': '0' });
    const checkpoints = await world.open();
    await world.agent(checkpoints, 'm1', { 'a.txt': '1' });
    world.storage.deleteAll();
    await world.agent(checkpoints, 'm2', { 'a.txt': '2' });
    expect(checkpoints.list().map(({ userMessageId }) => userMessageId)).toEqual(['m2']);
    expect(world.logged).toEqual(['the checkpoint store was deleted; a new one is started']);
    await checkpoints.close();
    const again = await world.open();
    expect(await rewind(again, 'm1')).toMatchObject({ canRewind: false });
    await rewind(again, 'm2');
    expect(await world.tree()).toEqual({ 'a.txt': '644 1' });
  });

  test('that was deleted between two starts is empty', async () => {
    const checkpoints = await world.open();
    await world.agent(checkpoints, 'm1', { 'a.txt': '1' });
    await checkpoints.close();
    world.storage.deleteAll();
    const again = await world.open();
    expect(again.list()).toEqual([]);
    expect(await rewind(again, 'm1')).toMatchObject({ canRewind: false });
  });

  test('that can not be read is closed again, whatever of it was open', async () => {
    const checkpoints = await world.open();
    await world.user({ 'a.txt': 'old' });
    await world.agent(checkpoints, 'm1', { 'a.txt': '1' });
    await checkpoints.close();
    for (const unreadable of ['journal.bin', '0001.pack']) {
      const open = new Set<string>();
      const { storage } = world;
      const openAppend = storage.openAppend.bind(storage);
      storage.openAppend = async (path) => {
        const file = await openAppend(path);
        const name = path.at(-1) ?? '';
        open.add(name);
        const close = async (): Promise<void> => {
          open.delete(name);
          await file.close();
        };
        const read: typeof file.read = async (offset, length) => {
          if (name === unreadable) throw new FileError('EIO', name, 'It can not be read.');
          return file.read(offset, length);
        };
        return { ...file, size: file.size, close, read };
      };
      await expect(world.open()).rejects.toThrow('It can not be read.');
      expect([...open]).toEqual([]);
      storage.openAppend = openAppend;
    }
    // Nor is its lock held.
    const again = await world.open();
    expect(again.list()).toHaveLength(1);
    await again.close();
  });

  test('keeps nothing inside the workspace, and names no path after a session id that is one', async () => {
    const checkpoints = await world.open('../../escape');
    await world.agent(checkpoints, 'm1', { 'a.txt': '1' });
    expect(await world.tree()).toEqual({ 'a.txt': '644 1' });
    await rewind(checkpoints, 'm1');
    await checkpoints.close();
    for (const path of world.storage.paths())
      expect(path.join('/')).toMatch(/^checkpoints\/[0-9a-f]{16}\/sessions\/id-[0-9a-f]+\/[\w.]+$/);
  });
});
