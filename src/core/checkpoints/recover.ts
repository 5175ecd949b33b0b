/** Sets right what a crash has left open in the store of a session: a rewind cut off, a write without its after-image. */
import type { RewindAnswer } from '../../protocol/checkpoints.ts';
import { captureFile, findMissingParents, hasRealParents, saveContent } from './captureFile.ts';
import type { Recovery } from './checkpoints.ts';
import { absent, type FileState, isSameState } from './fileState.ts';
import type { JournalRecord, RecordOf } from './journalRecords.ts';
import { finishRewind, type RewindDeps } from './runRewind.ts';
import { summarizeChanges } from './summarize.ts';

/** The store must be writable, and the caller holds the workspace's rewind lock. */
export async function recoverSession(deps: RewindDeps): Promise<Recovery> {
  const rewinds = await finishOpenRewind(deps);
  const unknownChanges = await settlePendingWrites(deps);
  await endCheckpoints(deps);
  return { rewinds, unknownChanges };
}

async function finishOpenRewind(deps: RewindDeps): Promise<readonly RewindAnswer[]> {
  const open = deps.store.ledger.history.openRewind;
  if (open === undefined) return [];
  const answer = await finishRewind(open.begin, deps);
  await deps.store.settled();
  return [answer];
}

async function settlePendingWrites(deps: RewindDeps): Promise<readonly string[]> {
  const { store } = deps;
  const unknown: string[] = [];
  for (const before of [...store.ledger.history.pending]) {
    // What can't be looked at stays open until the next start.
    const records = await settleWrite(before, deps).catch(() => []);
    if (records.some((record) => record.kind === 'delta' && record.origin === 'unknown'))
      unknown.push(before.path);
    if (records.length > 0) await store.ledger.note(records);
  }
  return unknown;
}

async function settleWrite(
  before: RecordOf<'before'>,
  { files, store }: RewindDeps,
): Promise<JournalRecord[]> {
  const { checkpoint, path, state, missing, intended } = before;
  if (!(await hasRealParents(path, { files, toKey: store.ledger.history.toKey }))) return [];
  const capture = await captureFile(files, path);
  const { state: now } = capture;
  const toDelta = (at: string, [from, to]: readonly [FileState, FileState]): RecordOf<'delta'> => {
    const isIntended = to.kind === 'directory' || (to.kind === 'file' && to.sha256 === intended);
    const id = `${checkpoint}/recovered-${at}`;
    const origin = isIntended ? 'tool' : 'unknown';
    return { kind: 'delta', id, checkpoint, path: at, before: from, after: to, origin };
  };
  const stillMissing = new Set(await findMissingParents(files, path));
  const records: JournalRecord[] = [];
  for (const folder of missing.filter((name) => !stillMissing.has(name))) {
    const { state: made } = await captureFile(files, folder);
    if (made.kind === 'directory') records.push(toDelta(folder, [absent, made]));
  }
  if (isSameState(now, state)) return [...records, { kind: 'unchanged', checkpoint, path }];
  await saveContent(capture, store.blobs);
  return [...records, toDelta(path, [state, now])];
}

async function endCheckpoints({ store }: RewindDeps): Promise<void> {
  const { history } = store.ledger;
  for (const id of history.unendedCheckpoints()) {
    const changes = history.deltas.filter(({ checkpoint }) => checkpoint === id);
    const files = await summarizeChanges(changes, store.blobs);
    await store.ledger.note([{ kind: 'checkpoint-end', id, files }]);
  }
  await store.settle();
}
