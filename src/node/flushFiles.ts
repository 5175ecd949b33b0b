/** Puts many files and their names on the disk at once: the system then writes them together. */
import { constants } from 'node:fs';
import { dirname } from 'node:path';
import { withFileErrors } from './fileErrors.ts';
import { errorCode, isMissing } from './fileOperations.ts';
import type { HoldOptions } from './folderHandle.ts';

/** As many as the thread pool works on. */
const AT_ONCE = 4;

/** Throws FileError, when all has been tried. What isn't there is no error, nor what may not be opened. */
export async function flushFiles(options: HoldOptions, paths: readonly string[]): Promise<void> {
  await flushAll(paths, (path) => flushFile(options, path));
  // Windows can't flush a folder, and writes names through by itself.
  if (options.platform === 'win32') return;
  await flushAll([...new Set(paths.map((path) => dirname(path)))], (path) => flushFolder(options, path));
}

async function flushAll(paths: readonly string[], flush: (path: string) => Promise<void>): Promise<void> {
  const queue = paths.values();
  const errors: unknown[] = [];
  const work = async (): Promise<void> => {
    for (const path of queue) {
      await withFileErrors(path, () => flush(path)).catch((error: unknown) => errors.push(error));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (errors.length > 0) throw errors[0];
}

/** A link has no content of its own. */
const LEAVE_ALONE: ReadonlySet<string> = new Set(['ELOOP', 'EACCES', 'EPERM', 'EISDIR', 'ENXIO']);

async function flushFile({ operations, platform }: HoldOptions, path: string): Promise<void> {
  const access = platform === 'win32' ? constants.O_RDWR : constants.O_RDONLY | constants.O_NONBLOCK;
  await flushOpened(() => operations.open(path, access | (constants.O_NOFOLLOW ?? 0)));
}

async function flushFolder({ operations }: HoldOptions, path: string): Promise<void> {
  await flushOpened(() =>
    operations.open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW),
  );
}

async function flushOpened(open: () => ReturnType<HoldOptions['operations']['open']>): Promise<void> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open();
  } catch (error) {
    if (isMissing(error) || LEAVE_ALONE.has(errorCode(error))) return;
    throw error;
  }
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
