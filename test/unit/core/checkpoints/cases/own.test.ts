import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Checkpoints, RewindOptions } from '../../../../../src/core/checkpoints/checkpoints.ts';
import { outcomesOf, type World, worlds } from '../world.ts';
import { runShell } from './shell.ts';

const lines = (...changed: readonly (readonly [number, string])[]): string =>
  Array.from(
    { length: 9 },
    (_, n) => `${changed.find(([at]) => at === n + 1)?.[1] ?? `line ${n + 1}`}\n`,
  ).join('');

describe.each(worlds)('what somebody else changed in a file the agent changed ($name)', ({ create }) => {
  let world: World;
  let checkpoints: Checkpoints;

  beforeEach(async () => {
    world = await create();
    checkpoints = await world.open();
    await world.user({ 'a.txt': lines(), 'b.txt': 'kept' });
  });
  afterEach(async () => {
    await checkpoints.close();
    await world.remove();
  });

  const rewind = (more: Partial<RewindOptions> = {}) =>
    checkpoints.rewind({ userMessageId: 'm1', dryRun: false, mode: 'merge', ...more } as RewindOptions);
  const textOf = async (name: string) => new TextDecoder().decode(await world.files.readFile(world.at(name)));
  const reopen = async (): Promise<void> => {
    await checkpoints.close();
    checkpoints = await world.open();
  };

  test('is merged into what comes back; a redo brings exactly what there was, and all of it can be repeated', async () => {
    await world.agent(checkpoints, 'm1', { 'a.txt': lines([1, 'of the agent']) });
    await world.user({ 'a.txt': lines([1, 'of the agent'], [9, 'mine']) });
    const before = await world.tree();
    for (const round of [1, 2]) {
      const would = await rewind({ dryRun: true });
      expect(await world.tree()).toEqual(before);
      expect(await rewind()).toEqual({ ...would, skippedLinks: 0 });
      expect({ round, files: would.files }).toEqual({
        round,
        files: [
          {
            path: world.at('a.txt'),
            outcome: 'restored',
            reason: 'Your own changes were kept (merged).',
            change: 'modified',
            insertions: 1,
            deletions: 1,
          },
        ],
      });
      expect(await textOf('a.txt')).toBe(lines([9, 'mine']));
      await reopen();
      await checkpoints.redo({ dryRun: false });
      expect(await world.tree()).toEqual(before);
      await reopen();
    }
  });

  test('is merged when it lies between two changes of the agent, and when it came after a merge', async () => {
    await world.agent(checkpoints, 'm1', { 'a.txt': lines([1, 'first']) });
    await world.user({ 'a.txt': lines([1, 'first'], [5, 'mine']) });
    await world.agent(checkpoints, 'm2', { 'a.txt': lines([1, 'second'], [5, 'mine']) });
    expect(outcomesOf(await rewind(), world)).toEqual({ 'a.txt': 'restored' });
    expect(await textOf('a.txt')).toBe(lines([5, 'mine']));
    await world.agent(checkpoints, 'm3', { 'a.txt': lines([5, 'mine'], [9, 'third']) });
    await world.user({ 'a.txt': lines([3, 'mine, too'], [5, 'mine'], [9, 'third']) });
    const before = await world.tree();
    await checkpoints.rewind({ userMessageId: 'm3', dryRun: false, mode: 'merge' });
    expect(await textOf('a.txt')).toBe(lines([3, 'mine, too'], [5, 'mine']));
    await checkpoints.redo({ dryRun: false });
    expect(await world.tree()).toEqual(before);
  });

  test('is merged by a redo, too', async () => {
    await world.agent(checkpoints, 'm1', { 'a.txt': lines([1, 'of the agent']) });
    await rewind();
    await world.user({ 'a.txt': lines([9, 'mine']) });
    expect(outcomesOf(await checkpoints.redo({ dryRun: false }), world)).toEqual({ 'a.txt': 'restored' });
    expect(await textOf('a.txt')).toBe(lines([1, 'of the agent'], [9, 'mine']));
    expect(outcomesOf(await rewind(), world)).toEqual({ 'a.txt': 'restored' });
    expect(await textOf('a.txt')).toBe(lines([9, 'mine']));
  });

  test('is left where both touch the same lines, with both sides to be seen, until a person has chosen', async () => {
    await world.agent(checkpoints, 'm1', { 'a.txt': lines([2, 'of the agent']), 'c.txt': 'made' });
    await world.user({ 'a.txt': lines([2, 'mine']), 'c.txt': 'made, and mine' });
    const before = await world.tree();
    expect(outcomesOf(await rewind(), world)).toEqual({ 'a.txt': 'conflicted', 'c.txt': 'conflicted' });
    expect(await world.tree()).toEqual(before);
    const toText = (bytes: Uint8Array | null | undefined) => bytes && new TextDecoder().decode(bytes);
    const found = await checkpoints.conflict({ userMessageId: 'm1', path: world.at('a.txt') });
    expect(toText(found?.base)).toBe(lines([2, 'of the agent']));
    expect(toText(found?.mine)).toBe(lines([2, 'mine']));
    expect(toText(found?.theirs)).toBe(lines());
    expect(toText(found?.merged)).toBe(
      lines([2, "<<<<<<< yours\nmine\n=======\nline 2\n>>>>>>> without the agent's change"]),
    );
    expect(await checkpoints.conflict({ userMessageId: 'm1', path: world.at('c.txt') })).toMatchObject({
      theirs: null,
      merged: null,
    });
    expect(await checkpoints.conflict({ userMessageId: 'm1', path: world.at('b.txt') })).toBeUndefined();
    const resolutions = { [world.at('a.txt')]: 'take', [world.at('c.txt')]: 'keep' } as const;
    const would = await rewind({ resolutions, dryRun: true });
    expect(await rewind({ resolutions })).toEqual({ ...would, skippedLinks: 0 });
    expect(outcomesOf(would, world)).toEqual({ 'a.txt': 'restored', 'c.txt': 'skipped' });
    expect(await textOf('a.txt')).toBe(lines());
    expect(await textOf('c.txt')).toBe('made, and mine');
    await reopen();
    await checkpoints.redo({ dryRun: false });
    expect(await world.tree()).toEqual(before);
  });

  test('is left when it was made of a file the agent deleted', async () => {
    await checkpoints.close();
    await runShell(world, () => world.user({ 'a.txt': null }));
    await world.user({ 'a.txt': lines([2, 'mine']) });
    checkpoints = await world.open();
    expect(outcomesOf(await rewind(), world)).toEqual({ 'a.txt': 'conflicted' });
    expect(await textOf('a.txt')).toBe(lines([2, 'mine']));
  });

  test('is another file, or one in a folder that the agent made, and stays with its inode', async () => {
    await world.agent(checkpoints, 'm1', { 'made/a.txt': 'a' });
    await world.user({ 'b.txt': 'mine', 'made/mine.txt': 'mine' });
    const stats = () =>
      Promise.all(['b.txt', 'made/mine.txt', 'a.txt'].map((name) => world.files.lstat(world.at(name))));
    const before = await stats();
    await rewind();
    expect(await stats()).toEqual(before);
    expect(await world.tree()).toEqual({
      'a.txt': `644 ${lines()}`,
      'b.txt': '644 mine',
      'made/': '755',
      'made/mine.txt': '644 mine',
    });
  });
});
