import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** One for each core: much of a test's time is waiting for processes, so that what starts the tests needs none for itself. */
const maxWorkers = availableParallelism();

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.{ts,tsx}'],
          globalSetup: ['test/support/sandboxPrograms.ts'],
          maxWorkers,
          // Generous: a busy machine is no failure, a test that hangs is.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'conformance',
          include: ['test/conformance/**/*.test.ts'],
          globalSetup: ['test/support/sandboxPrograms.ts', 'test/conformance/globalSetup.ts'],
          maxWorkers,
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/globalSetup.ts'],
          // Every file drives a browser on its own VS Code server; two cores carry one of these at a time.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
