/**
 * Whether a command line may run. To forbid, a suspicion is enough: a rule that denies or asks is held against every command
 * found anywhere in it, under every form. To allow takes proof: all of it is understood, each command is covered by a rule or
 * only looks, and each file it writes may be written. Nothing is left out because something else was found first.
 */
import { normalizePath } from '../paths.ts';
import type { Effect } from '../tools/tool.ts';
import { dedupe, ground, other, rulePossible, toDoubtReason } from './commandReasons.ts';
import type { CommandPart, DecisionReason, LayeredRule, PermissionContext } from './decidePermission.ts';
import { PathRules } from './pathRules.ts';
import { type CommandRules, createRuleIndex, type RuleIndex } from './ruleIndex.ts';
import {
  guessPart,
  isCoveredByNameOnly,
  listStrictForms,
  type StrictForms,
  toForm,
} from './shell/commandForms.ts';
import { listPartUses, locate, MAX_PATHS, readCommand } from './shell/commandPaths.ts';
import { findCriticalPath } from './shell/criticalPaths.ts';
import { findRiskyAssignment } from './shell/environment.ts';
import type { FileUse } from './shell/fileUses.ts';
import { findHiddenRun } from './shell/hiddenRuns.ts';
import { findCode, stripWrappers } from './shell/programs.ts';
import { listLookedAt } from './shell/readOnly.ts';
import type { ShellPart, ShellScript } from './shell/shellScript.ts';
import { certainValue, type ShellWord } from './shell/shellWord.ts';

export interface CommandDeps {
  readonly context: PermissionContext;
  readonly index: RuleIndex;
  readonly paths: PathRules;
  /** Whether a file may be read or written, by rules and mode; the deny and ask rules have been held against it already. */
  readonly judgePath: (access: 'read' | 'write', path: string) => PathVerdict;
}

export interface PathVerdict {
  readonly behavior: 'allow' | 'ask';
  readonly reason: DecisionReason;
}

export interface CommandVerdict {
  /** It changes to more folders than can be held against rules for files: some of those are taken to cover it. */
  readonly leavesOutFolders: boolean;
  readonly denied: LayeredRule | undefined;
  readonly asked: LayeredRule | undefined;
  /** Why it is asked; empty: it is allowed. */
  readonly asks: readonly DecisionReason[];
  /** Why it is allowed. */
  readonly grounds: readonly DecisionReason[];
  /** It only looks at what may be looked at, whatever the rules say. */
  readonly isReadOnly: boolean;
  /** It could not be taken apart at all, so that no rule could be held against it. */
  readonly isUnread: boolean;
  /** The commands in it, as a person sees them, in order. */
  readonly parts: readonly CommandPart[];
}

type Execute = Extract<Effect, { kind: 'execute' }>;

export function decideCommand({ command, cwd }: Execute, deps: CommandDeps): CommandVerdict {
  const judge = new CommandJudge(readCommand(command, { ...deps.context.workspace, cwd }), cwd, deps);
  return {
    leavesOutFolders: judge.leavesOutFolders,
    denied: judge.findStrict('deny', command),
    asked: judge.findStrict('ask', command),
    ...judge.weigh(),
  };
}

/** Whether a rule for commands that has this in its brackets speaks for all that the command line does. */
export function coversWholeCommand(scope: string, effect: Execute, context: PermissionContext): boolean {
  const rules: readonly LayeredRule[] = [
    { toolName: 'Bash', ruleContent: scope, behavior: 'allow', layer: 'session' },
  ];
  const index = createRuleIndex(rules, context.workspace, []);
  const paths = new PathRules({ context: { ...context, rules }, index, places: new Map() });
  const reason = other('It is no matter of this rule.');
  const judgePath = (): PathVerdict => ({ behavior: 'ask', reason });
  const verdict = decideCommand(effect, { context: { ...context, rules }, index, paths, judgePath });
  return verdict.asks.length === 0 && verdict.grounds.some(({ rule }) => rule !== undefined);
}

/** What one part of a command line has been found to be. */
interface Weighed {
  readonly grounds: readonly DecisionReason[];
  readonly asks: readonly DecisionReason[];
  readonly isReadOnly: boolean;
}

/** A command, and what is looked up of it once. */
interface Seen {
  readonly part: ShellPart;
  readonly uses: readonly LocatedUse[];
  readonly forms: StrictForms;
}

interface LocatedUse extends FileUse {
  /** From each folder it may run in; empty: it can't be told. */
  readonly paths: readonly string[];
}

/** More commands than this are not weighed one by one, and then nobody but a person allows them. */
const MAX_WEIGHED = 256;

class CommandJudge {
  readonly #script: ShellScript;
  readonly #cwd: string;
  readonly #deps: CommandDeps;
  readonly #seen: readonly Seen[];
  readonly #known = new Map<ShellPart['words'], Seen>();
  /** Whether there are rules that what is not understood could evade. */
  readonly #canEvade: boolean;
  readonly #hasStrictPaths: boolean;
  readonly #guesses: readonly StrictForms[];
  readonly #precious: readonly string[];

  constructor(script: ShellScript, cwd: string, deps: CommandDeps) {
    const { workspace } = deps.context;
    const { deny, ask } = deps.index.commands;
    const foldsCase = workspace.platform !== 'linux';
    const hasStrictForms = deny.hasScoped || ask.hasScoped;
    this.#script = script;
    this.#cwd = cwd;
    this.#deps = deps;
    this.#hasStrictPaths = deps.paths.hasStrict();
    this.#canEvade = hasStrictForms || this.#hasStrictPaths;
    this.#precious = [workspace.home, cwd, ...workspace.roots];
    this.#guesses = hasStrictForms
      ? script.guesses.map((guess) => listStrictForms(guessPart(guess).words, foldsCase))
      : [];
    this.#seen = script.parts.map((part) => this.#see(part, foldsCase));
  }

  /** The reader gives commands that are spelt the same the same words, and those of one folder the same folders. */
  #see(part: ShellPart, foldsCase: boolean): Seen {
    const known = this.#known.get(part.words);
    const isSame =
      known?.part.text === part.text &&
      known.part.folders === part.folders &&
      known.part.isFed === part.isFed &&
      known.part.isSuspected === part.isSuspected;
    if (known !== undefined && isSame) return known;
    const seen = {
      part,
      uses: listPartUses(part).map((use) => ({ ...use, paths: this.#locate(use.word, part) })),
      forms: this.#canEvade ? listStrictForms(part.words, foldsCase) : NO_FORMS,
    };
    this.#known.set(part.words, seen);
    return seen;
  }

  findStrict(behavior: 'deny' | 'ask', command: string): LayeredRule | undefined {
    const rules = this.#deps.index.commands[behavior];
    const whole = rules.find(command.trim());
    if (whole !== undefined) return whole;
    for (const guess of this.#guesses) {
      const found = findForm(guess, rules);
      if (found !== undefined) return found;
    }
    for (const seen of new Set(this.#seen)) {
      const found = findForm(seen.forms, rules) ?? this.#findStrictFile(seen, behavior);
      if (found !== undefined) return found;
    }
    // A `cd` that fails leaves the command in a folder that is not remembered: in a forbidden one, for all that is known.
    return this.#script.leavesOutFolders ? this.#deps.paths.anyStrict(behavior) : undefined;
  }

  #findStrictFile({ uses }: Seen, behavior: 'deny' | 'ask'): LayeredRule | undefined {
    if (!this.#hasStrictPaths) return undefined;
    for (const { access, word, paths } of uses) {
      if (access === 'mention' || word.kind === 'glob') continue;
      for (const path of paths) {
        const found = this.#deps.paths.findStrict(behavior, access, path, 'Bash');
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  get leavesOutFolders(): boolean {
    return this.#script.leavesOutFolders;
  }

  weigh(): Omit<CommandVerdict, 'denied' | 'asked' | 'leavesOutFolders'> {
    const whole = this.#deps.index.commands.allow.whole;
    const shown = this.#seen.filter(({ part }) => !part.isSuspected);
    const weighed = new Map<Seen, Weighed>();
    for (const seen of new Set(shown))
      weighed.set(seen, shown.length > MAX_WEIGHED ? UNWEIGHED : this.#weighPart(seen, whole));
    const all = [...new Set(weighed.values())];
    const doubts = this.#listDoubts(whole);
    const asks = dedupe([...doubts, ...all.flatMap((each) => each.asks)]);
    const isEmpty = this.#script.parts.length === 0 && doubts.length === 0 && whole === undefined;
    return {
      asks: isEmpty ? [other('It can not be told what it runs.')] : asks,
      grounds: dedupe(all.flatMap(({ grounds }) => grounds)),
      isReadOnly: !isEmpty && this.#script.doubts.length === 0 && all.every(({ isReadOnly }) => isReadOnly),
      isUnread: this.#script.doubts.some(({ kind }) => kind === 'unread'),
      parts: shown.map((seen) => {
        const { text } = seen.part;
        const own = weighed.get(seen);
        const isAllowed = own !== undefined && own.asks.length === 0;
        const reasons = (isAllowed ? own.grounds : own?.asks) ?? [];
        return {
          text,
          behavior: isAllowed ? 'allow' : 'ask',
          reason: reasons.map((each) => each.text).join(' '),
        };
      }),
    };
  }

  /** What is no part's own: whether it was understood, and whether a rule could be evaded by what was not. */
  #listDoubts(whole: LayeredRule | undefined): readonly DecisionReason[] {
    const { workspace } = this.#deps.context;
    const doubts = this.#script.doubts
      .filter(({ kind }) => kind !== 'unclear' || whole === undefined || this.#canEvade)
      .map(toDoubtReason);
    if (workspace.platform === 'win32' && doubts.length === 0)
      doubts.push(...this.#script.doubts.map(toDoubtReason));
    if (this.#namesManyFiles()) doubts.push(other('It names more files than are looked up.'));
    return doubts;
  }

  /** No fewer are counted than have been looked up. */
  #namesManyFiles(): boolean {
    const folders = new Set(this.#seen.flatMap(({ part }) => part.folders));
    const names = new Set<string>();
    for (const { part, uses } of new Set(this.#seen)) {
      for (const { word } of uses) names.add(`${part.folders.length} ${word.text}`);
      if (names.size * (1 + folders.size) >= MAX_PATHS) return true;
    }
    return false;
  }

  #weighPart(seen: Seen, whole: LayeredRule | undefined): Weighed {
    const { part } = seen;
    const looks = this.#looks(part);
    const covered = whole === undefined ? this.#cover(part, looks) : [ground(whole)];
    const asks = [
      ...(typeof covered === 'string' ? [other(covered)] : []),
      ...this.#listSafety(seen),
      ...this.#listRedirectAsks(part, whole),
      ...this.#listEvasions(seen, whole),
      ...(whole === undefined ? [] : this.#listCodeAsks(part, looks)),
    ];
    const isReadOnly = looks && asks.length === 0 && part.redirects.every(({ access }) => access === 'read');
    return { grounds: typeof covered === 'string' ? [] : covered, asks, isReadOnly };
  }

  /** Grounds to allow it; a text says why there are none. */
  #cover(part: ShellPart, looks: boolean): readonly DecisionReason[] | string {
    if (part.words.length === 0) return part.redirects.length > 0 ? [] : 'It sets a variable.';
    if (looks) return [{ type: 'other', text: 'It only looks.' }];
    const risky = findRiskyAssignment(part.assignments);
    if (risky !== undefined) return `It sets ${risky.name}, which can change what is run.`;
    if (part.folders.length > 0 && certainValue(part.words[0])?.includes('/') === true)
      return 'It runs a program by a path from another folder.';
    const found = this.#findAllowRule(part.words);
    return typeof found === 'string' ? found : [ground(found)];
  }

  #findAllowRule(words: readonly ShellWord[]): LayeredRule | string {
    if (words[0]?.kind !== 'literal') return 'It can not be told what it runs.';
    const rules = this.#deps.index.commands.allow;
    const stripped = stripWrappers(words);
    const hidden = findHiddenRun(stripped.takesMore ? [...stripped.words, MORE] : stripped.words);
    const exact = rules.find(toForm(words), ({ kind }) => kind === 'exact');
    if (exact !== undefined) return exact;
    const inner = rules.find(toForm(stripped.words), ({ kind, pieces }) =>
      kind === 'exact'
        ? !stripped.takesMore
        : hidden === undefined && !isCoveredByNameOnly(stripped.words, pieces[0] ?? ''),
    );
    if (inner !== undefined) return inner;
    return hidden ?? 'It runs a command.';
  }

  /** It is known to only look, and may look at all it looks at. */
  #looks(part: ShellPart): boolean {
    const files = listLookedAt(part, { trusted: this.#deps.context.workspace.trusted });
    if (files === undefined || part.folders.includes(undefined)) return false;
    return files.every((word) =>
      this.#locate(word, part).every((path) => {
        const shown = word.kind === 'glob' ? path.replace(/[^/]*[*?[].*$/s, '') : path;
        return this.#deps.judgePath('read', shown).behavior === 'allow';
      }),
    );
  }

  /** What no rule may take away: protected files, what can't be taken back, git in a folder that brings its own configuration. */
  #listSafety({ part, uses }: Seen): readonly DecisionReason[] {
    const critical = findCriticalPath(part.words, {
      precious: this.#precious,
      resolve: (path) =>
        normalizePath(this.#locate({ ...MORE, kind: 'literal', value: path }, part)[0] ?? path, 'linux'),
    });
    const reasons: DecisionReason[] = critical === undefined ? [] : [{ type: 'safetyCheck', text: critical }];
    for (const { access, paths } of uses) {
      if (access !== 'write') continue;
      for (const path of paths) {
        const { behavior, reason } = this.#deps.judgePath('write', path);
        if (behavior === 'ask' && reason.type === 'safetyCheck') reasons.push(reason);
      }
    }
    return reasons;
  }

  #listRedirectAsks(part: ShellPart, whole: LayeredRule | undefined): readonly DecisionReason[] {
    if (whole !== undefined || part.redirects.length === 0) return [];
    const each = new Map(
      part.redirects.map((redirect) => [`${redirect.access} ${redirect.target?.text}`, redirect]),
    );
    return [...each.values()].flatMap(({ access, target }): readonly DecisionReason[] => {
      if (target !== undefined && certainValue(target) === '/dev/null') return [];
      if (target === undefined || certainValue(target) === undefined)
        return [other(`It can not be told which file ${target?.text ?? 'a redirect'} is.`)];
      if (part.folders.length > 0) return [other('It redirects to a file from another folder.')];
      return this.#locate(target, part).flatMap((path) => {
        const { behavior, reason } = this.#deps.judgePath(access, path);
        return behavior === 'ask' ? [reason] : [];
      });
    });
  }

  /** Where a rule that denies or asks could apply to what can't be told. */
  #listEvasions({ part, uses, forms }: Seen, whole: LayeredRule | undefined): readonly DecisionReason[] {
    const reasons: DecisionReason[] = [];
    const { commands } = this.#deps.index;
    if (forms.isCut) reasons.push(other('It has very many words.'));
    const start = toCertainStart(part.words);
    const possible =
      start === undefined
        ? undefined
        : (commands.deny.findPossible(start) ?? commands.ask.findPossible(start));
    if (possible !== undefined) reasons.push(rulePossible(possible));
    if (this.#hasStrictPaths) for (const use of uses) reasons.push(...this.#listFileEvasions(use, part));
    const isGitElsewhere = part.folders.length > 0 && part.words.some((word) => certainValue(word) === 'git');
    if (isGitElsewhere && whole === undefined)
      reasons.push({ type: 'safetyCheck', text: 'git goes by the configuration of another folder.' });
    return reasons;
  }

  /** Code that a rule for this very program lets it run, is no surprise; a rule for every command has not spoken of it. */
  #listCodeAsks(part: ShellPart, looks: boolean): readonly DecisionReason[] {
    const code = this.#canEvade ? findCode(part.words, part) : undefined;
    return code === undefined || typeof this.#cover(part, looks) !== 'string' ? [] : [other(code)];
  }

  #listFileEvasions(use: LocatedUse, part: ShellPart): readonly DecisionReason[] {
    const { access, word, below } = use;
    const isUnknown =
      word.kind === 'unknown' || (part.folders.includes(undefined) && !word.value.startsWith('/'));
    if (isUnknown)
      return access === 'mention' ? [] : [other(`It can not be told which file ${word.text} is.`)];
    if (access !== 'mention' && word.kind !== 'glob' && !below) return [];
    const sides = access === 'mention' ? BOTH : [access];
    return sides.flatMap((side) =>
      STRICT.flatMap((behavior) =>
        use.paths.flatMap((path) => {
          const rule = this.#findPossibleFile(use, { behavior, side, path });
          return rule === undefined ? [] : [rulePossible(rule)];
        }),
      ),
    );
  }

  #findPossibleFile(
    { word, below }: LocatedUse,
    { behavior, side, path }: { behavior: 'deny' | 'ask'; side: 'read' | 'write'; path: string },
  ): LayeredRule | undefined {
    const { paths } = this.#deps;
    if (word.kind === 'glob') return paths.findPossible(behavior, side, { glob: path });
    if (below) return paths.findPossible(behavior, side, { below: path });
    return paths.findStrict(behavior, side, path, 'Bash');
  }

  #locate(word: ShellWord, part: ShellPart): readonly string[] {
    return locate(word, part, { ...this.#deps.context.workspace, cwd: this.#cwd });
  }
}

function findForm({ forms }: StrictForms, rules: CommandRules): LayeredRule | undefined {
  if (!rules.hasScoped) return undefined;
  for (const form of forms) {
    const found = rules.find(form);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where there is no rule to hold it against. */
const NO_FORMS: StrictForms = { forms: [], isCut: false };

const BOTH = ['read', 'write'] as const;
const STRICT = ['deny', 'ask'] as const;

const UNWEIGHED: Weighed = {
  grounds: [],
  asks: [{ type: 'safetyCheck', text: 'It has more commands than are weighed one by one.' }],
  isReadOnly: false,
};

/** A word that could be anything. */
const MORE: ShellWord = { text: '…', kind: 'unknown', value: '', splits: true };

/** The form of the words before the first that can't be told; undefined: all can. */
function toCertainStart(words: readonly ShellWord[]): string | undefined {
  const index = words.findIndex((word) => word.kind === 'unknown');
  if (index === -1) return undefined;
  return words
    .slice(0, index)
    .map((word) => `${toForm([word])} `)
    .join('')
    .concat(words[index]?.value ?? '');
}
