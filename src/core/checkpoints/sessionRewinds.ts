/** Rewinds and redos of one session: which targets they have, and who has to wait while they run. */
import type { RewindAnswer } from '../../protocol/checkpoints.ts';
import { FileError, type FileSystem } from '../ports.ts';
import type {
  Checkpoints,
  FurtherFiles,
  RedoOptions,
  Resolution,
  RewindOptions,
  RewindPoint,
  VersionsQuery,
} from './checkpoints.ts';
import { isSameState } from './fileState.ts';
import type { OpenDeps } from './openRecovered.ts';
import type { PathKey } from './paths.ts';
import { readConflict } from './readConflict.ts';
import { readVersions } from './readVersions.ts';
import { withRewindLock } from './rewindLock.ts';
import { type RewindRequest, runRewind } from './runRewind.ts';
import type { SessionStore } from './sessionStore.ts';
import { isFileTarget, narrowTargets, selectTargets, selectTargetsAt, type Target } from './targets.ts';
import type { TreeWatch } from './tree/treeWatch.ts';
import type { WriteGate } from './writeGate.ts';

export interface RewindSession extends OpenDeps {
  readonly store: SessionStore;
  readonly createId: () => string;
  readonly gate: WriteGate;
  readonly watch: TreeWatch | undefined;
}

export async function rewind(options: RewindOptions, session: RewindSession): Promise<RewindAnswer> {
  const { dryRun, mode } = options;
  return alone({ dryRun, session }, async () => {
    const { history } = session.store.ledger;
    const selection = selectTargets(history, options);
    if (selection === undefined) return refuse(unknownPoint(options));
    const { userMessageId, rewind: redoOf = null, targets: all } = selection;
    const own = await chooseTargets(all, { options, session });
    const further = await chooseFurther(options.further ?? [], session);
    if ('canRewind' in further) return further;
    const targets = joinTargets([{ order: selection.order, targets: own }, ...further], session);
    const nothing = nothingToRewind(all, options);
    const resolutions = await toResolutions(options.resolutions, session);
    return { id: session.createId(), userMessageId, redoOf, targets, mode, resolutions, dryRun, nothing };
  });
}

interface Choosing {
  readonly options: RewindOptions;
  readonly session: RewindSession;
}

async function chooseTargets(
  all: readonly Target[],
  { options: { paths, hunks }, session }: Choosing,
): Promise<readonly Target[]> {
  const { toKey } = session;
  if (hunks !== undefined) {
    const byKey = new Map<string, readonly string[]>();
    for (const [path, ids] of Object.entries(hunks))
      for (const key of await toKeys([path], session)) byKey.set(key, ids);
    return all.flatMap((target) => {
      const ids = byKey.get(toKey(target.history.path));
      return ids === undefined ? [] : [{ ...target, hunks: ids }];
    });
  }
  return paths === undefined ? all : narrowTargets(all, await toKeys(paths, session), toKey);
}

interface Chosen {
  /** Of the point, in the history. */
  readonly order: number;
  readonly targets: readonly Target[];
}

async function chooseFurther(
  further: readonly FurtherFiles[],
  session: RewindSession,
): Promise<readonly Chosen[] | Refusal> {
  const chosen: Chosen[] = [];
  for (const { paths, ...point } of further) {
    const selection = selectTargets(session.store.ledger.history, point);
    if (selection === undefined) return refuse(unknownPoint(point));
    const { order, targets } = selection;
    chosen.push({
      order,
      targets: narrowTargets(targets, await toKeys(paths, session), session.toKey),
    });
  }
  return chosen;
}

/** What is in several goes back furthest. */
function joinTargets(chosen: readonly Chosen[], { toKey }: RewindSession): readonly Target[] {
  const byKey = new Map<string, Target>();
  const fromOldest = chosen.toSorted((left, right) => left.order - right.order);
  for (const target of fromOldest.flatMap(({ targets }) => targets)) {
    const key = toKey(target.history.path);
    if (!byKey.has(key)) byKey.set(key, target);
  }
  return [...byKey.values()];
}

async function toResolutions(
  given: RewindOptions['resolutions'],
  session: RewindSession,
): Promise<ReadonlyMap<string, Resolution>> {
  const byKey = new Map<string, Resolution>();
  for (const [path, resolution] of Object.entries(given ?? {}))
    for (const key of await toKeys([path], session)) byKey.set(key, resolution);
  return byKey;
}

export async function redo(
  { dryRun, mode = 'merge', resolutions: given }: RedoOptions,
  session: RewindSession,
): Promise<RewindAnswer> {
  return alone({ dryRun, session }, async () => {
    const found = findRedo(session.store);
    const nothing = 'There is no rewind to take back.';
    if (found === undefined) return refuse(nothing);
    const { userMessageId, id: redoOf, targets } = found;
    const resolutions = await toResolutions(given, session);
    return { id: session.createId(), userMessageId, redoOf, targets, mode, resolutions, dryRun, nothing };
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
  const { history, to, respelling } = target;
  return isFileTarget(target) || respelling !== undefined || !isSameState(history.current.state, to.state);
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
    if (dryRun) return runRewind(decided, session);
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
  await watch?.tellOthers(targets.map(({ history }) => history.path));
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

function unknownPoint(point: RewindPoint): string {
  const what = 'userMessageId' in point ? 'message' : 'toolUseId' in point ? 'tool call' : 'checkpoint';
  return `There is no record of this ${what}, so nothing can be taken back.`;
}

function nothingToRewind(all: readonly Target[], { paths, hunks, further, ...point }: RewindOptions): string {
  if (!('userMessageId' in point)) return 'No file would be another one than it is.';
  return (paths !== undefined || hunks !== undefined) && all.length > 0
    ? 'The agent changed none of these files in or after this message.'
    : 'The agent changed no file in or after this message that is not taken back already.';
}

export async function readSessionVersions(
  query: VersionsQuery,
  { store, files }: RewindSession,
): ReturnType<Checkpoints['versions']> {
  const from = { history: store.ledger.history, blobs: store.blobs };
  const found = await readVersions(query, from);
  return found ?? readVersions({ ...query, path: await files.realPath(query.path) }, from);
}

export async function readSessionConflict(
  query: RewindPoint & { readonly path: string },
  { store, files }: RewindSession,
): ReturnType<Checkpoints['conflict']> {
  const from = { history: store.ledger.history, blobs: store.blobs, files };
  const found = await readConflict(query, from);
  return found ?? readConflict({ ...query, path: await files.realPath(query.path) }, from);
}

/** As they were given and as they really are: files are recorded by their real paths. */
async function toKeys(
  paths: readonly string[],
  { files, toKey }: { readonly files: FileSystem; readonly toKey: PathKey },
): Promise<ReadonlySet<string>> {
  const real = await Promise.all(paths.map((path) => files.realPath(path).catch(() => path)));
  return new Set([...paths, ...real].map(toKey));
}
