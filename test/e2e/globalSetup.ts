// Packs the extension once and installs it as a user would; every end-to-end test starts its editor on that.

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { packageExtension } from '../../scripts/packageExtension.mjs';
import { root } from '../../scripts/run.mjs';
import { ensureBrowser } from '../../scripts/vscode/browser.mts';
import { installExtension } from '../../scripts/vscode/server.mts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Folder with the installed extension. */
    extensionsDir: string;
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  await ensureBrowser();
  await mkdir(join(root, 'build'), { recursive: true });
  const folder = await mkdtemp(join(root, 'build', 'e2e-'));
  const vsix = process.env.BELAY_VSIX ?? join(folder, 'belay.vsix');
  if (process.env.BELAY_VSIX === undefined) await packageExtension(vsix);
  const extensionsDir = join(folder, 'extensions');
  await installExtension(vsix, extensionsDir);
  project.provide('extensionsDir', extensionsDir);
  return () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
