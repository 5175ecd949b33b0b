import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Checkpoints } from '../../../../../src/core/checkpoints/checkpoints.ts';
import type { FileState } from '../../../../../src/core/checkpoints/fileState.ts';
import { outcomesOf, type World, worlds } from '../world.ts';
import { recordChanges } from './shell.ts';

describe.each(worlds)('a file that was too large for its content to be kept ($name)', ({ create }) => {
  let world: World;
  let checkpoints: Checkpoints;

  beforeEach(async () => {
    world = await create();
  });
  afterEach(async () => {
    await checkpoints.close();
    await world.remove();
  });

  async function describeFile(name: string): Promise<FileState> {
    const stat = await world.files.lstat(world.at(name));
    const { size = 0, mode = 0, mtimeMs = 0, ctimeMs = 0 } = stat ?? {};
    return { kind: 'unkept', size, mode, mtimeMs, ctimeMs };
  }
  const rewind = (mode: 'merge' | 'overwrite' = 'merge') =>
    checkpoints.rewind({ userMessageId: 'm1', dryRun: false, mode });

  async function agentMakesIt(): Promise<void> {
    await world.user({ 'large.bin': 'large' });
    const after = await describeFile('large.bin');
    await recordChanges(world, [{ path: world.at('large.bin'), before: { kind: 'absent' }, after }]);
    checkpoints = await world.open();
  }

  test('is removed when the agent made it, and comes back with a redo, any number of times', async () => {
    await agentMakesIt();
    const tree = await world.tree();
    for (const round of [1, 2]) {
      expect({ round, ...outcomesOf(await rewind(), world) }).toEqual({ round, 'large.bin': 'restored' });
      expect(await world.tree()).toEqual({});
      await checkpoints.redo({ dryRun: false });
      expect(await world.tree()).toEqual(tree);
    }
  });

  test('is left when it may have been changed since, unless a person says so', async () => {
    await agentMakesIt();
    await world.user({ 'large.bin': 'mine!' });
    expect(await rewind()).toMatchObject({
      filesChanged: [],
      files: [
        { outcome: 'conflicted', reason: expect.stringContaining('cannot be told whether it was changed') },
      ],
    });
    expect(outcomesOf(await rewind('overwrite'), world)).toEqual({ 'large.bin': 'restored' });
    expect(await world.tree()).toEqual({});
    await checkpoints.redo({ dryRun: false });
    expect(await world.tree()).toEqual({ 'large.bin': '644 mine!' });
  });

  test('can not be brought back, and the others are', async () => {
    await world.user({ 'large.bin': 'large', 'a.txt': 'a' });
    const before = await describeFile('large.bin');
    await world.user({ 'large.bin': null });
    await recordChanges(world, [{ path: world.at('large.bin'), before, after: { kind: 'absent' } }]);
    checkpoints = await world.open();
    await world.agent(checkpoints, 'm1', { 'a.txt': 'changed' });
    expect(outcomesOf(await rewind(), world)).toEqual({ 'a.txt': 'restored', 'large.bin': 'skipped' });
    expect(await world.tree()).toEqual({ 'a.txt': '644 a' });
  });
});
