import type { Clock, Storage } from '../ports.ts';

const ATTEMPTS = 20;
const PAUSE_MS = 250;

/** Runs the task as the only rewind in this workspace, of any window; undefined when another one didn't end in time. */
export async function withRewindLock<T>(
  {
    storage,
    clock,
    folder,
  }: { readonly storage: Storage; readonly clock: Clock; readonly folder: readonly string[] },
  task: () => Promise<T>,
): Promise<T | undefined> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const lock = await storage.lock([...folder, 'rewind.lock']);
    if (lock !== undefined) {
      try {
        return await task();
      } finally {
        await lock.release();
      }
    }
    if (attempt < ATTEMPTS) await clock.sleep(PAUSE_MS);
  }
  return undefined;
}
