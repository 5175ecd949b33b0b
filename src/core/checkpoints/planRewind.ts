/**
 * Looks at everything that a rewind or a redo would move, and says what would become of each. Changes nothing but the store:
 * with `save`, the contents that are about to be overwritten are put there.
 */
import { inParallel } from './inParallel.ts';
import { isChanging, type RewindFile, type RewindStep, type UnlockedFolder } from './journalRecords.ts';
import { keepFilledFolders } from './keepFilledFolders.ts';
import { createLookAround } from './lookAround.ts';
import { depthOf } from './paths.ts';
import { type PlannedTarget, type Planning, type PlanOptions, planTarget } from './planTarget.ts';
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
    unlocked: await findLocked(steps.filter(isChanging), files),
    seen,
  };
}

function addSteps({ target, step, missing = [] }: PlannedTarget, steps: StepList): void {
  if (step === undefined) return steps.want(target);
  steps.add(target, step);
  if (step.to.kind !== 'absent') steps.addFolders(missing);
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
