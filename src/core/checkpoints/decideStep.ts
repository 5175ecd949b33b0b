/** What to do with one file of a rewind. Nothing that somebody else changed is taken back without being asked for. */
import type { RewindMode } from './checkpoints.ts';
import { type FileState, isSameContent, isSameState, modeOf, withMode } from './fileState.ts';
import type { Undone } from './targets.ts';

export interface Situation {
  /** Where Belay last left it. */
  readonly current: FileState;
  readonly disk: FileState;
  readonly target: FileState;
  readonly undone: Undone;
  readonly isUnsaved: boolean;
  readonly mode: RewindMode;
}

/** `to` is what is to stand there: the target, but for permission bits of somebody else's. */
export type Decision =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'restore'; readonly to: FileState; readonly note?: string }
  /** Restore, and put what somebody else has changed into it; where that can't be done, it is a conflict for this reason. */
  | { readonly kind: 'merge'; readonly to: FileState & { kind: 'file' }; readonly otherwise: string }
  | { readonly kind: 'conflict' | 'skip'; readonly reason: string };

export const reasons = {
  changedSince: 'It was changed since the agent changed it, and was left as it is.',
  changedBetween:
    'Somebody else changed it between two changes of the agent, and taking it back would lose that.',
  unknown:
    'It cannot be told whether the agent changed it or somebody else: the agent was stopped meanwhile, or another session worked beside it.',
  unsaved: 'It has unsaved changes in an editor. Save or revert them, then try again.',
  hardLink: 'It was given a second name (a hard link) since, which would be changed with it.',
  otherNames: 'It has a second name (a hard link), which goes back with it.',
  folder: 'A folder stands in its place now.',
  file: 'A file stands in its place now.',
  fileOnWay: 'A file stands where its folder was.',
  notEmpty: 'The folder is not empty.',
  changedMeanwhile: 'It was changed while the rewind ran, and was left as it is.',
  linkedParent: 'A folder on its path was replaced by a link, which is not followed.',
  damaged: 'The stored copy is damaged.',
  unkept: 'It was too large, or could not be read, so that no copy of it was kept.',
  unproven: 'No copy of it was kept, so it cannot be told whether it was changed since.',
  merged: 'Your own changes were kept (merged).',
  kept: 'You chose to keep it as it is.',
  otherHunks: 'Some of these changes are not there any more.',
  recreated: 'It had been deleted since, and is there again.',
  formatted: 'Something changed it again when it was saved.',
} as const;

/** Of what is, or was, a file or a link. */
export function decideStep(situation: Situation): Decision {
  const { current, disk, undone, isUnsaved, mode } = situation;
  const to = keepModeOfSomebody(situation);
  if (isUnsaved && mode === 'merge') return conflict('unsaved');
  if (isSameState(disk, to)) return { kind: 'unchanged' };
  if (disk.kind === 'directory' && current.kind !== 'directory') return conflict('folder');
  if (to.kind === 'unkept') return { kind: 'skip', reason: reasons.unkept };
  if (disk.kind === 'absent') return bringBack(to, current);
  if (mode === 'overwrite') return { kind: 'restore', to };
  if (undone.unknown) return conflict('unknown');
  const other = findWorkOfSomebody(situation, to);
  const hasOtherName = namesOf(disk) > 1 && namesOf(disk) !== namesOf(current);
  if (other !== undefined) {
    const canMerge = disk.kind === 'file' && to.kind === 'file' && !hasOtherName;
    return canMerge ? { kind: 'merge', to, otherwise: reasons[other] } : conflict(other);
  }
  if (to.kind === 'absent' || namesOf(disk) === 1) return { kind: 'restore', to };
  // The names it had when the agent wrote it changed with it, and go back with it. A later one is somebody's copy.
  return hasOtherName ? conflict('hardLink') : { kind: 'restore', to, note: reasons.otherNames };
}

function bringBack(to: FileState, current: FileState): Decision {
  return current.kind === 'absent'
    ? { kind: 'restore', to }
    : { kind: 'restore', to, note: reasons.recreated };
}

/** What of somebody else's would be lost. */
function findWorkOfSomebody(
  { current, disk, undone }: Situation,
  to: FileState,
): keyof typeof reasons | undefined {
  if (isSameContent(disk, to)) return undefined;
  if (!isSameContent(disk, current)) return current.kind === 'unkept' ? 'unproven' : 'changedSince';
  return undone.work.length > 0 ? 'changedBetween' : undefined;
}

function namesOf(state: FileState): number {
  return (state.kind === 'file' || state.kind === 'unkept' ? state.nlink : undefined) ?? 1;
}

/** Of what is a folder, or isn't there. Whether one that is to go is empty is seen when all the others are decided. */
export function decideFolder(situation: Omit<Situation, 'isUnsaved'>): Decision {
  const { current, disk, mode } = situation;
  const to = keepModeOfSomebody(situation);
  if (isSameState(disk, to)) return { kind: 'unchanged' };
  // Somebody has made it where the agent had left none.
  const isTheirs = to.kind === 'absent' && current.kind !== 'directory' && mode === 'merge';
  if (disk.kind === 'directory') return isTheirs ? { kind: 'unchanged' } : { kind: 'restore', to };
  // What somebody has put in the place of a folder that is to go stays, and is no matter of the rewind's.
  if (disk.kind !== 'absent') return to.kind === 'absent' ? { kind: 'unchanged' } : conflict('file');
  // The agent has not taken it away: it is there before and after what it did, and somebody has removed it since. What comes back
  // into it makes it anew.
  if (current.kind === 'directory' && mode === 'merge') return { kind: 'unchanged' };
  return bringBack(to, current);
}

/** Permission bits are merged on their own: a `chmod` by somebody else stays. */
function keepModeOfSomebody({
  current,
  disk,
  target,
  undone,
  mode,
}: Omit<Situation, 'isUnsaved'>): FileState {
  const is = modeOf(disk);
  if (mode === 'overwrite' || is === undefined || disk.kind !== target.kind) return target;
  const isTheirs = undone.modeBySomebody || (current.kind === disk.kind && modeOf(current) !== is);
  return isTheirs ? withMode(target, is) : target;
}

function conflict(reason: keyof typeof reasons): Decision {
  return { kind: 'conflict', reason: reasons[reason] };
}
