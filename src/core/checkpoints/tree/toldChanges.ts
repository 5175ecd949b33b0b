/**
 * What was told of a tree since it was saved how it looks: whoever begins anew with what was saved finds all of that again, and must not
 * tell it twice.
 */
import { isSameSeen, type SeenChange, type SeenState } from './treeScanner.ts';

interface Told {
  /** When it was saved. */
  readonly saved: SeenState;
  readonly last: SeenState;
}

export class ToldChanges {
  #told = new Map<string, Told>();

  /** They have been told. */
  add(changes: readonly SeenChange[]): void {
    for (const { path, before, after } of changes)
      this.#told.set(path, { saved: this.#told.get(path)?.saved ?? before, last: after });
  }

  /** All that is known is being saved. Returned is what takes that back, should it fail. */
  clear(): () => void {
    const before = this.#told;
    this.#told = new Map();
    return () => {
      const since = this.#told;
      this.#told = before;
      for (const [path, { saved, last }] of since)
        this.#told.set(path, { saved: before.get(path)?.saved ?? saved, last });
    };
  }

  /** `changes`: all that differs from what was saved. What of it is new, and what is again as it was when it was saved. */
  untold(changes: readonly SeenChange[]): readonly SeenChange[] {
    const found = new Set(changes.map(({ path }) => path));
    const further = changes.map(({ path, before, after }) => ({
      path,
      before: this.#told.get(path)?.last ?? before,
      after,
    }));
    const back = [...this.#told].flatMap(([path, { saved, last }]) =>
      found.has(path) ? [] : [{ path, before: last, after: saved }],
    );
    return [...further, ...back].filter(({ before, after }) => !isSameSeen(before, after));
  }
}
