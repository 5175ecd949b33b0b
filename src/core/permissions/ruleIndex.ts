/** The rules of a session, compiled once and found by what they are about. */
import type { NameFolding, Workspace } from '../ports.ts';
import type { LayeredRule, RuleLayer } from './decidePermission.ts';
import { PathPattern } from './pathPattern.ts';
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
  const listed = new Map<string, readonly LayeredRule[]>();
  const hasScoped = (behavior: RuleBehavior): boolean =>
    rules.some(
      (rule) => rule.behavior === behavior && rule.toolName !== 'Bash' && rule.ruleContent !== undefined,
    );
  return {
    rules,
    hasScoped: { deny: hasScoped('deny'), ask: hasScoped('ask') },
    commands: {
      allow: new CommandRules(rules, 'allow'),
      ask: new CommandRules(rules, 'ask'),
      deny: new CommandRules(rules, 'deny'),
    },
    paths(behavior, toolNames) {
      const key = `${behavior} ${toolNames.join()}`;
      const found =
        listed.get(key) ??
        rules.filter(
          (rule) =>
            rule.behavior === behavior && rule.ruleContent !== undefined && toolNames.includes(rule.toolName),
        );
      listed.set(key, found);
      return found;
    },
    pattern(rule, folding) {
      const own = patterns[(folding.case ? 1 : 0) + (folding.unicode ? 2 : 0)];
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
  };
}

interface CompiledRule {
  readonly rule: LayeredRule;
  readonly pattern: CommandPattern;
}

/** Rules for commands of one behavior. Those that name their program are found by it. */
export class CommandRules {
  /** `Bash`, without brackets: whatever it runs. */
  readonly whole: LayeredRule | undefined;
  readonly #byProgram = new Map<string, CompiledRule[]>();
  readonly #others: CompiledRule[] = [];

  constructor(rules: readonly LayeredRule[], behavior: RuleBehavior) {
    const own = rules.filter((rule) => rule.behavior === behavior && rule.toolName === 'Bash');
    this.whole = own.find((rule) => rule.ruleContent === undefined);
    for (const rule of own) {
      if (rule.ruleContent === undefined) continue;
      const compiled = { rule, pattern: parseCommandPattern(rule.ruleContent) };
      const program = toProgram(compiled.pattern);
      const list = this.#byProgram.get(program ?? '') ?? [];
      if (program === undefined) this.#others.push(compiled);
      else {
        list.push(compiled);
        this.#byProgram.set(program, list);
      }
    }
  }

  get hasScoped(): boolean {
    return this.#byProgram.size + this.#others.length > 0;
  }

  find(form: string, isWanted: (pattern: CommandPattern) => boolean = () => true): LayeredRule | undefined {
    const [program = ''] = form.split(' ', 1);
    const fits = ({ pattern }: CompiledRule): boolean => coversForm(pattern, form) && isWanted(pattern);
    return (this.#byProgram.get(program)?.find(fits) ?? this.#others.find(fits))?.rule;
  }

  /** A rule that could cover the command if what follows `start` were known. */
  findPossible(start: string): LayeredRule | undefined {
    const [program = ''] = start.split(' ', 1);
    const isOpen = program === start;
    const could = ({ pattern }: CompiledRule): boolean => couldCover(pattern, start);
    const candidates = isOpen ? [...this.#byProgram.values()].flat() : (this.#byProgram.get(program) ?? []);
    return (candidates.find(could) ?? this.#others.find(could))?.rule;
  }
}

/** The program that all commands it covers start with; undefined: the rule leaves that open. */
function toProgram({ kind, pieces: [first = ''] }: CommandPattern): string | undefined {
  const [program = ''] = first.split(' ', 1);
  return kind === 'wildcard' && program === first ? undefined : program;
}
