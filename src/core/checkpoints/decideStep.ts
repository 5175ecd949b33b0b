/** What to do with one file of a rewind. Nothing that somebody else changed is taken back without being asked for. */
import type { RewindMode } from './checkpoints.ts';
import { type FileState, isSameContent, isSameState, modeOf } from './fileState.ts';
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

/**
 * `to` is what is to stand there. It may be another state than the target, so that a merge of texts has its place here: for
 * a conflict between files with base = current, ours = disk, theirs = target.
 */
export type Decision =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'restore'; readonly to: FileState; readonly note?: string }
  | { readonly kind: 'conflict'; readonly reason: string };

export const reasons = {
  changedSince: 'It was changed since the agent changed it, and was left as it is.',
  changedBetween:
    'Somebody else changed it between two changes of the agent, and taking it back would lose that.',
  unknown:
    'The agent was stopped while it wrote this file, so its change cannot be told from one of your own.',
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
  if (disk.kind === 'absent') {
    return current.kind === 'absent'
      ? { kind: 'restore', to }
      : { kind: 'restore', to, note: reasons.recreated };
  }
  if (mode === 'overwrite') return { kind: 'restore', to };
  if (undone.unknown) return conflict('unknown');
  if (!isSameContent(disk, to) && !isSameContent(disk, current)) return conflict('changedSince');
  if (!isSameContent(disk, to) && undone.bySomebody) return conflict('changedBetween');
  if (to.kind === 'absent' || namesOf(disk) === 1) return { kind: 'restore', to };
  // The names it had when the agent wrote it changed with it, and go back with it. A later one is somebody's copy.
  return namesOf(disk) === namesOf(current)
    ? { kind: 'restore', to, note: reasons.otherNames }
    : conflict('hardLink');
}

function namesOf(state: FileState): number {
  return (state.kind === 'file' ? state.nlink : undefined) ?? 1;
}

/** Of what is a folder, or isn't there. Whether one that is to go is empty is seen when all the others are decided. */
export function decideFolder(situation: Omit<Situation, 'isUnsaved'>): Decision {
  const { current, disk } = situation;
  const to = keepModeOfSomebody(situation);
  if (isSameState(disk, to)) return { kind: 'unchanged' };
  if (disk.kind === 'directory') return { kind: 'restore', to };
  // What somebody has put in the place of a folder that is to go stays, and is no matter of the rewind's.
  if (disk.kind !== 'absent') return to.kind === 'absent' ? { kind: 'unchanged' } : conflict('file');
  return current.kind === 'directory'
    ? { kind: 'restore', to, note: reasons.recreated }
    : { kind: 'restore', to };
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

function withMode(state: FileState, mode: number): FileState {
  return state.kind === 'file' || state.kind === 'directory' ? { ...state, mode } : state;
}

function conflict(reason: keyof typeof reasons): Decision {
  return { kind: 'conflict', reason: reasons[reason] };
}
