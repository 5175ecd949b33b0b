/** Looks at trees without threads: what a thread would do is done in this one, so that a test can open a thousand of them. */
import { EventEmitter } from 'node:events';
import type { TreeScanners } from '../../../src/core/checkpoints/tree/treeScanner.ts';
import { serveTree } from '../../../src/node/tree/serveTree.ts';
import type { ToTreeWorker } from '../../../src/node/tree/treeMessages.ts';
import { createScanners, type TreeThread } from '../../../src/node/tree/treeScanner.ts';

export interface LocalScannersOptions {
  /** Just before a thread is asked something. */
  readonly onAsked?: (message: ToTreeWorker, thread: EventEmitter) => void;
}

export function createLocalScanners({ onAsked }: LocalScannersOptions = {}): TreeScanners {
  return createScanners((data) => {
    const here = new EventEmitter();
    const there = new EventEmitter();
    const post = (to: EventEmitter, message: unknown, transfer: readonly ArrayBuffer[] = []): void => {
      const handed = structuredClone(message, { transfer: [...transfer] });
      queueMicrotask(() => void to.emit('message', handed));
    };
    serveTree(
      {
        on: (event, listener) => there.on(event, listener),
        postMessage: (message, transfer) => post(here, message, transfer),
      },
      data,
    );
    const thread: TreeThread = {
      postMessage: (message) => {
        onAsked?.(message, here);
        post(there, message);
      },
      on: (event: string, listener: (value: never) => void) => here.on(event, listener as () => void),
      ref: () => undefined,
      unref: () => undefined,
      terminate: async () => {
        here.emit('exit');
        here.removeAllListeners();
        there.removeAllListeners();
      },
    };
    return thread;
  });
}
