/** What is found of names that differ only in their case, where case doesn't count. */
import { isSameState } from '../fileState.ts';
import { nameOf, type PathKey } from '../paths.ts';
import type { StateChange } from '../summarize.ts';

/**
 * One spelling gone and another there is one change: of the spelling, and of whatever else is different. Where only a folder on
 * the way is spelled anew, it is none. `changes`: each path once.
 */
export function joinSpellings(changes: readonly StateChange[], toKey: PathKey): readonly StateChange[] {
  const byKey = new Map<string, StateChange[]>();
  for (const change of changes) {
    const key = toKey(change.path);
    const same = byKey.get(key);
    if (same === undefined) byKey.set(key, [change]);
    else same.push(change);
  }
  return [...byKey.values()].flatMap(joinPair);
}

function joinPair(same: readonly StateChange[]): readonly StateChange[] {
  const gone = same.find(({ after }) => after.kind === 'absent');
  const made = same.find(({ before }) => before.kind === 'absent');
  if (same.length !== 2 || gone === undefined || made === undefined || gone === made) return same;
  const change = { path: made.path, before: gone.before, after: made.after };
  if (nameOf(gone.path) !== nameOf(made.path)) return [{ ...change, was: gone.path }];
  return isSameState(gone.before, made.after) ? [] : [change];
}
