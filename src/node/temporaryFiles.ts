/**
 * The temporary files that this process makes in other people's folders, each written down in Belay's own storage before it
 * is made. A process that is killed between the steps of a write leaves its list behind, and the next one removes what is
 * on it: nothing else, and without looking through any folder.
 *
 *     temporary/<id>.paths  a JSON string a line; empty while nothing is being written
 *     temporary/<id>.lock   held as long as the process lives
 *
 * The list is not flushed: it is there for a process that dies, not for a power loss.
 */
import { randomUUID } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { type AppendFile, FileError, type Log, type Platform, type Storage } from '../core/ports.ts';
import { errorCode, isMissing, systemFileOperations } from './fileOperations.ts';
import { openFolder } from './folderHandle.ts';
import { createOpenOnce } from './openOnce.ts';

/** None of its methods rejects: a file can be written though no list can be kept. */
export interface TemporaryFiles {
  /** The file (a real path) is about to be made. */
  announce(path: string): Promise<void>;
  /** The file is no longer there under this name. */
  settle(path: string): Promise<void>;
  /** Removes what processes have left that were killed. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

export interface TemporaryFilesOptions {
  readonly storage: Storage;
  readonly platform: Platform;
  readonly log: Log;
}

interface List {
  readonly file: AppendFile;
  close(): Promise<void>;
}

const FOLDER = 'temporary';

/** A name that nobody else gives a file. */
export function toTemporaryName(): string {
  return `.belay-${randomUUID().slice(0, 13)}.tmp`;
}

const temporaryName = /^\.belay-[0-9a-f]{8}-[0-9a-f]{4}\.tmp$/;

export function createTemporaryFiles(options: TemporaryFilesOptions): TemporaryFiles {
  const { storage, log } = options;
  const ownId = randomUUID();
  const present = new Set<string>();
  const list = createOpenOnce(() => openList(storage, ownId));
  const tolerate = async (task: () => Promise<void>): Promise<void> => {
    try {
      await task();
    } catch (error) {
      log.warn('the list of temporary files could not be kept', { error: String(error) });
    }
  };
  return {
    announce: (path) =>
      tolerate(async () => {
        present.add(path);
        const { file } = await list.open();
        await file.append(new TextEncoder().encode(`${JSON.stringify(path)}\n`));
      }),
    settle: (path) =>
      tolerate(async () => {
        present.delete(path);
        const opened = await list.current();
        if (opened !== undefined && present.size === 0) await opened.file.truncate(0);
      }),
    sweep: () => tolerate(() => sweep(ownId, options)),
    close: () =>
      tolerate(async () => {
        const opened = await list.take();
        await opened?.file.close();
        // What could not be removed is tried again by the next process.
        if (present.size === 0) await storage.remove(toListPath(ownId));
        await opened?.close();
      }),
  };
}

async function openList(storage: Storage, id: string): Promise<List> {
  // First the lock: a list without one is that of a dead process.
  const lock = await storage.lock([FOLDER, `${id}.lock`]);
  try {
    const file = await storage.openAppend(toListPath(id));
    return { file, close: async () => lock?.release() };
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

function toListPath(id: string): readonly string[] {
  return [FOLDER, `${id}.paths`];
}

async function sweep(ownId: string, options: TemporaryFilesOptions): Promise<void> {
  const names = (await options.storage.list([FOLDER])).map(({ name }) => name);
  const ids = new Set(names.flatMap((name) => /^([\w-]+)\.(?:paths|lock)$/.exec(name)?.[1] ?? []));
  ids.delete(ownId);
  for (const id of ids) await sweepList(id, options);
}

async function sweepList(id: string, { storage, platform, log }: TemporaryFilesOptions): Promise<void> {
  const lock = await storage.lock([FOLDER, `${id}.lock`]);
  // Its process lives.
  if (lock === undefined) return;
  try {
    const bytes = await storage.readFile(toListPath(id));
    const left: string[] = [];
    for (const path of parseList(bytes ?? new Uint8Array())) {
      if (!(await removeLeftover(path, platform))) left.push(path);
    }
    if (left.length === 0) await storage.remove(toListPath(id));
    else log.warn('temporary files could not be removed', { paths: left });
  } finally {
    await lock.release();
  }
}

/** A last line that was torn names a file that was never made. */
function parseList(bytes: Uint8Array): readonly string[] {
  return new TextDecoder().decode(bytes).split('\n').flatMap(parsePath);
}

function parsePath(line: string): readonly string[] {
  try {
    const path: unknown = JSON.parse(line);
    return typeof path === 'string' && temporaryName.test(basename(path)) ? [path] : [];
  } catch {
    return [];
  }
}

/** False: another attempt may succeed. A folder that is another one by now is left alone. */
async function removeLeftover(path: string, platform: Platform): Promise<boolean> {
  try {
    await removeFrom(path, platform);
    return true;
  } catch (error) {
    const isElsewhere =
      error instanceof FileError ? error.code === 'ESTALE' : ['ELOOP', 'ENOTDIR'].includes(errorCode(error));
    return isElsewhere || isMissing(error);
  }
}

async function removeFrom(path: string, platform: Platform): Promise<void> {
  const operations = systemFileOperations;
  const folder = await openFolder(operations, dirname(path), platform);
  try {
    const name = `${folder.base}/${basename(path)}`;
    if ((await operations.lstat(name)).isFile()) await operations.unlink(name);
  } finally {
    await folder.close();
  }
}
