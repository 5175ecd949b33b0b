import fc from 'fast-check';
import { describe, test } from 'vitest';
import { actions, walkThrough } from './captureWalk.ts';

const SEED = 20_261_127;

describe('any sequence of tools, commands, the user, rewinds, redos and ends of the process', () => {
  test.each([
    { where: 'without git', withGit: false, numRuns: 120 },
    { where: 'in a repository', withGit: true, numRuns: 10 },
  ])(
    '$where: the agent is taken back, and nothing of the user is lost',
    async ({ withGit, numRuns }) => {
      const property = fc.asyncProperty(actions, (walked) => walkThrough(walked, { withGit }));
      // The same walks each time, so that a build fails for what has changed; `npm run test:long` takes others.
      await fc.assert(property, { numRuns, seed: SEED });
    },
    600_000,
  );
});
