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
  readonly #byPivot = new Map<number, Map<string, Entry[]>>();
  readonly #others: Entry[] = [];

  constructor(rules: readonly LayeredRule[], toPattern: (rule: LayeredRule) => PathPattern) {
    for (const [order, rule] of rules.entries()) this.#enter({ rule, order, pattern: toPattern(rule) });
  }

  #enter(entry: Entry): void {
    const { pivots } = entry.pattern;
    if (pivots === undefined) this.#others.push(entry);
    for (const { index, name } of pivots ?? []) {
      const byName = this.#byPivot.get(index) ?? new Map<string, Entry[]>();
      this.#byPivot.set(index, byName);
      byName.set(name, [...(byName.get(name) ?? []), entry]);
    }
  }

  /** The strongest that covers one of these spellings (names from the root on, folded as the patterns are). */
  findAny(spellings: readonly (readonly string[])[]): LayeredRule | undefined {
    let strongest: Entry | undefined;
    for (const spelling of spellings) {
      const consider = (entry: Entry): void => {
        if (entry.order < (strongest?.order ?? Number.POSITIVE_INFINITY) && entry.pattern.covers(spelling))
          strongest = entry;
      };
      for (const [index, byName] of this.#byPivot) byName.get(spelling[index] ?? '')?.forEach(consider);
      this.#others.forEach(consider);
    }
    return strongest?.rule;
  }
}
