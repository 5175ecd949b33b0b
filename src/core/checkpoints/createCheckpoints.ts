/**
 * Opens the checkpoints of a session: sets right what a crash left, then records calls and carries out rewinds. One store
 * serves all roots of the workspace, and files outside of them too: paths are absolute and real, so that a file is recorded
 * once whichever way it is reached, and a rewind over several roots is one.
 */
import type { ByteWork, Clock, FileSystem, Log, Storage, Workspace } from '../ports.ts';
import type { Checkpoints } from './checkpoints.ts';
import { collectStores } from './collectStores.ts';
import { type OpenDeps, openRecovered, recoverOtherSessions } from './openRecovered.ts';
import { listOtherChanges, readOtherVersions } from './otherSessions.ts';
import { createPathKey } from './paths.ts';
import { createRecorder } from './recorder.ts';
import {
  canRedo,
  type RewindSession,
  readSessionConflict,
  readSessionVersions,
  redo,
  rewind,
} from './sessionRewinds.ts';
import { toSha256 } from './sha256.ts';
import { sweepSessions } from './tree/openCalls.ts';
import { type CaptureOptions, openCapture, type StartedTrees, startTrees } from './tree/openCapture.ts';
import { recoverCutOff } from './tree/recoverCutOff.ts';
import { recoverWatched } from './tree/recoverWatched.ts';
import { createWriteGate } from './writeGate.ts';

export interface CheckpointsOptions {
  readonly files: FileSystem;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
  readonly sessionId: string;
  readonly workspace: Pick<Workspace, 'roots'>;
  readonly createId: () => string;
  /** Absent: only what tools announce is recorded. */
  readonly capture?: CaptureOptions | undefined;
  /** Absent: by what the web has. */
  readonly byteWork?: Partial<ByteWork> | undefined;
}

/** Throws FileError when the store can't be opened; the session can go on without checkpoints. */
export async function createCheckpoints(options: CheckpointsOptions): Promise<Checkpoints> {
  const { files, storage, clock, log, workspace, byteWork } = options;
  const root = await files.realPath(workspace.roots[0] ?? '/');
  const toKey = createPathKey({ caseInsensitive: await isCaseInsensitive(root, files) });
  const folder = ['checkpoints', (await toSha256(new TextEncoder().encode(toKey(root)))).slice(0, 16)];
  const deps: OpenDeps = { files, storage, clock, log, toKey, folder, roots: workspace.roots, byteWork };
  const wanted = await recoverCutOff(options, deps);
  const trees = await startTrees(options.capture, { ...deps, wanted });
  try {
    return await openSession(options, deps, trees);
  } catch (error) {
    await trees?.close();
    throw error;
  }
}

async function openSession(
  { sessionId, createId }: CheckpointsOptions,
  deps: OpenDeps,
  trees: StartedTrees | undefined,
): Promise<Checkpoints> {
  const { store, recovery } = await openRecovered(sessionId, deps);
  await recoverOtherSessions(store, deps);
  const capture = trees && openCapture(trees, { ...deps, store });
  const interrupted = capture === undefined ? [] : await recoverWatched(store, capture.watch);
  const session: RewindSession = {
    ...{ ...deps, store, createId },
    gate: createWriteGate(),
    watch: capture?.watch,
  };
  /** Once; beside the work. */
  let collecting: Promise<void> | undefined;
  return {
    recovery: { ...recovery, unknownChanges: [...recovery.unknownChanges, ...interrupted] },
    beginTurn: (userMessageId) => {
      const isNew = store.ledger.history.orderOfMessage(userMessageId) === undefined;
      if (isNew && store.writable) void store.ledger.note([{ kind: 'message', userMessageId }]);
      capture?.beginTurn();
      collecting ??= collect(deps);
    },
    prepare: () => capture?.watch.prepare(),
    endTurn: async () => {
      await capture?.endTurn();
      await store.ledger.idle();
      await store.settled();
    },
    captureStates: () => capture?.states() ?? [],
    onCapture: (listener) => capture?.listen(listener),
    record: (call) => createRecorder({ id: createId(), ...call }, session),
    list: () => store.ledger.history.checkpoints(),
    rewind: (request) => rewind(request, session),
    canRedo: () => canRedo(session),
    redo: (request) => redo(request, session),
    takenBack: () => store.ledger.history.takenBack(),
    redoable: () => store.ledger.history.redoable().map(({ id }) => id),
    versions: (query) => readSessionVersions(query, session),
    conflict: (query) => readSessionConflict(query, session),
    otherChanges: async (path) =>
      listOtherChanges([path, await deps.files.realPath(path)], { ...deps, own: store.name }),
    otherVersions: async (query) => {
      const own = { ...deps, own: store.name };
      const real = { ...query, path: await deps.files.realPath(query.path) };
      return (await readOtherVersions(query, own)) ?? readOtherVersions(real, own);
    },
    close: async () => {
      await collecting;
      await capture?.watch.shut();
      await session.gate.alone(() => store.close());
    },
  };
}

async function collect(deps: OpenDeps): Promise<void> {
  await Promise.all([collectStores({ ...deps }), sweepSessions(deps)]);
}

/** Asked of the volume, not guessed by platform: is the folder also there under a name in the other case? */
async function isCaseInsensitive(root: string, files: FileSystem): Promise<boolean> {
  const other = root === root.toLowerCase() ? root.toUpperCase() : root.toLowerCase();
  if (other === root) return false;
  const [here, there] = await Promise.all([files.lstat(root), files.lstat(other).catch(() => undefined)]);
  return here !== undefined && there !== undefined && here.ino === there.ino;
}
