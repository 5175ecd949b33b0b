/** A temporary folder per test, removed after it. */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Real path of a fresh folder. */
export async function temporaryFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'belay-node-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
