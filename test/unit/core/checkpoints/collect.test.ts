import { describe, expect, test } from 'vitest';
import { collectStores } from '../../../../src/core/checkpoints/collectStores.ts';
import type { Log, Storage } from '../../../../src/core/ports.ts';
import { createMemoryClock } from '../../../support/memory/clock.ts';
import { MemoryStorage } from '../../../support/memory/storage.ts';
import { copyWorld, createMemoryWorld, type MemoryWorld } from './world.ts';

const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A turn for each: one file that is changed in all of them, and one that is made in each and not compressed away. */
async function work(world: MemoryWorld, turns: number): Promise<void> {
  const checkpoints = await world.open();
  for (let turn = 1; turn <= turns; turn += 1) {
    checkpoints.beginTurn(`m${turn}`);
    await world.agent(checkpoints, `m${turn}`, {
      'same.txt': `turn ${turn}\n`,
      [`made-${turn}.txt`]: crypto.getRandomValues(new Uint8Array(2000)),
    });
  }
  await checkpoints.close();
}

/** `expected`: as it was before the hundred turns that are kept. */
async function workOnTop() {
  const world = await createMemoryWorld();
  await work(world, 30);
  const expected = await world.tree();
  const checkpoints = await world.open();
  for (let turn = 31; turn <= 130; turn += 1) {
    checkpoints.beginTurn(`m${turn}`);
    await world.agent(checkpoints, `m${turn}`, {
      'same.txt': `turn ${turn}\n`,
      [`made-${turn % 7}.txt`]: `${turn}`,
    });
  }
  await checkpoints.close();
  return { world, expected };
}

async function sizeOf(storage: MemoryStorage): Promise<number> {
  const [folder] = await storage.list(['checkpoints']);
  const files = await storage.list(['checkpoints', folder?.name ?? '', 'sessions', 'session']);
  return files.reduce((sum, { size }) => sum + size, 0);
}

async function rewindTo(world: MemoryWorld, turn: number) {
  const checkpoints = await world.open();
  const answer = await checkpoints.rewind({ userMessageId: `m${turn}`, dryRun: false, mode: 'merge' });
  await checkpoints.close();
  return answer;
}

describe('a session with more checkpoints than are kept', () => {
  test('forgets the oldest turns when it is opened, and takes less room', async () => {
    const world = await createMemoryWorld();
    await work(world, 200);
    const full = await sizeOf(world.storage);
    const checkpoints = await world.open();
    expect(checkpoints.list()).toHaveLength(100);
    expect(checkpoints.list()[0]?.userMessageId).toBe('m101');
    await checkpoints.close();
    expect(await sizeOf(world.storage)).toBeLessThan(full * 0.7);
    expect(await rewindTo(world, 100)).toMatchObject({ canRewind: false });
  });

  test('goes back to the oldest turn that is kept, byte for byte', async () => {
    const { world, expected } = await workOnTop();
    await rewindTo(world, 31);
    expect(await world.tree()).toEqual(expected);
  });

  test('is left alone as long as it is only little over', async () => {
    const world = await createMemoryWorld();
    await work(world, 120);
    const checkpoints = await world.open();
    expect(checkpoints.list()).toHaveLength(120);
    await checkpoints.close();
  });

  test('loses nothing that is kept, wherever the dropping fails or is cut off', async () => {
    const { world, expected } = await workOnTop();
    let isDone = false;
    for (let at = 1; !isDone; at += 1) {
      for (const fault of [
        { kind: 'crash', torn: true },
        { kind: 'fail', code: 'ENOSPC' },
      ] as const) {
        const copy = copyWorld(world);
        copy.faults.arm(at, fault);
        const opened = await copy.open().catch(() => undefined);
        isDone = copy.faults.trace.length < at;
        copy.faults.disarm();
        if (!copy.faults.isDead) await opened?.close();
        await copy.die();
        expect(await rewindTo(copy, 31)).toMatchObject({ canRewind: true });
        expect(await copy.tree(), `${fault.kind} at ${at}`).toEqual(expected);
      }
    }
  });
});

function delegate(storage: Storage): Storage {
  return {
    openAppend: (path) => storage.openAppend(path),
    list: (path) => storage.list(path),
    readFile: (path) => storage.readFile(path),
    writeFile: (path, bytes) => storage.writeFile(path, bytes),
    remove: (path) => storage.remove(path),
    removeFolder: (path) => storage.removeFolder(path),
    locate: (path) => storage.locate(path),
    lock: (path) => storage.lock(path),
  };
}

const DAY = 24 * 60 * 60 * 1000;

describe('the stores of other sessions', () => {
  const folder = ['checkpoints', 'root'];

  /** Name -> days since it was used. */
  async function createStores(ages: Readonly<Record<string, number>>) {
    const storage = new MemoryStorage();
    for (const name of Object.keys(ages))
      await storage.writeFile([...folder, 'sessions', name, '0001.pack'], new Uint8Array(1000));
    const clock = createMemoryClock();
    const aged: Storage = {
      ...delegate(storage),
      list: async (path: readonly string[]) =>
        (await storage.list(path)).map((file) => ({
          ...file,
          mtimeMs: clock.now() - (ages[path.at(-1) ?? ''] ?? 0) * DAY,
        })),
    };
    const names = async (): Promise<string[]> =>
      (await storage.list([...folder, 'sessions'])).map(({ name }) => name).sort();
    return { storage: aged, clock, names };
  }

  test('go when nobody has used them for thirty days', async () => {
    const { storage, clock, names } = await createStores({ old: 31, young: 29 });
    await collectStores({ storage, clock, log: quiet, folder });
    expect(await names()).toEqual(['young']);
  });

  test('go, the oldest first, where all together take too much', async () => {
    const { storage, clock, names } = await createStores({ a: 3, b: 2, c: 1 });
    await collectStores({ storage, clock, log: quiet, folder, most: 1500 });
    expect(await names()).toEqual(['c']);
  });

  test('go where the disk is nearly full', async () => {
    const { storage, clock, names } = await createStores({ a: 3, b: 2 });
    const full: Storage = { ...storage, freeBytes: async () => 20_000 };
    await collectStores({ storage: full, clock, log: quiet, folder });
    expect(await names()).toEqual(['b']);
  });

  test('stay while they are open, or while a rewind of theirs is cut off', async () => {
    const { storage, clock, names } = await createStores({ open: 40, cut: 40, gone: 40 });
    await storage.lock([...folder, 'sessions', 'open', 'lock']);
    await storage.writeFile([...folder, 'unfinished', 'cut'], new Uint8Array());
    await collectStores({ storage, clock, log: quiet, folder });
    expect(await names()).toEqual(['cut', 'open']);
  });
});
