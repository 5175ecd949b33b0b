import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Checkpoints } from '../../../../src/core/checkpoints/checkpoints.ts';
import type { Tree } from '../../../support/memory/readTree.ts';
import { outcomesOf, type World, worlds } from './world.ts';

describe.each(worlds)('a redo ($name)', ({ create }) => {
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

  const rewind = (userMessageId: string, paths?: readonly string[]) =>
    checkpoints.rewind({
      userMessageId,
      dryRun: false,
      mode: 'merge',
      ...(paths === undefined ? {} : { paths }),
    });
  const redo = () => checkpoints.redo({ dryRun: false });
  const reopen = async (): Promise<void> => {
    await checkpoints.close();
    checkpoints = await world.open();
  };

  /** Three turns; the trees before the first and after each. */
  async function threeTurns(): Promise<readonly Tree[]> {
    await world.user({ 'a.txt': '0', 'b.txt': '0' });
    const trees = [await world.tree()];
    await world.agent(checkpoints, 'm1', { 'a.txt': '1', 'x/1.txt': '1' });
    trees.push(await world.tree());
    await world.agent(checkpoints, 'm2', { 'a.txt': '2', 'b.txt': '2', 'x/y/2.txt': '2' });
    trees.push(await world.tree());
    await world.agent(checkpoints, 'm3', { 'a.txt': '3', 'x/1.txt': '3', 'z/3.txt': '3' });
    trees.push(await world.tree());
    return trees;
  }

  test('brings the exact state before the rewind', async () => {
    const trees = await threeTurns();
    expect(checkpoints.canRedo()).toBe(false);
    const back = await rewind('m2');
    expect(checkpoints.canRedo()).toBe(true);
    const forth = await redo();
    expect(await world.tree()).toEqual(trees[3]);
    expect(checkpoints.canRedo()).toBe(false);
    expect(forth.filesChanged).toEqual(back.filesChanged);
    expect({ insertions: forth.insertions, deletions: forth.deletions }).toEqual({
      insertions: back.deletions,
      deletions: back.insertions,
    });
  });

  test('says what it would do with a dry run', async () => {
    await threeTurns();
    await rewind('m1');
    const tree = await world.tree();
    const would = await checkpoints.redo({ dryRun: true });
    expect(await world.tree()).toEqual(tree);
    const did = await redo();
    expect(outcomesOf(would, world)).toEqual(outcomesOf(did, world));
    expect(would.filesChanged).toEqual(did.filesChanged);
  });

  test('says so when there is nothing to take back', async () => {
    await threeTurns();
    expect(await redo()).toEqual({ canRewind: false, error: 'There is no rewind to take back.' });
  });

  test('walks forth step by step after several rewinds, also over restarts', async () => {
    const trees = await threeTurns();
    for (const n of [3, 2, 1]) {
      await rewind(`m${n}`);
      expect(await world.tree()).toEqual(trees[n - 1]);
      await reopen();
    }
    for (const n of [1, 2, 3]) {
      await redo();
      expect(await world.tree()).toEqual(trees[n]);
      await reopen();
    }
    expect(checkpoints.canRedo()).toBe(false);
    await rewind('m1');
    expect(await world.tree()).toEqual(trees[0]);
  });

  test('can be followed by a rewind to any message', async () => {
    const trees = await threeTurns();
    await rewind('m1');
    await redo();
    await rewind('m3');
    expect(await world.tree()).toEqual(trees[2]);
    await redo();
    await rewind('m2');
    expect(await world.tree()).toEqual(trees[1]);
  });

  test('is offered after a new turn too, and then the new branch is', async () => {
    const trees = await threeTurns();
    await rewind('m2');
    await world.agent(checkpoints, 'm4', { 'a.txt': '4', 'other/4.txt': '4' });
    const branch = await world.tree();
    await reopen();
    expect(checkpoints.canRedo()).toBe(true);
    await redo();
    expect(await world.tree()).toEqual(trees[3]);
    expect(checkpoints.canRedo()).toBe(true);
    await redo();
    expect(await world.tree()).toEqual(branch);
    await redo();
    expect(await world.tree()).toEqual(trees[3]);
  });

  test('walks forth to the end of the old branch before it offers the new one', async () => {
    const trees = await threeTurns();
    await rewind('m3');
    await rewind('m1');
    await world.agent(checkpoints, 'm4', { 'new.txt': '4' });
    const branch = await world.tree();
    await redo();
    expect(await world.tree()).toEqual(trees[2]);
    await redo();
    expect(await world.tree()).toEqual(trees[3]);
    await redo();
    expect(await world.tree()).toEqual(branch);
  });

  test('makes the messages of the branch it left unknown to a rewind, and knows them again when it is back', async () => {
    const trees = await threeTurns();
    await rewind('m2');
    const start = await world.tree();
    await world.agent(checkpoints, 'm4', { 'a.txt': '4' });
    await redo();
    expect(await rewind('m4')).toMatchObject({ canRewind: false });
    expect(await world.tree()).toEqual(trees[3]);
    await redo();
    await rewind('m4');
    expect(await world.tree()).toEqual(start);
  });

  test('of a rewind of one file brings that file', async () => {
    const trees = await threeTurns();
    await rewind('m1', [world.at('a.txt')]);
    await redo();
    expect(await world.tree()).toEqual(trees[3]);
  });

  test('leaves what the user changed since, and can be tried again', async () => {
    await threeTurns();
    await rewind('m2');
    await world.user({ 'a.txt': '1, edited' });
    expect(outcomesOf(await redo(), world)).toEqual({
      'a.txt': 'conflicted',
      'b.txt': 'restored',
      'x/1.txt': 'restored',
      'x/y/2.txt': 'restored',
      'z/3.txt': 'restored',
    });
    expect(await world.tree()).toMatchObject({ 'a.txt': '644 1, edited', 'b.txt': '644 2' });
    await reopen();
    expect(outcomesOf(await redo(), world)).toEqual({ 'a.txt': 'conflicted' });
    await checkpoints.redo({ dryRun: false, mode: 'overwrite' });
    expect(await world.tree()).toMatchObject({ 'a.txt': '644 3' });
    expect(checkpoints.canRedo()).toBe(false);
  });

  test('leaves what the user put between the rewind and a new turn', async () => {
    await threeTurns();
    await rewind('m3');
    await world.user({ 'a.txt': '2, edited' });
    await world.agent(checkpoints, 'm4', { 'a.txt': '2, edited, 4' });
    expect(outcomesOf(await redo(), world)).toMatchObject({ 'a.txt': 'conflicted', 'z/3.txt': 'restored' });
    expect(await world.tree()).toMatchObject({ 'a.txt': '644 2, edited, 4', 'z/3.txt': '644 3' });
  });

  test('does not count a rewind that had nothing to do', async () => {
    await world.user({ 'a.txt': '0' });
    await world.agent(checkpoints, 'm1', { 'a.txt': '1' });
    await world.user({ 'a.txt': '0' });
    expect(outcomesOf(await rewind('m1'), world)).toEqual({ 'a.txt': 'unchanged' });
    expect(checkpoints.canRedo()).toBe(false);
    expect(await rewind('m1')).toMatchObject({ canRewind: false });
  });
});
