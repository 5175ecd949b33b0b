/**
 * A rewind or a redo from the plan to the answer. Before the first file is touched, every content that is about to be
 * overwritten and the whole plan are on the disk; from then on it is finished, here or at the next start.
 */
import type { RewindAnswer } from '../../protocol/checkpoints.ts';
import type { Clock, FileSystem, Log } from '../ports.ts';
import { applySteps, flushSteps } from './applySteps.ts';
import type { Resolution, RewindMode } from './checkpoints.ts';
import { reasons } from './decideStep.ts';
import { isChanging, type RecordOf, type RewindFile, type StepOutcome } from './journalRecords.ts';
import { planRewind, type RewindPlan } from './planRewind.ts';
import type { SeenFiles } from './seenFiles.ts';
import type { SessionStore } from './sessionStore.ts';
import { summarizeRewind } from './summarize.ts';
import type { Target } from './targets.ts';

export interface RewindRequest {
  readonly id: string;
  readonly userMessageId: string;
  /** The rewind to take back; null: this is one itself. */
  readonly redoOf: string | null;
  readonly targets: readonly Target[];
  readonly mode: RewindMode;
  readonly resolutions: ReadonlyMap<string, Resolution>;
  readonly dryRun: boolean;
  /** What to say where nothing would come of it. */
  readonly nothing: string;
}

export interface RewindDeps {
  readonly files: FileSystem;
  readonly store: SessionStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** Throws FileError when the store can't be written; then no file was touched. */
export async function runRewind(request: RewindRequest, deps: RewindDeps): Promise<RewindAnswer> {
  const { store, files, clock } = deps;
  const { id, userMessageId, redoOf, targets, mode, resolutions, dryRun, nothing } = request;
  const { seen, ...plan } = await planRewind(targets, {
    id,
    mode,
    resolutions,
    save: !dryRun,
    files,
    clock,
    blobs: store.blobs,
    toKey: store.ledger.history.toKey,
  });
  const hasFolder = plan.folders.some(({ outcome }) => outcome === 'restored' || outcome === 'conflicted');
  if (plan.files.length === 0 && !hasFolder) return { canRewind: false, error: nothing };
  const willChange = [...plan.files, ...plan.folders].some(({ outcome }) => outcome === 'restored');
  const canRedo = willChange || canRedoIn(store);
  if (dryRun || plan.steps.length === 0) return toAnswer(plan, { canRedo });
  const leavesBranch = redoOf !== null && leavesWork(targets, plan);
  const createdAt = clock.now();
  return beginRewind(
    { kind: 'rewind-begin', id, userMessageId, createdAt, redoOf, leavesBranch, ...plan },
    { ...deps, seen },
  );
}

/** It takes back something that the agent did. */
function leavesWork(targets: readonly Target[], { files, steps }: Omit<RewindPlan, 'seen'>): boolean {
  const changed = steps.filter(isChanging).map(({ path }) => path);
  const concerned = new Set([...files.map(({ path }) => path), ...changed]);
  return targets.some(({ history, undone }) => undone.byAgent && concerned.has(history.path));
}

interface BegunDeps extends RewindDeps {
  readonly seen?: SeenFiles;
}

async function beginRewind(begin: RecordOf<'rewind-begin'>, deps: BegunDeps): Promise<RewindAnswer> {
  const { store } = deps;
  // The mark of the rewind before it is still to be taken away.
  await store.settled();
  try {
    await announceRewind(begin, store);
  } catch (error) {
    await cancelRewind(begin.id, store);
    throw error;
  }
  return finishRewind(begin, deps);
}

/** Mark and record go to the disk side by side: no file is touched before both are there. Throws FileError. */
async function announceRewind(begin: RecordOf<'rewind-begin'>, store: SessionStore): Promise<void> {
  const record = async (): Promise<void> => {
    await store.ledger.append([begin]);
    await store.flush();
  };
  const announced = await Promise.allSettled([store.markUnfinished(), record()]);
  for (const one of announced) if (one.status === 'rejected') throw one.reason;
}

/** What may lie in the journal of it must not be carried out at the next start. */
async function cancelRewind(id: string, store: SessionStore): Promise<void> {
  if (store.ledger.history.openRewind !== undefined) {
    await store.ledger.note([{ kind: 'rewind-done', id, outcomes: [], files: [], complete: false }]);
  }
  await store.clearUnfinished();
}

/**
 * Takes the steps that are still to be taken. Also after a crash. It is answered when the files are as they are to be. That they are on
 * the disk is seen to behind the answer (`SessionStore.settled`), and until then the journal says that the rewind is still to be finished.
 */
export async function finishRewind(begin: RecordOf<'rewind-begin'>, deps: BegunDeps): Promise<RewindAnswer> {
  const { store, files, clock, log, seen } = deps;
  const { steps, unlocked } = begin;
  const outcomes = await applySteps(
    { steps, unlocked, seen },
    { files, clock, log, blobs: store.blobs, toKey: store.ledger.history.toKey },
  );
  const byPath = new Map(outcomes.map((outcome) => [outcome.path, outcome]));
  const tell = (file: RewindFile): RewindFile => tellOutcome(file, byPath.get(file.path));
  const told = { files: begin.files.map(tell), folders: begin.folders.map(tell) };
  const { noted, written } = store.ledger.noteAfter(flushSteps(steps, deps), [
    {
      kind: 'rewind-done',
      id: begin.id,
      outcomes,
      files: summarizeRewind(begin.steps, outcomes, begin.files),
      complete: [...told.files, ...told.folders].every(isSettled),
    },
  ]);
  store.goOn(async () => {
    await written;
    await store.settle();
    await store.clearUnfinished();
  });
  await noted;
  return toAnswer(told, { canRedo: canRedoIn(store), skippedLinks: told.files.filter(isSkippedLink).length });
}

function canRedoIn({ ledger }: SessionStore): boolean {
  return ledger.history.redoable().length > 0;
}

function tellOutcome(file: RewindFile, outcome: StepOutcome | undefined): RewindFile {
  if (outcome === undefined) return file;
  const reason = outcome.reason ?? file.reason;
  const told = { path: file.path, outcome: outcome.outcome, ...(reason === undefined ? {} : { reason }) };
  const isRestored = outcome.outcome === 'restored';
  return {
    ...told,
    insertions: isRestored ? file.insertions : 0,
    deletions: isRestored ? file.deletions : 0,
    ...(isRestored && file.change !== undefined ? { change: file.change } : {}),
  };
}

/** Nothing that another attempt could change. */
function isSettled({ outcome, reason }: RewindFile): boolean {
  if (outcome === 'conflicted') return false;
  return outcome !== 'skipped' || SETTLED.has(reason);
}

const SETTLED: ReadonlySet<string | undefined> = new Set([
  reasons.damaged,
  reasons.notEmpty,
  reasons.unkept,
  reasons.kept,
]);

const LINK_REASONS: ReadonlySet<string | undefined> = new Set([reasons.hardLink, reasons.linkedParent]);

function isSkippedLink({ reason }: RewindFile): boolean {
  return LINK_REASONS.has(reason);
}

function toAnswer(
  { files, folders }: Pick<RewindPlan, 'files' | 'folders'>,
  more: { readonly canRedo: boolean; readonly skippedLinks?: number },
): RewindAnswer {
  const restored = files.filter(({ outcome }) => outcome === 'restored');
  return {
    canRewind: true,
    filesChanged: restored.map(({ path }) => path),
    insertions: restored.reduce((sum, { insertions }) => sum + insertions, 0),
    deletions: restored.reduce((sum, { deletions }) => sum + deletions, 0),
    files: [...files],
    ...(folders.length === 0 ? {} : { folders: folders.map(toFolderOutcome) }),
    ...more,
  };
}

function toFolderOutcome({ insertions, deletions, ...folder }: RewindFile) {
  return folder;
}
