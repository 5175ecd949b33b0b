import fc from 'fast-check';
import { test } from 'vitest';
import { actions, walkThrough } from '../unit/core/checkpoints/captureWalk.ts';
import { createHistoryProperty, historyWalks } from '../unit/core/checkpoints/historyWalk.ts';

/** `BELAY_WALKS=500 npm run test:long` walks less. */
const walks = Number(process.env.BELAY_WALKS ?? 10_000);

test.each([
  { where: 'without git', withGit: false, numRuns: Math.ceil(walks * 0.9) },
  { where: 'in a repository', withGit: true, numRuns: Math.ceil(walks * 0.1) },
])(
  'walks $where: the agent is taken back, and nothing of the user is lost',
  async ({ withGit, numRuns }) => {
    const property = fc.asyncProperty(actions, (walked) => walkThrough(walked, { withGit }));
    await fc.assert(property, { numRuns });
  },
  24 * 3600 * 1000,
);

test.each(historyWalks)(
  'walks in memory $where: each file is as the plain model says, and nothing is lost',
  async (walk) => {
    await fc.assert(createHistoryProperty(walk), { numRuns: walks });
  },
  24 * 3600 * 1000,
);
