/**
 * Which changes are checked for a selective rewind. A rewind takes a file back to before a change, so with a change all later
 * ones of the same file are checked, and without it none of the earlier ones. No editor in here.
 */
import type { RewindTarget } from '../../protocol/checkpoints.ts';
import { type FileItem, type Listed, toFileId } from './checkpointItems.ts';

/** Ids of file items (`toFileId`). */
export type Checked = ReadonlySet<string>;

export interface Checking {
  readonly files: readonly FileItem[];
  readonly checked: boolean;
}

/** `checkpoints`: oldest first. */
export function changeChecked(
  before: Checked,
  { files, checked }: Checking,
  checkpoints: readonly Listed[],
): Checked {
  const after = new Set(before);
  for (const file of files) {
    const from = checkpoints.findIndex(({ id }) => id === file.checkpointId);
    const reached = checked ? checkpoints.slice(Math.max(0, from)) : checkpoints.slice(0, from + 1);
    for (const checkpoint of reached) {
      const id = toFileId(checkpoint.id, file.path);
      if (!checked) after.delete(id);
      else if (isCheckable(checkpoint, file.path)) after.add(id);
    }
  }
  return after;
}

/** What is no change any more is checked no longer. */
export function keepCheckable(before: Checked, checkpoints: readonly Listed[]): Checked {
  const possible = checkpoints.flatMap((checkpoint) =>
    checkpoint.changes
      .filter(({ path }) => isCheckable(checkpoint, path))
      .map(({ path }) => toFileId(checkpoint.id, path)),
  );
  return new Set(possible.filter((id) => before.has(id)));
}

function isCheckable({ origin, changes }: Listed, path: string): boolean {
  return origin !== 'rewind' && changes.some((change) => change.path === path && !change.taken_back);
}

/** Of one rewind: each point that is the first checked one of some files; the newest first. */
export function toCheckedTargets(checked: Checked, checkpoints: readonly Listed[]): readonly RewindTarget[] {
  const seen = new Set<string>();
  const targets = checkpoints.flatMap(({ id, changes }): RewindTarget[] => {
    const paths = changes
      .map(({ path }) => path)
      .filter((path) => checked.has(toFileId(id, path)) && !seen.has(path));
    for (const path of paths) seen.add(path);
    return paths.length === 0 ? [] : [{ checkpoint_id: id, paths }];
  });
  return targets.toReversed();
}
