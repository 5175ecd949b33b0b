/** Rewinds and redos of one session: which targets they have, and who has to wait while they run. */
import type { RewindAnswer } from '../../protocol/checkpoints.ts';
import { FileError, type FileSystem } from '../ports.ts';
import type { Checkpoints, RedoOptions, RewindOptions } from './checkpoints.ts';
import { isSameState } from './fileState.ts';
import type { OpenDeps } from './openRecovered.ts';
import type { PathKey } from './paths.ts';
import { readVersions } from './readVersions.ts';
import { withRewindLock } from './rewindLock.ts';
import { type RewindRequest, runRewind } from './runRewind.ts';
import type { SessionStore } from './sessionStore.ts';
import { isFileTarget, narrowTargets, selectTargetsAt, selectTargetsBefore, type Target } from './targets.ts';
import type { TreeWatch } from './tree/treeWatch.ts';
import type { WriteGate } from './writeGate.ts';

export interface RewindSession extends OpenDeps {
  readonly store: SessionStore;
  readonly createId: () => string;
  readonly gate: WriteGate;
  readonly watch: TreeWatch | undefined;
}

export async function rewind(options: RewindOptions, session: RewindSession): Promise<RewindAnswer> {
  const { userMessageId, dryRun, mode, paths } = options;
  return alone({ dryRun, session }, async () => {
    const { history } = session.store.ledger;
    const order = history.orderOfMessage(userMessageId);
    if (order === undefined)
      return refuse('There is no record of this message, so nothing can be taken back.');
    const all = selectTargetsBefore(history, order);
    const targets =
      paths === undefined ? all : narrowTargets(all, await toKeys(paths, session), history.toKey);
    const nothing = nothingToRewind(all, paths);
    return { id: session.createId(), userMessageId, redoOf: null, targets, mode, dryRun, nothing };
  });
}

export async function redo(
  { dryRun, mode = 'merge' }: RedoOptions,
  session: RewindSession,
): Promise<RewindAnswer> {
  return alone({ dryRun, session }, async () => {
    const found = findRedo(session.store);
    const nothing = 'There is no rewind to take back.';
    if (found === undefined) return refuse(nothing);
    const { userMessageId, id: redoOf, targets } = found;
    return { id: session.createId(), userMessageId, redoOf, targets, mode, dryRun, nothing };
  });
}

export function canRedo({ store }: RewindSession): boolean {
  return findRedo(store) !== undefined;
}

/** The next rewind whose taking back would move any file. */
function findRedo(store: SessionStore) {
  const { history } = store.ledger;
  for (const { id, userMessageId, order } of history.redoable()) {
    const targets = selectTargetsAt(history, order);
    if (targets.some(isMoved)) return { id, userMessageId, targets };
  }
  return undefined;
}

function isMoved(target: Target): boolean {
  return isFileTarget(target) || !isSameState(target.history.current.state, target.to.state);
}

/** Decides and runs with nobody else writing: no call of this session, and no rewind of another window. */
function alone(
  { dryRun, session }: { readonly dryRun: boolean; readonly session: RewindSession },
  decide: () => Promise<RewindRequest | Refusal>,
): Promise<RewindAnswer> {
  const run = async (): Promise<RewindAnswer> => {
    await session.watch?.catchUp();
    await session.store.ledger.idle();
    const decided = await decide();
    if ('canRewind' in decided) return decided;
    return watchRewind(decided, session, () => runRewind(decided, session));
  };
  return session.gate.alone(async () => {
    if (dryRun) return run();
    if (!session.store.writable) return refuse('This session is open in another window. Rewind it there.');
    try {
      const answer = await withRewindLock(session, run);
      return answer ?? refuse('Another window is rewinding files of this folder. Try again in a moment.');
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      session.log.error('a rewind could not be recorded', { code: error.code, path: error.path });
      return refuse(`No file was changed, because the rewind could not be recorded: ${error.message}`);
    }
  });
}

/** What a rewind writes is no change of what goes on beside. */
async function watchRewind(
  { targets }: Pick<RewindRequest, 'targets'>,
  { watch }: Pick<RewindSession, 'watch'>,
  task: () => Promise<RewindAnswer>,
): Promise<RewindAnswer> {
  for (const { history } of targets) watch?.beginWrite(history.path);
  try {
    return await task();
  } finally {
    for (const { history } of targets) watch?.endWrite(history.path);
  }
}

type Refusal = { canRewind: false; error: string };

function refuse(error: string): Refusal {
  return { canRewind: false, error };
}

function nothingToRewind(all: readonly Target[], paths: readonly string[] | undefined): string {
  return paths !== undefined && all.length > 0
    ? 'The agent changed none of these files in or after this message.'
    : 'The agent changed no file in or after this message that is not taken back already.';
}

export async function readSessionVersions(
  { userMessageId, path }: { readonly userMessageId: string; readonly path: string },
  { store, files }: RewindSession,
): ReturnType<Checkpoints['versions']> {
  const from = { history: store.ledger.history, blobs: store.blobs };
  const found = await readVersions({ userMessageId, path }, from);
  return found ?? readVersions({ userMessageId, path: await files.realPath(path) }, from);
}

/** As they were given and as they really are: files are recorded by their real paths. */
async function toKeys(
  paths: readonly string[],
  { files, toKey }: { readonly files: FileSystem; readonly toKey: PathKey },
): Promise<ReadonlySet<string>> {
  const real = await Promise.all(paths.map((path) => files.realPath(path).catch(() => path)));
  return new Set([...paths, ...real].map(toKey));
}
