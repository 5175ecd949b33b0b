import { isFile } from './fileState.ts';
import type { RewindStep } from './journalRecords.ts';
import { depthOf, isInside } from './paths.ts';

/**
 * The order in which the steps of a rewind can be taken: folders before what comes into them, writes before deletions (a
 * full disk then stops nothing halfway), deletions from the inside out, emptied folders last. What stands where a file is to
 * replace its whole folder goes first of all. The steps of one group don't depend on each other.
 */
export function groupSteps(steps: readonly RewindStep[]): readonly (readonly RewindStep[])[] {
  const replaced = steps.filter(({ from, to }) => from.kind === 'directory' && isFile(to));
  const phaseOf = (step: RewindStep): number => {
    const isLeaving = step.to.kind === 'absent';
    if (isLeaving && replaced.some(({ path }) => isInside(step.path, path))) return 0;
    if (step.to.kind === 'directory') return 1;
    if (!isLeaving) return 2;
    return step.from.kind === 'directory' ? 4 : 3;
  };
  const placed = steps.map((step) => ({ step, phase: phaseOf(step), depth: depthOf(step.path) }));
  placed.sort((left, right) => {
    if (left.phase !== right.phase) return left.phase - right.phase;
    const isFromInside = left.phase === 0 || left.phase >= 3;
    return isFromInside ? right.depth - left.depth : left.depth - right.depth;
  });
  const groups: RewindStep[][] = [];
  let last: (typeof placed)[number] | undefined;
  for (const one of placed) {
    if (last?.phase !== one.phase || last.depth !== one.depth) groups.push([]);
    groups.at(-1)?.push(one.step);
    last = one;
  }
  return groups;
}

/** Innermost first, for what makes folders such that nothing in them can be changed any more. */
export function fromInside<Item extends { readonly path: string }>(items: readonly Item[]): readonly Item[] {
  return items.toSorted((left, right) => depthOf(right.path) - depthOf(left.path));
}
