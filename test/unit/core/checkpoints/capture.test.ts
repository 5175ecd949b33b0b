import fc from 'fast-check';
import { describe, test } from 'vitest';
import { actions, walkThrough } from './captureWalk.ts';

const SEED = 20_261_127;
/** Each waits for the system now and then. */
const SIDE_BY_SIDE = 4;

describe('any sequence of tools, commands, the user, rewinds, redos and ends of the process', () => {
  test.each([
    { where: 'without git', withGit: false, numRuns: 984 },
    { where: 'in a repository', withGit: true, numRuns: 16 },
  ])(
    '$where: the agent is taken back, and nothing of the user is lost',
    async ({ withGit, numRuns }) => {
      const walk = fc.asyncProperty(actions, (walked) =>
        // The store on the disk is walked by `npm run test:long`.
        walkThrough(walked, { withGit, hasMemoryStore: true }),
      );
      // The same walks each time, so that a build fails for what has changed; `npm run test:long` takes others.
      const shares = Array.from({ length: SIDE_BY_SIDE }, (_, share) =>
        fc.assert(walk, { numRuns: numRuns / SIDE_BY_SIDE, seed: SEED + share }),
      );
      await Promise.all(shares);
    },
    600_000,
  );
});
