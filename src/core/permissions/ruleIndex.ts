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
  paths(behavior: RuleBehavior, tools: ToolGroup): readonly LayeredRule[];
  pattern(rule: LayeredRule, folding: NameFolding): PathPattern;
  /** The same as `paths`, to find the one that covers a path. */
  pathSet(behavior: RuleBehavior, tools: ToolGroup, folding: NameFolding): PathRuleSet;
}

/** Tools whose rules are looked up together. */
export interface ToolGroup {
  readonly names: readonly string[];
  /** What the group is remembered by. */
  readonly key: string;
}

export function toToolGroup(names: readonly string[]): ToolGroup {
  return { names, key: names.join() };
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
    paths(behavior, { names, key }) {
      const known = listed[behavior].get(key);
      if (known !== undefined) return known;
      const found = rules.filter(
        (rule) =>
          rule.behavior === behavior && rule.ruleContent !== undefined && names.includes(rule.toolName),
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
    pathSet(behavior, tools, folding) {
      const own = sets[toPlace(folding)];
      const list = index.paths(behavior, tools);
      const known = own?.get(list);
      if (known !== undefined) return known;
      const set = new PathRuleSet(list, (rule) => index.pattern(rule, folding));
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

  /** Whether there is a rule that could cover a form whose first word this is. */
  concerns(program: string): boolean {
    return this.#byProgram.has(program) || this.#byProgram.has('');
  }

  /** The strongest rule that covers the form and is wanted. */
  find(form: string, isWanted: (pattern: CommandPattern) => boolean = isAny): LayeredRule | undefined {
    let found = stronger(undefined, this.#exact.get(form), isWanted);
    if (this.#prefixes.size > 0) {
      let end = form.indexOf(' ');
      for (; end !== -1 && end <= this.#longestPrefix; end = form.indexOf(' ', end + 1))
        found = stronger(found, this.#prefixes.get(form.slice(0, end)), isWanted);
      if (form.length <= this.#longestPrefix) found = stronger(found, this.#prefixes.get(form), isWanted);
    }
    for (const compiled of this.#wildcards)
      if (coversForm(compiled.pattern, form)) found = stronger(found, compiled, isWanted);
    return found?.rule;
  }

  /** A rule that could cover the command if what follows `start` were known. */
  findPossible(start: string): LayeredRule | undefined {
    const [program = ''] = start.split(' ', 1);
    const could = ({ pattern }: CompiledRule): boolean => couldCover(pattern, start);
    if (program === start) return this.#all.find(could)?.rule;
    return (this.#byProgram.get(program)?.find(could) ?? this.#byProgram.get('')?.find(could))?.rule;
  }
}

function isAny(): boolean {
  return true;
}

function stronger(
  found: CompiledRule | undefined,
  compiled: CompiledRule | undefined,
  isWanted: (pattern: CommandPattern) => boolean,
): CompiledRule | undefined {
  if (compiled === undefined || (found !== undefined && compiled.order >= found.order)) return found;
  return isWanted(compiled.pattern) ? compiled : found;
}

/** The program that all commands it covers start with; undefined: the rule leaves that open. */
function toProgram({ kind, pieces: [first = ''] }: CommandPattern): string | undefined {
  const [program = ''] = first.split(' ', 1);
  return kind === 'wildcard' && program === first ? undefined : program;
}
