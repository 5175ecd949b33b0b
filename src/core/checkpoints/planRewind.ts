/**
 * Looks at everything that a rewind or a redo would move, and says what would become of each. Changes nothing but the store:
 * with `save`, the contents that are about to be overwritten are put there.
 */
import type { Clock, FileSystem } from '../ports.ts';
import { BlobError, type BlobStore } from './blobStore.ts';
import { type Capture, saveContent } from './captureFile.ts';
import type { RewindMode } from './checkpoints.ts';
import { type Decision, decideFolder, decideStep, reasons } from './decideStep.ts';
import { type FileState, isSameState } from './fileState.ts';
import { inParallel } from './inParallel.ts';
import type { RewindFile, RewindStep, UnlockedFolder } from './journalRecords.ts';
import { keepFilledFolders } from './keepFilledFolders.ts';
import { countLines } from './lineCounts.ts';
import { createLookAround, type LookAround } from './lookAround.ts';
import { depthOf, type PathKey } from './paths.ts';
import { createSeenFiles, type SeenFiles } from './seenFiles.ts';
import { createStepList, type StepList } from './stepList.ts';
import { isFileTarget, type Target } from './targets.ts';
import { findLocked } from './unlockFolders.ts';

export interface RewindPlan {
  readonly steps: readonly RewindStep[];
  /** What to tell of each file, in the order of their paths. */
  readonly files: readonly RewindFile[];
  /** The same of folders that change, or would have to. */
  readonly folders: readonly RewindFile[];
  readonly unlocked: readonly UnlockedFolder[];
  /** For carrying it out. */
  readonly seen: SeenFiles;
}

export interface PlanOptions {
  readonly id: string;
  readonly mode: RewindMode;
  readonly save: boolean;
  readonly files: FileSystem;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly toKey: PathKey;
}

interface Planning extends PlanOptions {
  readonly around: LookAround;
  readonly seen: SeenFiles;
  readonly steps: StepList;
}

/** From the outside in: what becomes of a folder is known when what is in it has its turn. */
export async function planRewind(targets: readonly Target[], options: PlanOptions): Promise<RewindPlan> {
  const seen = createSeenFiles();
  const around = createLookAround({ ...options, seen });
  const planning: Planning = { ...options, seen, around, steps: createStepList(options) };
  const planned: PlannedTarget[] = [];
  for (const level of byDepth(targets)) {
    const done = await inParallel(level, (target) => planTarget(target, planning));
    for (const one of done) addSteps(one, planning.steps);
    planned.push(...done);
  }
  return settlePlan(planned, planning);
}

async function settlePlan(planned: readonly PlannedTarget[], planning: Planning): Promise<RewindPlan> {
  const { files, toKey, seen, steps: all } = planning;
  const { steps, kept } = await keepFilledFolders(all.list, { files, toKey });
  const told = planned.map(({ target, file }) => ({ target, file: kept.get(file.path) ?? file }));
  const ofKind = (isFile: boolean): readonly RewindFile[] =>
    told
      .filter(({ target }) => isFileTarget(target) === isFile)
      .map(({ file }) => file)
      .toSorted(byPath);
  return {
    steps,
    files: ofKind(true),
    folders: ofKind(false).filter(({ outcome }) => outcome !== 'unchanged'),
    unlocked: await findLocked(
      steps.filter(({ from, to }) => !isSameState(from, to)),
      files,
    ),
    seen,
  };
}

interface PlannedTarget {
  readonly target: Target;
  readonly file: RewindFile;
  readonly step?: { readonly from: FileState; readonly to: FileState };
  /** Folders to be made on the way. */
  readonly missing?: readonly string[];
}

function addSteps({ target, step, missing = [] }: PlannedTarget, steps: StepList): void {
  if (step === undefined) return;
  steps.add(step.from, { target, to: step.to });
  if (step.to.kind !== 'absent') steps.addFolders(missing);
}

async function planTarget(target: Target, planning: Planning): Promise<PlannedTarget> {
  const { path } = target.history;
  const look = await planning.around.at(path, (folder) => planning.steps.makesFolder(folder));
  if ('outcome' in look) return leave(target, look.outcome, look.reason);
  try {
    const decision = await decide(target, look.capture, planning);
    const isWanted = decision.kind === 'restore' && decision.to.kind !== 'absent';
    if (isWanted && look.isBlocked) return leave(target, 'conflicted', reasons.fileOnWay);
    return {
      ...(await carryOut(decision, { target, capture: look.capture, planning })),
      missing: look.missing,
    };
  } catch (error) {
    if (error instanceof BlobError) return leave(target, 'skipped', reasons.damaged);
    throw error;
  }
}

async function decide(target: Target, capture: Capture, { files, mode }: Planning): Promise<Decision> {
  const { history, to, undone } = target;
  const situation = { current: history.current.state, disk: capture.state, target: to.state, undone, mode };
  if (!isFileTarget(target)) return decideFolder(situation);
  return decideStep({ ...situation, isUnsaved: await files.hasUnsavedChanges(history.path) });
}

interface Decided {
  readonly target: Target;
  readonly capture: Capture;
  readonly planning: Planning;
}

async function carryOut(decision: Decision, { target, capture, planning }: Decided): Promise<PlannedTarget> {
  const from = capture.state;
  switch (decision.kind) {
    case 'conflict':
      return leave(target, 'conflicted', decision.reason);
    case 'unchanged': {
      // What stands there now may be somebody's file in the place of a folder: that is no part of the folder's history.
      const isSameKind = from.kind === target.to.state.kind;
      return { ...leave(target, 'unchanged'), ...(isSameKind ? { step: { from, to: from } } : {}) };
    }
    case 'restore': {
      const { to, note } = decision;
      const wanted = to.kind === 'file' ? await readWanted(to.sha256, planning) : undefined;
      if (planning.save) await saveContent(capture, planning.blobs);
      const reason = note === undefined ? {} : { reason: note };
      const { path } = target.history;
      const file: RewindFile = { path, outcome: 'restored', ...reason, ...countLines(capture.bytes, wanted) };
      return { target, file, step: { from, to } };
    }
  }
}

async function readWanted(sha256: string, { blobs, seen }: Planning): Promise<Uint8Array> {
  const bytes = seen.content(sha256) ?? (await blobs.get(sha256));
  seen.noteContent(sha256, bytes);
  return bytes;
}

function leave(target: Target, outcome: RewindFile['outcome'], reason?: string): PlannedTarget {
  const told = reason === undefined ? {} : { reason };
  return { target, file: { path: target.history.path, outcome, ...told, insertions: 0, deletions: 0 } };
}

function byDepth(targets: readonly Target[]): readonly (readonly Target[])[] {
  const levels = new Map<number, Target[]>();
  for (const target of targets) {
    const depth = depthOf(target.history.path);
    const level = levels.get(depth);
    if (level === undefined) levels.set(depth, [target]);
    else level.push(target);
  }
  return [...levels].sort(([left], [right]) => left - right).map(([, level]) => level);
}

function byPath(left: RewindFile, right: RewindFile): number {
  return left.path < right.path ? -1 : 1;
}
