import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { ScanError } from '../../../../src/core/checkpoints/tree/treeScanner.ts';
import { createScanners, type TreeThread } from '../../../../src/node/tree/treeScanner.ts';
import { createLocalScanners } from '../../../support/memory/treeThreads.ts';
import { createDiskWorld, outcomesOf } from '../../core/checkpoints/world.ts';
import { ScannedTree } from './scannedTree.ts';

let tree: ScannedTree;

afterEach(() => tree.remove());

interface Fate {
  /** What becomes of the first thread of two when it is asked something; the other says nothing. */
  readonly onAsked: (thread: EventEmitter) => void;
}

function mortalScanners({ onAsked }: Fate) {
  const threads: EventEmitter[] = [];
  const scanners = createScanners(() => {
    const thread = new EventEmitter();
    threads.push(thread);
    const fake: TreeThread = {
      postMessage: () => void (threads.indexOf(thread) % 2 === 0 && queueMicrotask(() => onAsked(thread))),
      on: (event: string, listener: (value: never) => void) => thread.on(event, listener as () => void),
      ref: () => undefined,
      unref: () => undefined,
      terminate: async () => void thread.emit('exit'),
    };
    return fake;
  });
  return scanners;
}

describe('a look', () => {
  test.each([
    [
      'dies of an error',
      (thread: EventEmitter) => thread.emit('error', new Error('out of memory')),
      'A thread has failed.',
    ],
    ['ends', (thread: EventEmitter) => thread.emit('exit'), 'A thread has ended.'],
    [
      'says that it failed',
      (thread: EventEmitter) => thread.emit('message', { kind: 'failed', id: 1, message: 'no' }),
      'no',
    ],
  ])('fails when a thread %s, and is over', async (_, onAsked, message) => {
    tree = new ScannedTree({ scanners: mortalScanners({ onAsked }), trusted: false });
    const scan = tree.look();
    await expect(scan).rejects.toThrow(ScanError);
    await expect(scan).rejects.toThrow(message);
    await tree.close();
  });

  test('fails when it is closed meanwhile, as does any that comes later', async () => {
    let asked: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    tree = new ScannedTree({ scanners: mortalScanners({ onAsked: () => asked() }), trusted: false });
    const scan = tree.look();
    const failed = expect(scan).rejects.toThrow(ScanError);
    await isAsked;
    const scanner = await tree.scanner();
    await scanner.close();
    await failed;
    await expect(scanner.scan({ keep: async () => undefined })).rejects.toThrow('The tree is closed.');
  });
});

test('where threads die again and again nothing is captured any more, why is told, and calls go on', async () => {
  tree = new ScannedTree();
  const scanners = mortalScanners({ onAsked: (thread) => thread.emit('error', new Error('out of memory')) });
  const world = await createDiskWorld({ capture: true, trusted: false, scanners, isVolatile: true });
  try {
    const checkpoints = await world.open();
    checkpoints.beginTurn('m1');
    await world.shell(checkpoints, 'm1', 'echo x > a.txt');
    expect(checkpoints.list()).toEqual([]);
    expect(checkpoints.captureStates()).toEqual([
      { root: world.root, state: { kind: 'off', reason: 'It could not be looked at: A thread has failed.' } },
    ]);
    await world.agent(checkpoints, 'm1', { 'b.txt': 'tool' });
    expect(await checkpoints.rewind({ userMessageId: 'm1', dryRun: false, mode: 'merge' })).toMatchObject({
      filesChanged: [world.at('b.txt')],
    });
    await checkpoints.close();
  } finally {
    await world.remove();
  }
});

test('a thread that has died is started anew, and nothing is lost or told twice', async () => {
  tree = new ScannedTree();
  let toDie = 0;
  const scanners = createLocalScanners({
    onAsked: (message, thread) => {
      if (message.kind !== 'check' || toDie === 0) return;
      toDie -= 1;
      queueMicrotask(() => thread.emit('error', new Error('out of memory')));
    },
  });
  const world = await createDiskWorld({ capture: true, trusted: false, scanners, isVolatile: true });
  try {
    await world.user({ 'a.txt': '0', 'b.txt': '0', 'c.txt': '0' });
    const checkpoints = await world.open();
    checkpoints.beginTurn('m1');
    await world.shell(checkpoints, 'm1', 'echo 1 > a.txt; echo 1 > c.txt');
    checkpoints.beginTurn('m2');
    const call = checkpoints.record({ userMessageId: 'm2', toolUseId: 'm2', origin: 'shell' });
    await call.expectChanges('shell');
    await world.shell(checkpoints, 'm2', 'echo 2 > b.txt; echo 2 > c.txt');
    // Both threads, twice.
    toDie = 4;
    await world.shell(checkpoints, 'm2', 'echo 3 > a.txt; printf 0 > b.txt');
    await call.finish();
    expect(world.logged).toEqual(
      Array.from({ length: 2 }, () => 'a folder could not be looked at, and who looks is started anew'),
    );
    expect(checkpoints.captureStates()).toMatchObject([{ state: { kind: 'ready', files: 3 } }]);
    const changes = checkpoints.list().map(({ files }) => files.map(({ path }) => path.at(-5)));
    expect(changes).toEqual([
      ['a', 'c'],
      ['b', 'c'],
      ['a', 'b'],
    ]);
    const answer = await checkpoints.rewind({ userMessageId: 'm2', dryRun: false, mode: 'merge' });
    expect(outcomesOf(answer, world)).toMatchObject({ 'a.txt': 'restored', 'c.txt': 'restored' });
    expect(await world.tree()).toEqual({ 'a.txt': '644 1\n', 'b.txt': '644 0', 'c.txt': '644 1\n' });
    await checkpoints.close();
  } finally {
    await world.remove();
  }
});
