import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { FileIndex, type FileIndexDeps } from '../../../../src/core/context/fileIndex.ts';
import { createNodeClock } from '../../../../src/node/clock.ts';
import { createTestProcesses } from '../../../support/testProcesses.ts';
import { createHarness } from '../tools/toolHarness.ts';

let processes: Awaited<ReturnType<typeof createTestProcesses>>;

beforeAll(async () => {
  processes = await createTestProcesses();
}, 300_000);

interface World extends Partial<FileIndexDeps['ports']> {
  readonly files?: never;
}

/** An index over a folder, and how often its files were listed. */
async function createWorld(changes: World = {}) {
  const { folder, context } = await createHarness({ processes });
  const write = async (path: string, text = ''): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  let listings = 0;
  const { workspace, log, files } = context;
  const counted: FileIndexDeps['ports']['processes'] = {
    ...processes,
    run: (...given) => {
      listings += 1;
      return processes.run(...given);
    },
  };
  // Whatever it took, it may be listed again at once, and nobody loses patience.
  const clock = { ...createNodeClock(), monotonic: () => 0, sleep: () => new Promise<void>(() => {}) };
  const index = new FileIndex({
    ports: { workspace, log, files: files as never, clock, processes: counted, ...changes },
  });
  const find = async (wanted: string): Promise<readonly string[]> =>
    (await index.search({ wanted, most: 5, accept: () => true })).map(({ path }) => path);
  return { folder, write, index, find, listings: () => listings };
}

describe('the files of a workspace', () => {
  it('are listed once, and searched from then on', async () => {
    const world = await createWorld();
    await world.write('.gitignore', 'dist\n');
    await world.write('.git/HEAD');
    await world.write('src/main.ts');
    await world.write('dist/main.js');
    await world.write('.github/main.yml');
    expect(await world.find('main')).toEqual(['src/main.ts', '.github/main.yml']);
    for (const wanted of ['m', 'ma', 'mai']) await world.find(wanted);
    expect(world.listings()).toBe(1);
  });

  it('are listed anew when one has come or gone, as the watcher says or the session itself', async () => {
    const news = { count: 0, hidden: [] as string[] };
    const world = await createWorld({ fileNews: { now: async () => news } });
    await world.write('old.ts');
    expect(await world.find('ts')).toEqual(['old.ts']);
    await world.write('new.ts');
    expect(await world.find('ts')).toEqual(['old.ts']);
    news.count += 1;
    expect(await world.find('ts')).toEqual(['new.ts', 'old.ts']);
    await rm(join(world.folder, 'old.ts'));
    world.index.changed();
    expect(await world.find('ts')).toEqual(['new.ts']);
    expect(world.listings()).toBe(3);
  });

  it('that the editor hides are left out, and come with the setting', async () => {
    const news = { count: 0, hidden: ['**/*.map', 'out'] };
    const world = await createWorld({ fileNews: { now: async () => news } });
    for (const path of ['a.map', 'sub/b.map', 'out/c.ts', 'sub/out/d.ts']) await world.write(path);
    expect(await world.find('.')).toEqual(['sub/out/d.ts']);
    news.hidden = [];
    expect(await world.find('.map')).toEqual(['a.map', 'sub/b.map']);
  });

  it('are those of before for as long as a new listing takes', async () => {
    const news = { count: 0, hidden: [] };
    let hold: Promise<void> | undefined;
    let late = (): void => {};
    const run: FileIndexDeps['ports']['processes']['run'] = async (...given) => {
      await hold;
      return processes.run(...given);
    };
    const world = await createWorld({
      fileNews: { now: async () => news },
      processes: { ...processes, run },
      clock: {
        ...createNodeClock(),
        monotonic: () => 0,
        sleep: () =>
          new Promise((resolve) => {
            late = resolve;
          }),
      },
    });
    await world.write('old.ts');
    expect(await world.find('ts')).toEqual(['old.ts']);
    let go = (): void => {};
    hold = new Promise((resolve) => {
      go = resolve;
    });
    await world.write('new.ts');
    news.count += 1;
    const found = world.find('ts');
    await Promise.resolve();
    late();
    expect(await found).toEqual(['old.ts']);
    const next = world.find('ts');
    go();
    expect(await next).toEqual(['new.ts', 'old.ts']);
  });

  it('are found folder by folder where there is no ripgrep', async () => {
    const world = await createWorld({ processes: { ...processes, ripgrep: async () => undefined } });
    await world.write('src/main.ts');
    await world.write('node_modules/main/index.js');
    expect(await world.find('main')).toEqual(['src/main.ts']);
  });

  it('can not be listed: then there are none, and the next search tries again', async () => {
    let isBroken = true;
    const run: FileIndexDeps['ports']['processes']['run'] = async (...given) => {
      if (isBroken) throw new Error('out of processes');
      return processes.run(...given);
    };
    const world = await createWorld({ processes: { ...processes, run } });
    await world.write('a.ts');
    expect(await world.find('a')).toEqual([]);
    isBroken = false;
    expect(await world.find('a')).toEqual(['a.ts']);
  });
});
