/** Folders that a rewind would take away, and that would not be empty then: something of somebody else's is in them, or comes back. */
import type { FileSystem } from '../ports.ts';
import { reasons } from './decideStep.ts';
import type { RewindFile, RewindStep } from './journalRecords.ts';
import { fromInside } from './orderSteps.ts';
import { joinPath, type PathKey, parentOf } from './paths.ts';

export interface KeptFolders {
  /** Without those that would take such a folder away. */
  readonly steps: readonly RewindStep[];
  /** What to tell of those instead, by path. */
  readonly kept: ReadonlyMap<string, RewindFile>;
}

export async function keepFilledFolders(
  steps: readonly RewindStep[],
  { files, toKey }: { readonly files: FileSystem; readonly toKey: PathKey },
): Promise<KeptFolders> {
  const leaving = new Set(steps.filter(({ to }) => to.kind === 'absent').map(({ path }) => toKey(path)));
  const filled = new Set(
    steps.filter(({ to }) => to.kind !== 'absent').map(({ path }) => toKey(parentOf(path))),
  );
  const kept = new Map<string, RewindFile>();
  const doomed = steps.filter(({ from, to }) => from.kind === 'directory' && to.kind !== 'directory');
  for (const { path, to } of fromInside(doomed)) {
    const entries = await files.readDirectory(path).catch(() => []);
    const isEmptied = entries.every(({ name }) => leaving.has(toKey(joinPath(path, name))));
    if (isEmptied && !filled.has(toKey(path))) continue;
    leaving.delete(toKey(path));
    const outcome = to.kind === 'absent' ? 'skipped' : 'conflicted';
    kept.set(path, { path, outcome, reason: reasons.notEmpty, insertions: 0, deletions: 0 });
  }
  return { steps: steps.filter(({ path }) => !kept.has(path)), kept };
}
