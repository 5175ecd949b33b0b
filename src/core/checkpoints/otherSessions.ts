/** What other sessions of the workspace have recorded of a file, for looking at: nothing is locked, nothing is written. */
import type { Log } from '../ports.ts';
import { openBlobStore } from './blobStore.ts';
import type { FileVersions, OtherChange, OtherVersionsQuery } from './checkpoints.ts';
import { History } from './history.ts';
import { openJournal } from './journal.ts';
import type { JournalRecord } from './journalRecords.ts';
import { readVersions } from './readVersions.ts';
import { type SessionStoreOptions, toFolderName } from './sessionStore.ts';

export type OtherSessionsDeps = Pick<
  SessionStoreOptions,
  'storage' | 'folder' | 'log' | 'toKey' | 'byteWork'
> & {
  /** The name of its folder. */
  readonly own: string;
};

/**
 * Oldest first. `paths`: the spellings of one file. A session whose records can't be read is left out, and said in the log.
 */
export async function listOtherChanges(
  paths: readonly string[],
  deps: OtherSessionsDeps,
): Promise<readonly OtherChange[]> {
  const keys = new Set(paths.map(deps.toKey));
  const found: OtherChange[] = [];
  for (const { name } of await deps.storage.list([...deps.folder, 'sessions'])) {
    if (name === deps.own) continue;
    try {
      found.push(...findChanges(await readRecords(name, deps), { keys, deps }));
    } catch (error) {
      deps.log.warn('the checkpoints of another session could not be read', { name, error: String(error) });
    }
  }
  return found.toSorted((left, right) => left.checkpoint.createdAt - right.checkpoint.createdAt);
}

function findChanges(
  records: readonly JournalRecord[],
  { keys, deps }: { readonly keys: ReadonlySet<string>; readonly deps: OtherSessionsDeps },
): readonly OtherChange[] {
  const opening = records.find((record) => record.kind === 'session');
  if (opening === undefined) return [];
  return toHistory(records, deps)
    .checkpoints()
    .flatMap(({ files, ...checkpoint }) => {
      const change = files.find(({ path }) => keys.has(deps.toKey(path)));
      return change === undefined ? [] : [{ sessionId: opening.sessionId, checkpoint, change }];
    });
}

/** The file before and after that checkpoint. undefined: there is no such record (any more). Throws BlobError. */
export async function readOtherVersions(
  { sessionId, checkpointId, path }: OtherVersionsQuery,
  deps: OtherSessionsDeps,
): Promise<FileVersions | undefined> {
  const name = await toFolderName(sessionId);
  const history = toHistory(await readRecords(name, deps), deps);
  if (history.checkpointOf(checkpointId) === undefined) return undefined;
  const { storage, log, byteWork } = deps;
  const blobs = await openBlobStore({
    ...{ storage, byteWork, log: quiet(log) },
    folder: folderOf(name, deps),
    writable: false,
  });
  try {
    return await readVersions({ checkpointId, path, scope: 'alone' }, { history, blobs });
  } finally {
    await blobs.close();
  }
}

async function readRecords(name: string, deps: OtherSessionsDeps): Promise<readonly JournalRecord[]> {
  const { storage, log } = deps;
  const folder = folderOf(name, deps);
  const journal = await openJournal({ storage, folder, writable: false, log: quiet(log) });
  await journal.close();
  return journal.records;
}

function toHistory(records: readonly JournalRecord[], { toKey }: OtherSessionsDeps): History {
  const history = new History(toKey);
  for (const record of records) history.apply(record);
  return history;
}

function folderOf(name: string, { folder }: OtherSessionsDeps): readonly string[] {
  return [...folder, 'sessions', name];
}

/** That what another process is just writing ends in the middle is nothing to warn of. */
function quiet(log: Log): Log {
  return { ...log, warn: (message, details) => log.debug(message, details) };
}
