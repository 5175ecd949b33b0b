/**
 * Says when files may have changed, also ones that are not there yet. Their folders are watched, not they themselves: a file that is
 * replaced as a whole, as editors and `git` do it, is another file. Where a folder is missing too, the next one above it is.
 */
import { type FSWatcher, watch } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import type { Log } from '../core/ports.ts';

/** Changes that come together are told once. Milliseconds. */
const SETTLE_MS = 100;

/** `files`: absolute. Returns how to end it. The watch keeps no process alive. */
export function watchFiles(
  files: readonly string[],
  { onChange, log }: { readonly onChange: () => void; readonly log: Pick<Log, 'warn'> },
): () => void {
  const watchers = new Map<string, FSWatcher>();
  let paths: readonly string[] = files;
  let timer: NodeJS.Timeout | undefined;
  let arming = Promise.resolve();
  let isClosed = false;

  function noticed(folder: string, name: string | null): void {
    const isOwn = name === null || name === basename(folder);
    const path = join(folder, name ?? '');
    if (!isOwn && !paths.some((file) => file === path || file.startsWith(path + sep))) return;
    // With its own name a folder says that it is gone or moved itself: one that comes in its place is another one.
    if (isOwn) drop(folder);
    settle();
  }

  function settle(): void {
    if (isClosed) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      void arm().then(() => {
        if (!isClosed) onChange();
      });
    }, SETTLE_MS);
  }

  function arm(): Promise<void> {
    arming = arming.then(armAll).catch((error: unknown) => {
      log.warn('settings files can not be watched', { error: String(error) });
    });
    return arming;
  }

  async function armAll(): Promise<void> {
    const targets = await Promise.all(
      files.map(async (file) => [file, await realpath(file).catch(() => file)]),
    );
    paths = targets.flat();
    const wanted = new Set(await Promise.all(paths.map((file) => findFolder(dirname(file)))));
    if (isClosed) return;
    for (const folder of watchers.keys()) if (!wanted.has(folder)) drop(folder);
    const opened = [...wanted].filter(open);
    // What came while nobody watched is looked at all the same.
    if (opened.length > 0) settle();
  }

  /** False: it is watched already, or can't be. */
  function open(folder: string): boolean {
    if (watchers.has(folder)) return false;
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => noticed(folder, name));
      watcher.on('error', () => {
        drop(folder);
        settle();
      });
      watchers.set(folder, watcher);
      return true;
    } catch (error) {
      log.warn('a folder with settings can not be watched', { folder, error: String(error) });
      return false;
    }
  }

  function drop(folder: string): void {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  }

  void arm();
  return () => {
    isClosed = true;
    clearTimeout(timer);
    for (const folder of watchers.keys()) drop(folder);
  };
}

/** The folder itself, or the nearest above it that is there. */
async function findFolder(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined);
  const above = dirname(folder);
  return found?.isDirectory() === true || above === folder ? folder : findFolder(above);
}
