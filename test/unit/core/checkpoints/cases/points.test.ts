import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type {
  Checkpoints,
  FileVersion,
  RewindPoint,
} from '../../../../../src/core/checkpoints/checkpoints.ts';
import { findHunks } from '../../../../../src/core/checkpoints/textHunks.ts';
import type { Tree } from '../../../../support/memory/readTree.ts';
import { createMemoryWorld, outcomesOf, type World, worlds } from '../world.ts';
import { runShell } from './shell.ts';

describe.each(worlds)('a rewind ($name)', ({ create }) => {
  let world: World;
  let checkpoints: Checkpoints;

  beforeEach(async () => {
    world = await create();
    await world.user({ 'a.txt': '0', 'gone.txt': 'gone' });
  });
  afterEach(async () => {
    await checkpoints.close();
    await world.remove();
  });

  const rewind = (point: RewindPoint) => checkpoints.rewind({ ...point, dryRun: false, mode: 'merge' });

  /** Three calls in two turns; the trees before each, and after all. */
  async function threeCalls(): Promise<readonly Tree[]> {
    const trees = [await world.tree()];
    await runShell(world, () => world.user({ 'a.txt': '1', 'made/1.txt': '1' }), { toolUseId: 'call-1' });
    trees.push(await world.tree());
    await runShell(world, () => world.user({ 'a.txt': '2', 'gone.txt': null }), { toolUseId: 'call-2' });
    trees.push(await world.tree());
    await runShell(world, () => world.user({ 'a.txt': '3' }), { userMessageId: 'm2', toolUseId: 'call-3' });
    trees.push(await world.tree());
    checkpoints = await world.open();
    return trees;
  }

  test('goes to just before any tool call', async () => {
    const trees = await threeCalls();
    for (const n of [3, 2, 1]) {
      await rewind({ toolUseId: `call-${n}` });
      expect(await world.tree()).toEqual(trees[n - 1]);
    }
    expect(await rewind({ toolUseId: 'call-9' })).toEqual({
      canRewind: false,
      error: 'There is no record of this tool call, so nothing can be taken back.',
    });
  });

  test('takes files to points of their own, as one rewind that one redo takes back', async () => {
    const trees = await threeCalls();
    const answer = await checkpoints.rewind({
      toolUseId: 'call-3',
      paths: [world.at('a.txt')],
      further: [
        { toolUseId: 'call-2', paths: [world.at('gone.txt'), world.at('a.txt')] },
        { toolUseId: 'call-1', paths: [world.at('made/1.txt')] },
      ],
      dryRun: false,
      mode: 'merge',
    });
    expect(outcomesOf(answer, world)).toEqual({
      'a.txt': 'restored',
      'gone.txt': 'restored',
      'made/1.txt': 'restored',
    });
    // What is named twice goes back furthest, and the folder of what goes, goes with it.
    expect(await world.tree()).toEqual({ 'a.txt': '644 1', 'gone.txt': '644 gone' });
    expect(checkpoints.list().filter(({ origin }) => origin === 'rewind')).toHaveLength(1);
    await checkpoints.redo({ dryRun: false });
    expect(await world.tree()).toEqual(trees[3]);
    const unknown = { toolUseId: 'call-9', paths: [world.at('a.txt')] };
    expect(
      await checkpoints.rewind({ toolUseId: 'call-3', further: [unknown], dryRun: false, mode: 'merge' }),
    ).toMatchObject({ canRewind: false });
    expect(await world.tree()).toEqual(trees[3]);
  });

  test('goes to just before any rewind, whatever came later: no branch is lost', async () => {
    const trees = await threeCalls();
    await rewind({ userMessageId: 'm1' });
    const first = checkpoints.list().at(-1)?.id ?? '';
    await world.agent(checkpoints, 'm3', { 'a.txt': 'branch', 'branch.txt': 'branch' });
    const branch = await world.tree();
    await rewind({ userMessageId: 'm3' });
    const second = checkpoints.list().at(-1)?.id ?? '';
    expect(await world.tree()).toEqual(trees[0]);
    expect(checkpoints.redoable()).toEqual([second, first]);
    await checkpoints.close();
    checkpoints = await world.open();
    for (const [id, tree] of [
      [first, trees[3]],
      [second, branch],
      [first, trees[3]],
    ] as const) {
      await rewind({ checkpointId: id });
      expect(await world.tree()).toEqual(tree);
    }
    await rewind({ userMessageId: 'm1' });
    expect(await world.tree()).toEqual(trees[0]);
  });

  test('goes to just before a checkpoint of a call', async () => {
    const trees = await threeCalls();
    const [, second] = checkpoints.list();
    await rewind({ checkpointId: second?.id ?? '' });
    expect(await world.tree()).toEqual(trees[1]);
  });

  test('is told in the list: what is taken back by now', async () => {
    await threeCalls();
    const takenBack = () =>
      checkpoints
        .list()
        .map(({ id }) =>
          (checkpoints.takenBack().get(id) ?? []).map((path) => path.slice(world.root.length + 1)),
        );
    expect(takenBack()).toEqual([[], [], []]);
    await rewind({ toolUseId: 'call-2' });
    expect(takenBack()).toEqual([[], ['a.txt', 'gone.txt'], ['a.txt'], []]);
    await checkpoints.redo({ dryRun: false });
    expect(takenBack()).toEqual([[], [], [], [], []]);
  });

  test('tells what one call did by itself, and what a rewind did', async () => {
    await threeCalls();
    const read = async (point: RewindPoint, scope: 'since' | 'alone', name = 'a.txt') => {
      const versions = await checkpoints.versions({ ...point, scope, path: world.at(name) });
      const toText = (version: FileVersion | null) =>
        version?.bytes ? new TextDecoder().decode(version.bytes) : null;
      return versions && [toText(versions.before), toText(versions.after)];
    };
    expect(await read({ toolUseId: 'call-2' }, 'alone')).toEqual(['1', '2']);
    expect(await read({ toolUseId: 'call-2' }, 'since')).toEqual(['1', '3']);
    expect(await read({ userMessageId: 'm1' }, 'alone')).toEqual(['0', '2']);
    expect(await read({ toolUseId: 'call-2' }, 'alone', 'gone.txt')).toEqual(['gone', null]);
    expect(await read({ toolUseId: 'call-3' }, 'alone', 'gone.txt')).toBeUndefined();
    await rewind({ toolUseId: 'call-2' });
    expect(await read({ checkpointId: checkpoints.list().at(-1)?.id ?? '' }, 'alone')).toEqual(['3', '1']);
  });

  test('takes only the chosen changes of a file back, also where the user changed it elsewhere', async () => {
    const text = (...changed: readonly number[]) =>
      Array.from({ length: 12 }, (_, n) => `${changed.includes(n) ? 'changed' : 'line'} ${n}\n`).join('');
    await world.user({ 'b.txt': text() });
    const before = await world.tree();
    checkpoints = await world.open();
    await world.agent(checkpoints, 'm1', { 'b.txt': text(1, 5, 9), 'a.txt': '1' });
    const path = world.at('b.txt');
    const idsOf = async () => {
      const versions = await checkpoints.versions({ userMessageId: 'm1', path, scope: 'since' });
      return (
        findHunks(
          versions?.before?.bytes ?? new Uint8Array(),
          versions?.after?.bytes ?? new Uint8Array(),
        )?.map(({ id }) => id) ?? []
      );
    };
    const [first = '', second = '', third = ''] = await idsOf();
    const take = (ids: readonly string[], dryRun = false) =>
      checkpoints.rewind({ userMessageId: 'm1', dryRun, mode: 'merge', hunks: { [path]: ids } });
    expect((await take([second], true)).files).toMatchObject([
      { path, outcome: 'restored', insertions: 1, deletions: 1 },
    ]);
    await take([second]);
    expect(await world.tree()).toMatchObject({ 'b.txt': `644 ${text(1, 9)}`, 'a.txt': '644 1' });
    expect(await idsOf()).toEqual([first, third]);
    await world.user({ 'b.txt': text(1, 9, 11) });
    await take([first]);
    expect(await world.tree()).toMatchObject({ 'b.txt': `644 ${text(9, 11)}` });
    expect(outcomesOf(await take([first]), world)).toEqual({ 'b.txt': 'skipped' });
    await checkpoints.redo({ dryRun: false });
    expect(await world.tree()).toMatchObject({ 'b.txt': `644 ${text(1, 9, 11)}` });
    await rewind({ userMessageId: 'm1' });
    expect(await world.tree()).toEqual({ ...before, 'b.txt': `644 ${text(11)}` });
  });
});

describe('rewinds of single files', () => {
  const name = fc.constantFrom('a', 'b', 'x/c', 'x/d', 'y/z/e');
  const turn = fc.dictionary(name, fc.constantFrom('one\n', 'two\n', ''), { minKeys: 1 });

  test('in any order, and then of the rest, lead to the same as one of all', async () => {
    const property = fc.asyncProperty(
      turn,
      fc.array(turn, { minLength: 1, maxLength: 5 }),
      fc.array(fc.record({ name, turn: fc.nat(4) }), { maxLength: 8 }),
      async (own, turns, single) => {
        const world = await createMemoryWorld();
        await world.user(own);
        const before = await world.tree();
        const checkpoints = await world.open();
        for (const [n, contents] of turns.entries()) await world.agent(checkpoints, `m${n}`, contents);
        const all = { userMessageId: 'm0', dryRun: false, mode: 'merge' } as const;
        for (const one of single) {
          const userMessageId = `m${one.turn}`;
          await checkpoints.rewind({ ...all, userMessageId, paths: [world.at(one.name)] });
        }
        await checkpoints.rewind(all);
        expect(await world.tree()).toEqual(before);
        await checkpoints.close();
      },
    );
    await fc.assert(property, { numRuns: 200 });
  }, 60_000);
});
