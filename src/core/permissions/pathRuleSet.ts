/** Rules about files in the order of their strength, the first that covers a file found without trying each of them. */
import type { LayeredRule } from './decidePermission.ts';
import type { PathPattern } from './pathPattern.ts';

interface Entry {
  readonly rule: LayeredRule;
  readonly pattern: PathPattern;
  readonly order: number;
}

export class PathRuleSet {
  /** Those that only cover paths with a certain name at a certain place: by that place, then by the name. */
  readonly #byPivot: { readonly index: number; readonly byName: Map<string, Entry[]> }[] = [];
  readonly #others: Entry[] = [];

  constructor(rules: readonly LayeredRule[], toPattern: (rule: LayeredRule) => PathPattern) {
    for (const [order, rule] of rules.entries()) this.#enter({ rule, order, pattern: toPattern(rule) });
  }

  #enter(entry: Entry): void {
    const { pivots } = entry.pattern;
    if (pivots === undefined) this.#others.push(entry);
    for (const { index, name } of pivots ?? []) {
      const byName = this.#namesAt(index);
      byName.set(name, [...(byName.get(name) ?? []), entry]);
    }
  }

  #namesAt(index: number): Map<string, Entry[]> {
    const known = this.#byPivot.find((each) => each.index === index)?.byName;
    if (known !== undefined) return known;
    const byName = new Map<string, Entry[]>();
    this.#byPivot.push({ index, byName });
    return byName;
  }

  /**
   * Whether one could cover this path: most are about other folders, and that is seen without taking the path apart. `path`:
   * with slashes, from the root on, without names that are empty or only dots, its names told apart as they are written.
   */
  mayCover(path: string): boolean {
    if (this.#others.length > 0) return true;
    for (const { index, byName } of this.#byPivot) if (byName.has(nameAt(path, index))) return true;
    return false;
  }

  /** The strongest that covers one of these spellings (names from the root on, folded as the patterns are). */
  findAny(spellings: readonly (readonly string[])[]): LayeredRule | undefined {
    let strongest: Entry | undefined;
    for (const spelling of spellings) {
      for (const { index, byName } of this.#byPivot)
        strongest = findStronger(strongest, byName.get(spelling[index] ?? ''), spelling);
      strongest = findStronger(strongest, this.#others, spelling);
    }
    return strongest?.rule;
  }
}

function findStronger(
  found: Entry | undefined,
  entries: readonly Entry[] | undefined,
  spelling: readonly string[],
): Entry | undefined {
  let strongest = found;
  if (entries === undefined) return strongest;
  for (const entry of entries)
    if ((strongest === undefined || entry.order < strongest.order) && entry.pattern.covers(spelling))
      strongest = entry;
  return strongest;
}

/** Empty: there are not so many. */
function nameAt(path: string, index: number): string {
  let start = 0;
  for (let skipped = 0; skipped <= index; skipped += 1) {
    start = path.indexOf('/', start) + 1;
    if (start === 0) return '';
  }
  const end = path.indexOf('/', start);
  return path.slice(start, end === -1 ? undefined : end);
}
