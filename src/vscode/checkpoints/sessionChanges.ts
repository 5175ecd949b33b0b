/** What of the files is the session's work now: changed by it, and not taken back. No editor in here. */
import type { Listed } from './checkpointItems.ts';

/** By path: whether the session made the file or changed one that was there. */
export type SessionChanges = ReadonlyMap<string, 'created' | 'modified'>;

/** `checkpoints`: oldest first. */
export function toSessionChanges(checkpoints: readonly Listed[]): SessionChanges {
  const changes = new Map<string, 'created' | 'modified'>();
  for (const { changes: files, origin } of checkpoints) {
    if (origin === 'rewind') continue;
    for (const { path, change, taken_back } of files) {
      if (taken_back) continue;
      if (change === 'deleted') changes.delete(path);
      else if (change === 'created' || !changes.has(path)) changes.set(path, change);
    }
  }
  return changes;
}
