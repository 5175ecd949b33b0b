import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { ScanError } from '../../../../src/core/checkpoints/tree/treeScanner.ts';
import { createScanners, type TreeThread } from '../../../../src/node/tree/treeScanner.ts';
import { createDiskWorld } from '../../core/checkpoints/world.ts';
import { ScannedTree } from './scannedTree.ts';

let tree: ScannedTree;

afterEach(() => tree.remove());

interface Fate {
  /** What becomes of the first thread when it is asked something; the others say nothing. */
  readonly onAsked: (thread: EventEmitter) => void;
}

function mortalScanners({ onAsked }: Fate) {
  const threads: EventEmitter[] = [];
  const scanners = createScanners(() => {
    const thread = new EventEmitter();
    threads.push(thread);
    const fake: TreeThread = {
      postMessage: () => void (thread === threads[0] && queueMicrotask(() => onAsked(thread))),
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

test('where a thread has died nothing is captured any more, why is told, and calls go on', async () => {
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
