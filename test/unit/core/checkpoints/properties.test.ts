import fc from 'fast-check';
import { test } from 'vitest';
import { createHistoryProperty, historyWalks } from './historyWalk.ts';

/** The same walks each time, so that a build fails for what has changed; `npm run test:long` takes others. */
const SEED = 20_261_128;

test.each(historyWalks)(
  'any sequence of changes, rewinds, redos and crashes $where leaves each file as the plain model says',
  async (walk) => {
    const numRuns = walk.withRedo ? 700 : 300;
    await fc.assert(createHistoryProperty(walk), { numRuns, seed: SEED });
  },
  120_000,
);
