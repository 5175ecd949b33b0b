import { describe, expect, test } from 'vitest';
import type { Checkpoints } from '../../../../src/core/checkpoints/checkpoints.ts';
import type { RewindAnswer } from '../../../../src/protocol/checkpoints.ts';
import type { Tree } from '../../../support/memory/readTree.ts';
import {
  copyWorld,
  createDiskWorld,
  createMemoryWorld,
  type MemoryWorld,
  outcomesOf,
  type World,
} from './world.ts';

const FILES = 50;

interface Prepared<Place extends World = World> {
  readonly world: Place;
  /** With the agent's changes. */
  readonly after: Tree;
  /** As a rewind to "m1" is to leave it. */
  readonly before: Tree;
}

/** Files changed, made, made in new folders, with their own modes, in two turns. */
async function prepare<Place extends World>(world: Place): Promise<Prepared<Place>> {
  const names = Array.from({ length: FILES }, (_, n) => `${n % 3 === 0 ? 'made/in/' : ''}${n}.txt`);
  for (const [n, name] of names.entries()) {
    if (n % 3 === 0) continue;
    await world.user({ [name]: `old ${n}\n` });
    if (n % 5 === 0) await world.files.setMode(world.at(name), 0o755);
  }
  const before = await world.tree();
  const checkpoints = await world.open();
  const contents = (text: string, some: readonly string[]) =>
    Object.fromEntries(some.map((name) => [name, text]));
  await world.agent(checkpoints, 'm1', contents('new\n', names));
  await world.agent(checkpoints, 'm2', contents('newer\n', names.slice(0, 20)));
  await checkpoints.close();
  for (const name of names.slice(40)) await world.files.setMode(world.at(name), 0o600);
  const after = await world.tree();
  const keepMode = (path: string, text: string) =>
    names.indexOf(path) >= 40 ? text.replace(/^\d+/, '600') : text;
  const expected = Object.entries(before).map(([path, text]) => [path, keepMode(path, text)]);
  return { world, after, before: Object.fromEntries(expected) };
}

/** Until it is on the disk. */
async function rewind(checkpoints: Checkpoints): Promise<RewindAnswer> {
  const answer = await checkpoints.rewind({ userMessageId: 'm1', dryRun: false, mode: 'merge' });
  await checkpoints.endTurn();
  return answer;
}

async function countOperations({ world, before }: Prepared<MemoryWorld>): Promise<number> {
  const copy = copyWorld(world);
  const checkpoints = await copy.open();
  const { length } = copy.faults.trace;
  await rewind(checkpoints);
  expect(await copy.tree()).toEqual(before);
  return copy.faults.trace.length - length;
}

/** The process dies at the n-th operation of the rewind. */
async function dieAt(n: number, world: World, how: { readonly torn: boolean }): Promise<void> {
  const checkpoints = await world.open();
  world.faults.arm(n, { kind: 'crash', torn: how.torn });
  await rewind(checkpoints).catch(() => undefined);
  expect(world.faults.isDead).toBe(true);
  await world.die();
}

/** All old or all new, and from both the other can be had. */
async function checkWhole(world: World, { before, after }: Omit<Prepared, 'world'>): Promise<void> {
  const checkpoints = await world.open();
  const tree = await world.tree();
  const isOld = JSON.stringify(tree) === JSON.stringify(after);
  expect(tree).toEqual(isOld ? after : before);
  for (const { files } of checkpoints.recovery.rewinds) {
    expect(files?.every(({ outcome }) => outcome === 'restored')).toBe(true);
  }
  if (isOld) await rewind(checkpoints);
  expect(await world.tree()).toEqual(before);
  expect(checkpoints.canRedo()).toBe(true);
  await checkpoints.redo({ dryRun: false });
  expect(await world.tree()).toEqual(after);
  await rewind(checkpoints);
  expect(await world.tree()).toEqual(before);
  await checkpoints.close();
}

describe('a rewind of 50 files', async () => {
  const prepared = await prepare(await createMemoryWorld());
  const operations = await countOperations(prepared);

  test('takes an operation per file and a few more', () => {
    expect(operations).toBeGreaterThan(FILES);
    expect(operations).toBeLessThan(FILES + 15);
  });

  test.each([
    { what: 'dies', losesPower: false },
    { what: 'loses power', losesPower: true },
  ])(
    'is all or nothing when the process $what at any operation',
    async ({ losesPower }) => {
      for (let n = 1; n <= operations; n += 1) {
        const world = copyWorld(prepared.world);
        await dieAt(n, world, { torn: n % 2 === 1 });
        if (losesPower) world.storage.losePower();
        await checkWhole(world, prepared);
      }
    },
    30_000,
  );

  test.each([true, false])('is all or nothing when its record is torn (%s) or missing', async (torn) => {
    for (let n = 1; n <= 6; n += 1) {
      const world = copyWorld(prepared.world);
      await dieAt(n, world, { torn });
      await checkWhole(world, prepared);
    }
  });

  test('is finished when the process dies again at any operation of its recovery', async () => {
    const dead = copyWorld(prepared.world);
    await dieAt(30, dead, { torn: true });
    for (let n = 1; n < operations - 25; n += 1) {
      const world = copyWorld(dead);
      world.faults.arm(n, { kind: 'crash', torn: true });
      await world.open().catch(() => undefined);
      await world.die();
      await checkWhole(world, prepared);
    }
  }, 30_000);

  test('is finished on the disk as in memory', async () => {
    for (const n of [Math.trunc(operations / 2), operations - 2]) {
      const world = await createDiskWorld();
      const onDisk = await prepare(world);
      await dieAt(n, world, { torn: true });
      await checkWhole(world, onDisk);
      await world.remove();
    }
  }, 30_000);

  test('leaves no mark of itself when it did not come to begin', async () => {
    for (let n = 1; n <= 6; n += 1) {
      const world = copyWorld(prepared.world);
      await dieAt(n, world, { torn: false });
      await world.open();
      expect(world.storage.paths().filter((path) => path.includes('unfinished'))).toEqual([]);
    }
  });

  test('is finished when another session of the workspace is opened first', async () => {
    const world = copyWorld(prepared.world);
    await dieAt(30, world, { torn: false });
    const other = await world.open('another');
    expect(await world.tree()).toEqual(prepared.before);
    await other.close();
    const checkpoints = await world.open();
    expect(checkpoints.canRedo()).toBe(true);
  });

  test('leaves alone what was changed between the crash and the next start, and says so', async () => {
    const world = copyWorld(prepared.world);
    await dieAt(30, world, { torn: false });
    await world.user({ '1.txt': 'mine', '49.txt': 'mine' });
    const checkpoints = await world.open();
    const [answer] = checkpoints.recovery.rewinds;
    expect(outcomesOf(answer ?? { canRewind: false }, world)).toMatchObject({
      '1.txt': 'conflicted',
      '49.txt': 'conflicted',
      '2.txt': 'restored',
    });
    expect(await world.tree()).toEqual({ ...prepared.before, '1.txt': '644 mine', '49.txt': '600 mine' });
  });

  test.each([
    { code: 'ENOSPC', when: 'once', lasting: false, every: 1 },
    { code: 'ENOSPC', when: 'from then on', lasting: true, every: 3 },
    { code: 'EACCES', when: 'once', lasting: false, every: 5 },
    { code: 'EBUSY', when: 'once', lasting: false, every: 5 },
    { code: 'EROFS', when: 'from then on', lasting: true, every: 5 },
  ])(
    'that meets $code $when writes nothing half, tells what it did, and can be tried again',
    async (given) => {
      for (let n = 1; n <= operations; n += given.every) {
        const world = copyWorld(prepared.world);
        const checkpoints = await world.open();
        world.faults.arm(n, { kind: 'fail', code: given.code }, { lasting: given.lasting });
        await checkTold(await rewind(checkpoints), { ...prepared, world, code: given.code });
        await world.die();
        const again = await world.open();
        await rewind(again);
        expect(await world.tree()).toEqual(prepared.before);
        await again.close();
      }
    },
    30_000,
  );
});

/** Each file is as the answer says, entirely old or entirely new. */
async function checkTold(
  answer: RewindAnswer,
  { world, before, after, code }: Prepared & { readonly code: string },
): Promise<void> {
  const tree = await world.tree();
  for (const { path, outcome, reason } of answer.files ?? []) {
    const name = path.slice(world.root.length + 1);
    expect([outcome, tree[name]]).toEqual([outcome, (outcome === 'restored' ? before : after)[name]]);
    if (outcome !== 'restored') expect(reason).toContain(code);
  }
  if (answer.canRewind) return;
  expect(answer.error).toContain(code);
  expect(tree).toEqual(after);
}
