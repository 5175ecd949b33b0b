// Builds the executable once; every test of this project starts it.

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildCommand } from '../../scripts/bundle.mjs';
import { root } from '../../scripts/run.mjs';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Path of `belay.cjs`. */
    belayCommand: string;
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  await mkdir(join(root, 'build'), { recursive: true });
  const folder = await mkdtemp(join(root, 'build', 'conformance-'));
  project.provide('belayCommand', await buildCommand(folder));
  return () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
