import { isFile } from './fileState.ts';
import type { RewindStep } from './journalRecords.ts';
import { depthOf, isInside } from './paths.ts';

/**
 * The order in which the steps of a rewind can be taken: folders before what comes into them, writes before deletions (a
 * full disk then stops nothing halfway), deletions from the inside out, emptied folders last. What stands where a file is to
 * replace its whole folder goes first of all.
 */
export function orderSteps(steps: readonly RewindStep[]): readonly RewindStep[] {
  const replaced = steps.filter(({ from, to }) => from.kind === 'directory' && isFile(to));
  const phaseOf = (step: RewindStep): number => {
    const isLeaving = step.to.kind === 'absent';
    if (isLeaving && replaced.some(({ path }) => isInside(step.path, path))) return 0;
    if (step.to.kind === 'directory') return 1;
    if (!isLeaving) return 2;
    return step.from.kind === 'directory' ? 4 : 3;
  };
  const fromInside = (phase: number): boolean => phase === 0 || phase >= 3;
  return steps
    .map((step) => ({ step, phase: phaseOf(step), depth: depthOf(step.path) }))
    .sort((left, right) => {
      if (left.phase !== right.phase) return left.phase - right.phase;
      return fromInside(left.phase) ? right.depth - left.depth : left.depth - right.depth;
    })
    .map(({ step }) => step);
}
