/**
 * Keeps the store of a session from growing without end: of more checkpoints than fit the oldest are dropped, and contents that
 * nothing speaks of any more with them. Can be cut off at any point: until the new journal stands in place of the old one
 * nothing of it is missing, and what is left over behind that is found the next time.
 */
import type { Log } from '../ports.ts';
import type { BlobStore } from './blobStore.ts';
import type { FileState } from './fileState.ts';
import { History } from './history.ts';
import type { Journal } from './journal.ts';
import type { JournalRecord } from './journalRecords.ts';
import type { PathKey } from './paths.ts';

export interface CollectDeps {
  readonly journal: Journal;
  readonly blobs: BlobStore;
  readonly toKey: PathKey;
  readonly log: Log;
  /** Checkpoints that are kept. */
  readonly most?: number;
}

const MOST = 100;
/** Some more may gather, so that it isn't done over and over. */
const SLACK = 1.25;

/** Throws FileError; what was there is there still. */
export async function collectSession({
  journal,
  blobs,
  toKey,
  log,
  most = MOST,
}: CollectDeps): Promise<void> {
  const { records } = journal;
  const first = findFirstKept(records, { toKey, most });
  if (first === 0) return;
  const kept = records.slice(first);
  const live = new Set(kept.flatMap(statesOf).flatMap(contentsOf));
  const emptied = await blobs.gather(live);
  await journal.replace(kept);
  await blobs.dropPacks(emptied);
  log.info('old checkpoints were dropped', { records: first, packs: emptied.length });
}

/** Index of the record from which on all are kept: that of a message, so that no turn is kept by half. 0: all are. */
function findFirstKept(
  records: readonly JournalRecord[],
  { toKey, most }: { readonly toKey: PathKey; readonly most: number },
): number {
  const history = new History(toKey);
  for (const record of records) history.apply(record);
  // What a crash has left open is settled first.
  if (history.openRewind !== undefined || history.pending.size > 0 || history.watched.size > 0) return 0;
  const checkpoints = history.checkpoints();
  if (checkpoints.length <= most * SLACK) return 0;
  const oldest = checkpoints.at(-most)?.userMessageId;
  const index = records.findIndex((record) => record.kind === 'message' && record.userMessageId === oldest);
  return Math.max(index, 0);
}

function statesOf(record: JournalRecord): readonly FileState[] {
  switch (record.kind) {
    case 'before':
      return [record.state];
    case 'delta':
      return [record.before, record.after];
    case 'rewind-begin':
      return record.steps.flatMap(({ from, to }) => [from, to]);
    case 'rewind-done':
      return record.outcomes.flatMap(({ after }) => (after === undefined ? [] : [after]));
    default:
      return [];
  }
}

function contentsOf(state: FileState): readonly string[] {
  return state.kind === 'file' ? [state.sha256] : [];
}
