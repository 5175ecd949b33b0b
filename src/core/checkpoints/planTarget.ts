/** What would become of one file or folder of a rewind. */
import type { Clock, FileSystem } from '../ports.ts';
import { BlobError, type BlobStore } from './blobStore.ts';
import { saveContent, toFileState } from './captureFile.ts';
import type { Resolution, RewindMode } from './checkpoints.ts';
import { type Decision, decideFolder, decideStep, reasons } from './decideStep.ts';
import { type FileState, isFile, isKnownAgain, isSameState } from './fileState.ts';
import type { RewindFile, RewindStep } from './journalRecords.ts';
import { countLines } from './lineCounts.ts';
import type { Look, LookAround } from './lookAround.ts';
import { mergeWork } from './mergeWork.ts';
import type { PathKey } from './paths.ts';
import { findName } from './respell.ts';
import type { SeenFiles } from './seenFiles.ts';
import type { StepList } from './stepList.ts';
import { isFileTarget, type Target, withTheirs } from './targets.ts';
import { takeHunksBack } from './textHunks.ts';

export interface PlanOptions {
  readonly id: string;
  readonly mode: RewindMode;
  /** By key; before `mode`. */
  readonly resolutions: ReadonlyMap<string, Resolution>;
  readonly save: boolean;
  readonly files: FileSystem;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly toKey: PathKey;
}

export interface Planning extends PlanOptions {
  readonly around: LookAround;
  readonly seen: SeenFiles;
  readonly steps: StepList;
}

export interface PlannedTarget {
  readonly target: Target;
  readonly file: RewindFile;
  readonly step?: Pick<RewindStep, 'from' | 'to' | 'isCurrent' | 'spelling'>;
  /** Folders to be made on the way. */
  readonly missing?: readonly string[];
}

/** Throws FileError when the store has no room. */
export async function planTarget(given: Target, planning: Planning): Promise<PlannedTarget> {
  const resolution = planning.resolutions.get(planning.toKey(given.history.path));
  if (resolution === 'keep') return leave(given, 'skipped', reasons.kept);
  const chosen: Planning = resolution === 'take' ? { ...planning, mode: 'overwrite' } : planning;
  const target = planning.mode === 'merge' ? withTheirs(given) : given;
  try {
    return await (target.hunks === undefined ? planWhole(target, chosen) : planHunks(target, chosen));
  } catch (error) {
    if (error instanceof BlobError) return leave(target, 'skipped', reasons.damaged);
    throw error;
  }
}

/** Of a file that is there before and after: the target is what the agent left, without these changes. */
async function planHunks(target: Target, planning: Planning): Promise<PlannedTarget> {
  const { history, to, hunks = [], undone } = target;
  const current = history.current.state;
  if (current.kind !== 'file' || to.state.kind !== 'file')
    return leave(target, 'skipped', reasons.otherHunks);
  const before = await planning.blobs.get(to.state.sha256);
  const after = await planning.blobs.get(current.sha256);
  const bytes = takeHunksBack(before, after, new Set(hunks));
  if (bytes === undefined) return leave(target, 'skipped', reasons.otherHunks);
  const state = await toFileState(bytes, current);
  await noteMade(bytes, state, planning);
  return planWhole({ ...target, to: { ...to, ref: null, state }, undone: { ...undone, work: [] } }, planning);
}

async function planWhole(target: Target, planning: Planning): Promise<PlannedTarget> {
  const { path } = target.history;
  const look = await planning.around.at(path, (there) => planning.steps.makesRoom(there));
  if ('outcome' in look) return leave(target, look.outcome, look.reason);
  const decision = await decide(target, look, planning);
  const isWanted = decision.kind === 'restore' && decision.to.kind !== 'absent';
  const isBlocked = look.isBlocked || look.missing.some((folder) => planning.steps.fills(folder));
  if (isWanted && isBlocked) return leave(target, 'conflicted', reasons.fileOnWay);
  const decided = { target, look, planning };
  return { ...(await respellToo(await carryOut(decision, decided), decided)), missing: look.missing };
}

/** A name that is spelled as the agent left it gets its spelling back with the rest, or alone. */
async function respellToo(planned: PlannedTarget, decided: Decided): Promise<PlannedTarget> {
  const { target, look, planning } = decided;
  const { step, file } = planned;
  const { respelling } = target;
  if (respelling === undefined || step === undefined || step.to.kind === 'absent') return planned;
  const isThere = look.capture.state.kind !== 'absent';
  const name = isThere ? await findName(target.history.path, planning) : respelling.from;
  if (name !== respelling.from) return planned;
  if (planning.save) await saveContent(look.capture, planning.blobs);
  const change = file.change ?? 'modified';
  return {
    ...planned,
    file: { ...file, outcome: 'restored', change },
    step: { ...step, spelling: respelling.to },
  };
}

async function decide(target: Target, { capture, stat }: Look, { files, mode }: Planning): Promise<Decision> {
  const { history, to, undone } = target;
  const disk = capture.state;
  const toKnown = (state: FileState): FileState => (isKnownAgain(state, stat) ? disk : state);
  const [current, aimed] = [toKnown(history.current.state), toKnown(to.state)];
  const situation = { current, disk, target: aimed, undone, mode };
  if (!isFileTarget(target)) return decideFolder(situation);
  return decideStep({ ...situation, isUnsaved: await files.hasUnsavedChanges(history.path) });
}

interface Decided {
  readonly target: Target;
  readonly look: Look;
  readonly planning: Planning;
}

async function carryOut(decision: Decision, decided: Decided): Promise<PlannedTarget> {
  const { target, look, planning } = decided;
  switch (decision.kind) {
    case 'conflict':
      return leave(target, 'conflicted', decision.reason);
    case 'skip':
      return leave(target, 'skipped', decision.reason);
    case 'unchanged': {
      const from = look.capture.state;
      // What stands there now may be somebody's file in the place of a folder: that is no part of the folder's history.
      const isSameKind = from.kind === target.to.state.kind;
      return { ...leave(target, 'unchanged'), ...(isSameKind ? { step: { from, to: from } } : {}) };
    }
    case 'merge':
      return merge(decision, decided);
    case 'restore': {
      const { to, note } = decision;
      const wanted = to.kind === 'file' ? await readWanted(to.sha256, planning) : undefined;
      return restore({ to, wanted, note }, decided);
    }
  }
}

interface Wanted {
  readonly to: FileState;
  /** Of a file. */
  readonly wanted: Uint8Array | undefined;
  readonly note: string | undefined;
}

async function restore(
  { to, wanted, note }: Wanted,
  { target, look, planning }: Decided,
): Promise<PlannedTarget> {
  const { capture, stat } = look;
  const from = capture.state;
  if (planning.save) await saveContent(capture, planning.blobs);
  const { path, current } = target.history;
  const file: RewindFile = {
    path,
    outcome: 'restored',
    ...(note === undefined ? {} : { reason: note }),
    ...countLines(capture.bytes, wanted),
    change: toChange(from, to),
  };
  const isCurrent = isKnownAgain(current.state, stat) ? { isCurrent: true } : {};
  return { target, file, step: { from, to, ...isCurrent } };
}

function toChange(from: FileState, to: FileState): 'created' | 'modified' | 'deleted' {
  if (from.kind === 'directory' && to.kind === 'directory') return 'modified';
  if (!isFile(to)) return isFile(from) || to.kind === 'absent' ? 'deleted' : 'created';
  return isFile(from) ? 'modified' : 'created';
}

async function merge(
  { to, otherwise }: Decision & { kind: 'merge' },
  { target, look, planning }: Decided,
): Promise<PlannedTarget> {
  const from = look.capture.state;
  const merged = await mergeWork(
    {
      current: target.history.current.state,
      disk: look.capture,
      target: await readWanted(to.sha256, planning),
      work: target.undone.work,
    },
    planning.blobs,
  );
  if (merged?.merge.kind !== 'clean') return leave(target, 'conflicted', otherwise);
  const { bytes } = merged.merge;
  const state = await toFileState(bytes, to);
  if (isSameState(state, from))
    return { ...leave(target, 'unchanged', reasons.merged), step: { from, to: from } };
  await noteMade(bytes, state, planning);
  return restore({ to: state, wanted: bytes, note: reasons.merged }, { target, look, planning });
}

async function readWanted(sha256: string, { blobs, seen }: Planning): Promise<Uint8Array> {
  const bytes = seen.content(sha256) ?? (await blobs.get(sha256));
  seen.noteContent(sha256, bytes);
  return bytes;
}

/** A content that the rewind itself has made has to be in the store like any other. */
async function noteMade(bytes: Uint8Array, state: FileState, { blobs, seen, save }: Planning): Promise<void> {
  if (state.kind !== 'file') return;
  seen.noteContent(state.sha256, bytes);
  if (save) await blobs.put(bytes, state.sha256);
}

function leave(target: Target, outcome: RewindFile['outcome'], reason?: string): PlannedTarget {
  const told = reason === undefined ? {} : { reason };
  return { target, file: { path: target.history.path, outcome, ...told, insertions: 0, deletions: 0 } };
}
