// Where case doesn't count: names that are spelled anew come back with their spelling.

import { beforeEach, describe, expect, test } from 'vitest';
import type { Checkpoints } from '../../../../../src/core/checkpoints/checkpoints.ts';
import { copyWorld, createMemoryWorld, type MemoryWorld, outcomesOf } from '../world.ts';

let world: MemoryWorld;
let checkpoints: Checkpoints;

beforeEach(async () => {
  world = await createMemoryWorld({ caseInsensitive: true, capture: true });
  await world.user({ README: 'old', 'Src/a.txt': 'one', 'Src/Deep/b.txt': 'two' });
  checkpoints = await world.open();
  checkpoints.beginTurn('m1');
});

/** `mv`, as programs do it where one name is the other. */
async function move(path: string, name: string): Promise<void> {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  await world.files.rename(world.at(path), 'between');
  await world.files.rename(world.at(`${folder}between`), name);
}

async function command(change: () => Promise<void>, userMessageId = 'm1'): Promise<void> {
  const recorder = checkpoints.record({ userMessageId, toolUseId: userMessageId, origin: 'shell' });
  await recorder.expectChanges('shell');
  await change();
  await recorder.finish();
}

const rewind = (options: { readonly paths?: readonly string[] } = {}) =>
  checkpoints.rewind({ userMessageId: 'm1', dryRun: false, mode: 'merge', ...options });

/** Names in the order of the letters. */
async function tree(): Promise<unknown> {
  return Object.fromEntries(
    Object.entries(await world.tree()).sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}

describe('a command that spells a name anew is taken back and done again', () => {
  test.each<{ readonly what: string; readonly change: () => Promise<void> }>([
    { what: 'a file', change: () => move('README', 'readme') },
    { what: 'a file, the other way round in the order of letters', change: () => move('Src/a.txt', 'A.TXT') },
    {
      what: 'a file, and what is in it',
      change: async () => {
        await move('README', 'readme');
        await world.user({ readme: 'new' });
      },
    },
    {
      what: 'a file that is removed and made',
      change: async () => {
        await world.user({ README: null });
        await world.user({ readme: 'new' });
      },
    },
    { what: 'a folder', change: () => move('Src', 'src') },
    {
      what: 'a folder with folders and changes in it',
      change: async () => {
        await move('Src/Deep/b.txt', 'B.txt');
        await move('Src/Deep', 'DEEP');
        await move('Src', 'src');
        await world.user({ 'src/a.txt': 'changed', 'src/DEEP/new.txt': 'new' });
      },
    },
    {
      what: 'a file that became a folder',
      change: async () => {
        await world.user({ README: null });
        await world.user({ 'readme/in.txt': 'x' });
      },
    },
  ])('$what', async ({ change }) => {
    const before = await tree();
    await command(change);
    const after = await tree();
    expect(after).not.toEqual(before);
    await rewind();
    expect(await tree()).toEqual(before);
    await checkpoints.redo({ dryRun: false });
    expect(await tree()).toEqual(after);
    await rewind();
    expect(await tree()).toEqual(before);
    expect(world.logged).toEqual([]);
  });
});

test('a file that was only spelled anew is told of, and is the same file after a rewind', async () => {
  const ino = (await world.files.lstat(world.at('README')))?.ino;
  await command(() => move('README', 'readme'));
  expect(checkpoints.list().map(({ files }) => files)).toEqual([
    [{ path: world.at('readme'), change: 'modified', insertions: 0, deletions: 0 }],
  ]);
  const preview = await checkpoints.rewind({ userMessageId: 'm1', dryRun: true, mode: 'merge' });
  expect(outcomesOf(preview, world)).toEqual({ readme: 'restored' });
  expect(await tree()).toMatchObject({ readme: '644 old' });
  await rewind();
  expect((await world.files.lstat(world.at('README')))?.ino).toBe(ino);
  expect(await tree()).toMatchObject({ README: '644 old' });
});

test('a file that was spelled anew and then removed comes back under the name it had', async () => {
  const before = await tree();
  await command(() => move('README', 'readme'));
  await command(() => world.user({ readme: null }), 'm2');
  await rewind();
  expect(await tree()).toEqual(before);
});

test('a name that the user has spelled anew since stays, and what the agent changed is taken back', async () => {
  await command(async () => {
    await move('README', 'readme');
    await world.user({ readme: 'new' });
  });
  await move('readme', 'ReadMe');
  await rewind();
  expect(await tree()).toMatchObject({ ReadMe: '644 old' });
});

test('a name that the user has given its spelling back needs nothing', async () => {
  await command(() => move('README', 'readme'));
  await move('readme', 'README');
  expect(outcomesOf(await rewind(), world)).toEqual({ readme: 'unchanged' });
  expect(await tree()).toMatchObject({ README: '644 old' });
});

test('one file of a command is taken back with its spelling, another not', async () => {
  await command(async () => {
    await move('README', 'readme');
    await move('Src/a.txt', 'A.txt');
  });
  await rewind({ paths: [world.at('readme')] });
  expect(Object.keys(await world.tree())).toEqual(expect.arrayContaining(['README', 'Src/A.txt']));
  await rewind();
  expect(Object.keys(await world.tree())).toEqual(expect.arrayContaining(['README', 'Src/a.txt']));
});

test('what a tool writes under another spelling is one file with what a command has spelled anew', async () => {
  const before = await tree();
  await command(() => move('README', 'readme'));
  await world.agent(checkpoints, 'm2', { ReadMe: 'by a tool' });
  await rewind();
  expect(await tree()).toEqual(before);
});

test('a spelling outlives the session', async () => {
  const before = await tree();
  await command(() => move('Src', 'src'));
  await command(() => move('src/a.txt', 'A.txt'), 'm2');
  await checkpoints.close();
  checkpoints = await world.open();
  await rewind();
  expect(await tree()).toEqual(before);
  await checkpoints.close();
  checkpoints = await world.open();
  await checkpoints.redo({ dryRun: false });
  expect(Object.keys(await world.tree())).toEqual(expect.arrayContaining(['src/A.txt']));
});

test('a crash or a failure at any step of a rewind is made up for at the next start, or by the next rewind', async () => {
  const before = await tree();
  await command(async () => {
    await move('README', 'readme');
    await move('Src/Deep', 'DEEP');
    await move('Src', 'src');
    await world.user({ 'src/a.txt': 'changed' });
  });
  await checkpoints.close();
  const begun = world;
  for (const kind of ['crash', 'fail'] as const) {
    for (let at = 1, isHit = true; isHit; at += 1) {
      world = copyWorld(begun);
      checkpoints = await world.open();
      world.faults.arm(at, kind === 'crash' ? { kind, torn: false } : { kind, code: 'EIO' });
      const trace = world.faults.trace.length;
      await rewind().catch(() => undefined);
      isHit = world.faults.trace.length - trace >= at;
      if (kind === 'crash') await world.die();
      else await checkpoints.close();
      world.faults.disarm();
      checkpoints = await world.open();
      await rewind();
      expect({ kind, at, tree: await tree() }).toEqual({ kind, at, tree: before });
      await checkpoints.close();
    }
  }
});

test('what the user makes in the place of a name that a crash has left in between is kept, and the file with it', async () => {
  await command(() => move('README', 'readme'));
  await checkpoints.close();
  const begun = world;
  let met = 0;
  for (let at = 1, isHit = true; isHit; at += 1) {
    world = copyWorld(begun);
    checkpoints = await world.open();
    world.faults.arm(at, { kind: 'crash', torn: false });
    const trace = world.faults.trace.length;
    await rewind().catch(() => undefined);
    isHit = world.faults.trace.length - trace >= at;
    await world.die();
    world.faults.disarm();
    const isBetween = Object.keys(await world.tree()).some((name) => name.startsWith('.belay-'));
    if (isBetween) await world.user({ README: 'mine' });
    checkpoints = await world.open();
    if (isBetween) {
      met += 1;
      const contents = Object.entries(await world.tree());
      expect(contents).toContainEqual(['README', '644 mine']);
      expect(contents.map(([, content]) => content)).toContain('644 old');
    }
    await checkpoints.close();
  }
  expect(met).toBeGreaterThan(0);
});
