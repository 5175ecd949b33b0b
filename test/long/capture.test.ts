import fc from 'fast-check';
import { test } from 'vitest';
import { actions, walkThrough } from '../unit/core/checkpoints/captureWalk.ts';

test.each([
  { where: 'without git', withGit: false, numRuns: 9_000 },
  { where: 'in a repository', withGit: true, numRuns: 1_000 },
])(
  'walks $where: the agent is taken back, and nothing of the user is lost',
  async ({ withGit, numRuns }) => {
    const property = fc.asyncProperty(actions, (walked) => walkThrough(walked, { withGit }));
    await fc.assert(property, { numRuns });
  },
  24 * 3600 * 1000,
);
