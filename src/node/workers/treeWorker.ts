/** A thread that looks at a part of a tree (src/node/tree/). */
import { parentPort, workerData } from 'node:worker_threads';
import { serveTree } from '../tree/serveTree.ts';

if (parentPort === null) throw new Error('This runs in a worker thread.');
serveTree(parentPort, workerData);
