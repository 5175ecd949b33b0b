import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Checkpoints } from '../../../../../src/core/checkpoints/checkpoints.ts';
import { createCheckpoints } from '../../../../../src/core/checkpoints/createCheckpoints.ts';
import type { TreeScanners } from '../../../../../src/core/checkpoints/tree/treeScanner.ts';
import { createMemoryClock } from '../../../../support/memory/clock.ts';
import { MemoryFileSystem } from '../../../../support/memory/fileSystem.ts';
import { MemoryStorage } from '../../../../support/memory/storage.ts';
import { createMemoryScanners } from '../../../../support/memory/treeScanners.ts';
import { toBytes } from '../world.ts';

/** To look at everything takes so long. Milliseconds. */
const LOOK = 400;

const clock = createMemoryClock();
let files: MemoryFileSystem;
let checkpoints: Checkpoints;
let looks: number;
let saved: string[];
/** What happens just behind a look. */
let behindLook: () => Promise<void>;

/** Looks at a folder that takes long. */
function slowly(scanners: TreeScanners): TreeScanners {
  return {
    ...scanners,
    open(options) {
      const scanner = scanners.open(options);
      return {
        ...scanner,
        async scan(scanOptions) {
          looks += 1;
          const result = await scanner.scan(scanOptions);
          clock.advance(LOOK);
          await behindLook();
          return result;
        },
      };
    },
  };
}

beforeEach(async () => {
  looks = 0;
  saved = [];
  behindLook = async () => {};
  files = new MemoryFileSystem();
  await files.makeDirectory('/work');
  await files.writeFile('/work/a.txt', toBytes('old'));
  checkpoints = await createCheckpoints({
    ...{ files, clock, storage: new MemoryStorage(), sessionId: 's', workspace: { roots: ['/work'] } },
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    createId: () => crypto.randomUUID(),
    capture: {
      scanners: slowly(createMemoryScanners(files)),
      trusted: true,
      takeSaves: async () => saved.splice(0).map((path) => ({ path })),
    },
  });
  // Everything has been looked at once.
  await command('first', async () => {});
  looks = 0;
});

afterEach(() => checkpoints.close());

async function command(id: string, task: () => Promise<void>): Promise<void> {
  const recorder = checkpoints.record({ userMessageId: id, toolUseId: id, origin: 'shell' });
  await recorder.expectChanges('shell');
  await task();
  await recorder.finish();
}

async function openCall(id: string) {
  const recorder = checkpoints.record({ userMessageId: id, toolUseId: id, origin: 'shell' });
  await recorder.expectChanges('shell');
  return recorder;
}

test('what was looked at for a call is not looked at again, however long the look took', async () => {
  checkpoints.prepare();
  const call = await openCall('m');
  expect(looks).toBe(1);
  await call.finish();
});

test('what was looked at too long ago is looked at again', async () => {
  const looked = new Promise<void>((resolve) => {
    behindLook = async () => resolve();
  });
  checkpoints.prepare();
  await looked;
  // What the look found is taken note of.
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  clock.advance(LOOK);
  looks = 0;
  const call = await openCall('m2');
  expect(looks).toBe(1);
  await call.finish();
});

test('what the user saves behind the look stays theirs', async () => {
  behindLook = async () => {
    behindLook = async () => {};
    await files.writeFile('/work/a.txt', toBytes('mine'));
    saved.push('/work/a.txt');
  };
  checkpoints.prepare();
  await command('m', async () => {
    await files.writeFile('/work/b.txt', toBytes('by the command'));
  });
  const answer = await checkpoints.rewind({ userMessageId: 'm', dryRun: false, mode: 'merge' });
  expect(answer.filesChanged).toEqual(['/work/b.txt']);
});
