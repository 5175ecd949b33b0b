/** The rules of a session, compiled once and found by what they are about. */
import type { NameFolding, Workspace } from '../ports.ts';
import type { LayeredRule, RuleLayer } from './decidePermission.ts';
import { PathPattern } from './pathPattern.ts';
import { PathRuleSet } from './pathRuleSet.ts';
import { type CommandPattern, couldCover, coversForm, parseCommandPattern } from './shell/commandPattern.ts';

export type RuleBehavior = LayeredRule['behavior'];

export interface RuleIndex {
  /** Strongest layer first. */
  readonly rules: readonly LayeredRule[];
  readonly commands: Readonly<Record<RuleBehavior, CommandRules>>;
  /** Whether there are rules with brackets that are about files. */
  readonly hasScoped: Readonly<Record<'deny' | 'ask', boolean>>;
  /** Rules with brackets for these tools. */
  paths(behavior: RuleBehavior, toolNames: readonly string[]): readonly LayeredRule[];
  pattern(rule: LayeredRule, folding: NameFolding): PathPattern;
  /** The same as `paths`, to find the one that covers a path. */
  pathSet(behavior: RuleBehavior, toolNames: readonly string[], folding: NameFolding): PathRuleSet;
}

const STRENGTH: Readonly<Record<RuleLayer, number>> = {
  cliArg: 0,
  session: 1,
  local: 2,
  project: 3,
  policy: 4,
  user: 5,
};

export function createRuleIndex(
  given: readonly LayeredRule[],
  workspace: Workspace,
  additionalDirectories: readonly string[],
): RuleIndex {
  const rules = [...given].sort((left, right) => STRENGTH[left.layer] - STRENGTH[right.layer]);
  /** By how names are told apart. */
  const patterns = Array.from({ length: 4 }, () => new Map<LayeredRule, PathPattern>());
  const sets = Array.from({ length: 4 }, () => new Map<readonly LayeredRule[], PathRuleSet>());
  const listed = {
    allow: new Map<string, readonly LayeredRule[]>(),
    ask: new Map<string, readonly LayeredRule[]>(),
    deny: new Map<string, readonly LayeredRule[]>(),
  };
  const hasScoped = (behavior: RuleBehavior): boolean =>
    rules.some(
      (rule) => rule.behavior === behavior && rule.toolName !== 'Bash' && rule.ruleContent !== undefined,
    );
  const index: RuleIndex = {
    rules,
    hasScoped: { deny: hasScoped('deny'), ask: hasScoped('ask') },
    commands: {
      allow: new CommandRules(rules, 'allow'),
      ask: new CommandRules(rules, 'ask'),
      deny: new CommandRules(rules, 'deny'),
    },
    paths(behavior, toolNames) {
      const key = toolNames.join();
      const known = listed[behavior].get(key);
      if (known !== undefined) return known;
      const found = rules.filter(
        (rule) =>
          rule.behavior === behavior && rule.ruleContent !== undefined && toolNames.includes(rule.toolName),
      );
      listed[behavior].set(key, found);
      return found;
    },
    pattern(rule, folding) {
      const own = patterns[toPlace(folding)];
      const known = own?.get(rule);
      if (known !== undefined) return known;
      const sourceRoot =
        rule.sourceRoot ?? (rule.layer === 'user' ? `${workspace.home}/.claude` : workspace.cwd);
      const reach = rule.behavior === 'allow' ? 'exactly' : 'and below';
      const roots = [...workspace.roots, ...additionalDirectories];
      const pattern = new PathPattern(
        rule.ruleContent ?? '',
        { ...workspace, sourceRoot, roots },
        { reach, folding },
      );
      own?.set(rule, pattern);
      return pattern;
    },
    pathSet(behavior, toolNames, folding) {
      const own = sets[toPlace(folding)];
      const list = index.paths(behavior, toolNames);
      const set = own?.get(list) ?? new PathRuleSet(list, (rule) => index.pattern(rule, folding));
      own?.set(list, set);
      return set;
    },
  };
  return index;
}

function toPlace(folding: NameFolding): number {
  return (folding.case ? 1 : 0) + (folding.unicode ? 2 : 0);
}

interface CompiledRule {
  readonly rule: LayeredRule;
  readonly pattern: CommandPattern;
  /** Among all rules, the strongest layer first. */
  readonly order: number;
}

/** Rules for commands of one behavior. Those without a wildcard in the middle are found by their text, the others by their program. */
export class CommandRules {
  /** `Bash`, without brackets: whatever it runs. */
  readonly whole: LayeredRule | undefined;
  readonly #all: readonly CompiledRule[];
  readonly #exact = new Map<string, CompiledRule>();
  readonly #prefixes = new Map<string, CompiledRule>();
  #longestPrefix = 0;
  readonly #wildcards: CompiledRule[] = [];
  readonly #byProgram = new Map<string, CompiledRule[]>();

  constructor(rules: readonly LayeredRule[], behavior: RuleBehavior) {
    const own = rules.filter((rule) => rule.behavior === behavior && rule.toolName === 'Bash');
    this.whole = own.find((rule) => rule.ruleContent === undefined);
    this.#all = own.flatMap((rule, order) =>
      rule.ruleContent === undefined ? [] : [{ rule, order, pattern: parseCommandPattern(rule.ruleContent) }],
    );
    for (const compiled of this.#all) {
      this.#enter(compiled);
      const program = toProgram(compiled.pattern) ?? '';
      const list = this.#byProgram.get(program);
      if (list === undefined) this.#byProgram.set(program, [compiled]);
      else list.push(compiled);
    }
  }

  #enter(compiled: CompiledRule): void {
    const { kind, pieces } = compiled.pattern;
    const [text = ''] = pieces;
    if (kind === 'wildcard') this.#wildcards.push(compiled);
    // Of two that say the same, the stronger one.
    else if (kind === 'exact') this.#exact.set(text, this.#exact.get(text) ?? compiled);
    else {
      this.#prefixes.set(text, this.#prefixes.get(text) ?? compiled);
      this.#longestPrefix = Math.max(this.#longestPrefix, text.length);
    }
  }

  get hasScoped(): boolean {
    return this.#all.length > 0;
  }

  /** The strongest rule that covers the form and is wanted. */
  find(form: string, isWanted: (pattern: CommandPattern) => boolean = () => true): LayeredRule | undefined {
    let strongest: CompiledRule | undefined;
    const consider = (compiled: CompiledRule | undefined): void => {
      if (compiled === undefined || compiled.order >= (strongest?.order ?? Number.POSITIVE_INFINITY)) return;
      if (isWanted(compiled.pattern)) strongest = compiled;
    };
    consider(this.#exact.get(form));
    if (this.#prefixes.size > 0) {
      let end = form.indexOf(' ');
      for (; end !== -1 && end <= this.#longestPrefix; end = form.indexOf(' ', end + 1))
        consider(this.#prefixes.get(form.slice(0, end)));
      if (form.length <= this.#longestPrefix) consider(this.#prefixes.get(form));
    }
    for (const compiled of this.#wildcards) if (coversForm(compiled.pattern, form)) consider(compiled);
    return strongest?.rule;
  }

  /** A rule that could cover the command if what follows `start` were known. */
  findPossible(start: string): LayeredRule | undefined {
    const [program = ''] = start.split(' ', 1);
    const could = ({ pattern }: CompiledRule): boolean => couldCover(pattern, start);
    if (program === start) return this.#all.find(could)?.rule;
    return (this.#byProgram.get(program)?.find(could) ?? this.#byProgram.get('')?.find(could))?.rule;
  }
}

/** The program that all commands it covers start with; undefined: the rule leaves that open. */
function toProgram({ kind, pieces: [first = ''] }: CommandPattern): string | undefined {
  const [program = ''] = first.split(' ', 1);
  return kind === 'wildcard' && program === first ? undefined : program;
}
