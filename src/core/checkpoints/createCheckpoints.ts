/**
 * Opens the checkpoints of a session: sets right what a crash left, then records calls and carries out rewinds. One store
 * serves all roots of the workspace, and files outside of them too: paths are absolute and real, so that a file is recorded
 * once whichever way it is reached, and a rewind over several roots is one.
 */
import type { RewindAnswer } from '../../protocol/checkpoints.ts';
import { type Clock, FileError, type FileSystem, type Log, type Storage, type Workspace } from '../ports.ts';
import type { Checkpoints, RedoOptions, RewindOptions } from './checkpoints.ts';
import { type OpenDeps, openRecovered, recoverOtherSessions } from './openRecovered.ts';
import { createPathKey, type PathKey } from './paths.ts';
import { readVersions } from './readVersions.ts';
import { createRecorder } from './recorder.ts';
import { withRewindLock } from './rewindLock.ts';
import { type RewindRequest, runRewind } from './runRewind.ts';
import type { SessionStore } from './sessionStore.ts';
import { toSha256 } from './sha256.ts';
import {
  isFileTarget,
  leavesEmptyFolder,
  narrowTargets,
  selectTargetsAt,
  selectTargetsBefore,
  type Target,
} from './targets.ts';
import { createWriteGate, type WriteGate } from './writeGate.ts';

export interface CheckpointsOptions {
  readonly files: FileSystem;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
  readonly sessionId: string;
  readonly workspace: Pick<Workspace, 'roots'>;
  readonly createId: () => string;
}

/** Throws FileError when the store can't be opened; the session can go on without checkpoints. */
export async function createCheckpoints(options: CheckpointsOptions): Promise<Checkpoints> {
  const { files, storage, clock, log, sessionId, workspace, createId } = options;
  const root = await files.realPath(workspace.roots[0] ?? '/');
  const toKey = createPathKey({ caseInsensitive: await isCaseInsensitive(root, files) });
  const folder = ['checkpoints', (await toSha256(new TextEncoder().encode(toKey(root)))).slice(0, 16)];
  const deps: OpenDeps = { files, storage, clock, log, toKey, folder, roots: workspace.roots };
  const { store, recovery } = await openRecovered(sessionId, deps);
  await recoverOtherSessions(store, deps);
  const session: Session = { ...deps, store, createId, gate: createWriteGate() };
  return {
    recovery,
    beginTurn: (userMessageId) => {
      const isNew = store.ledger.history.orderOfMessage(userMessageId) === undefined;
      if (isNew && store.writable) void store.ledger.note([{ kind: 'message', userMessageId }]);
    },
    record: (call) => createRecorder({ id: createId(), ...call }, session),
    list: () => store.ledger.history.checkpoints(),
    rewind: (request) => rewind(request, session),
    canRedo: () => findRedo(store) !== undefined,
    redo: (request) => redo(request, session),
    versions: (userMessageId, path) => versions({ userMessageId, path }, session),
    close: () => session.gate.alone(() => store.close()),
  };
}

interface Session extends OpenDeps {
  readonly store: SessionStore;
  readonly createId: () => string;
  readonly gate: WriteGate;
}

async function rewind(options: RewindOptions, session: Session): Promise<RewindAnswer> {
  const { userMessageId, dryRun, mode, paths } = options;
  return alone({ dryRun, session }, async () => {
    const { history } = session.store.ledger;
    const order = history.orderOfMessage(userMessageId);
    if (order === undefined)
      return refuse('There is no record of this message, so nothing can be taken back.');
    const all = selectTargetsBefore(history, order);
    const targets =
      paths === undefined ? all : narrowTargets(all, await toKeys(paths, session), history.toKey);
    if (!targets.some(isFileTarget) && !(await leavesEmptyFolder(targets, session.files))) {
      return refuse(nothingToRewind(all, paths));
    }
    return { id: session.createId(), userMessageId, redoOf: null, targets, mode, dryRun };
  });
}

async function redo({ dryRun, mode = 'merge' }: RedoOptions, session: Session): Promise<RewindAnswer> {
  return alone({ dryRun, session }, async () => {
    const found = findRedo(session.store);
    if (found === undefined) return refuse('There is no rewind to take back.');
    const { userMessageId, id: redoOf, targets } = found;
    return { id: session.createId(), userMessageId, redoOf, targets, mode, dryRun };
  });
}

/** The next rewind whose taking back would move any file. */
function findRedo(store: SessionStore) {
  const { history } = store.ledger;
  for (const { id, userMessageId, order } of history.redoable()) {
    const targets = selectTargetsAt(history, order);
    if (targets.some(isFileTarget)) return { id, userMessageId, targets };
  }
  return undefined;
}

/** Decides and runs with nobody else writing: no call of this session, and no rewind of another window. */
function alone(
  { dryRun, session }: { readonly dryRun: boolean; readonly session: Session },
  decide: () => Promise<RewindRequest | Refusal>,
): Promise<RewindAnswer> {
  const run = async (): Promise<RewindAnswer> => {
    await session.store.ledger.idle();
    const decided = await decide();
    return 'canRewind' in decided ? decided : runRewind(decided, session);
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

type Refusal = { canRewind: false; error: string };

function refuse(error: string): Refusal {
  return { canRewind: false, error };
}

function nothingToRewind(all: readonly Target[], paths: readonly string[] | undefined): string {
  return paths !== undefined && all.some(isFileTarget)
    ? 'The agent changed none of these files in or after this message.'
    : 'The agent changed no file in or after this message that is not taken back already.';
}

async function versions(
  { userMessageId, path }: { readonly userMessageId: string; readonly path: string },
  { store, files }: Session,
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

/** Asked of the volume, not guessed by platform: is the folder also there under a name in the other case? */
async function isCaseInsensitive(root: string, files: FileSystem): Promise<boolean> {
  const other = root === root.toLowerCase() ? root.toUpperCase() : root.toLowerCase();
  if (other === root) return false;
  const [here, there] = await Promise.all([files.lstat(root), files.lstat(other).catch(() => undefined)]);
  return here !== undefined && there !== undefined && here.ino === there.ino;
}
