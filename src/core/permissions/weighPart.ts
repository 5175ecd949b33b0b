/** What one command of a command line is: allowed by what, asked about for what. */
import { normalizePath } from '../paths.ts';
import { ground, other, rulePossible } from './commandReasons.ts';
import type { CommandDeps } from './decideCommand.ts';
import type { DecisionReason, LayeredRule } from './decidePermission.ts';
import { isCoveredByNameOnly, toForm } from './shell/commandForms.ts';
import type { PathLocator } from './shell/commandPaths.ts';
import { findCriticalPath } from './shell/criticalPaths.ts';
import { findRiskyAssignment } from './shell/environment.ts';
import type { FileUse } from './shell/fileUses.ts';
import { findHiddenRun } from './shell/hiddenRuns.ts';
import { findCode, stripWrappers } from './shell/programs.ts';
import { listLookedAt } from './shell/readOnly.ts';
import type { ShellPart } from './shell/shellScript.ts';
import { certainValue, type ShellWord } from './shell/shellWord.ts';

/** What one part of a command line has been found to be. */
export interface Weighed {
  readonly grounds: readonly DecisionReason[];
  readonly asks: readonly DecisionReason[];
  readonly isReadOnly: boolean;
}

/** A part, and what has been looked up of it. */
export interface Looked {
  readonly part: ShellPart;
  readonly uses: readonly FileUse[];
  /** There are more places in it where a program may start than have been tried. */
  readonly isCut: boolean;
}

export interface WeighingOptions extends Pick<CommandDeps, 'context' | 'index' | 'paths' | 'judgePath'> {
  readonly cwd: string;
  readonly locator: PathLocator;
  /** Whether there are rules that what is not understood could evade. */
  readonly canEvade: boolean;
  readonly hasStrictPaths: boolean;
}

export class PartWeigher {
  readonly #options: WeighingOptions;
  readonly #whole: LayeredRule | undefined;
  readonly #precious: readonly string[];

  constructor(options: WeighingOptions) {
    const { home, roots } = options.context.workspace;
    this.#options = options;
    this.#whole = options.index.commands.allow.whole;
    this.#precious = [home, options.cwd, ...roots];
  }

  weigh(looked: Looked): Weighed {
    const { part } = looked;
    const looks = this.#looks(part);
    const covered = this.#whole === undefined ? this.#cover(part, looks) : [ground(this.#whole)];
    const asks = [
      ...(typeof covered === 'string' ? [other(covered)] : []),
      ...this.#listSafety(looked),
      ...this.#listRedirectAsks(part),
      ...this.#listEvasions(looked),
      ...(this.#whole === undefined ? [] : this.#listCodeAsks(part, looks)),
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
    const rules = this.#options.index.commands.allow;
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
    const { context } = this.#options;
    const files = listLookedAt(part, { trusted: context.workspace.trusted });
    if (files === undefined || part.folders.includes(undefined)) return false;
    let last: ShellWord | undefined;
    for (const word of files) {
      // Words that are spelt the same are mostly one object.
      if (word !== last && !this.#mayLookAt(word, part)) return false;
      last = word;
    }
    return true;
  }

  #mayLookAt(word: ShellWord, part: ShellPart): boolean {
    for (const path of this.#locate(word, part)) {
      const shown = word.kind === 'glob' ? path.replace(/[^/]*[*?[].*$/s, '') : path;
      if (this.#options.judgePath('read', shown).behavior !== 'allow') return false;
    }
    return true;
  }

  /** What no rule may take away: protected files, what can't be taken back, git in a folder that brings its own configuration. */
  #listSafety({ part, uses }: Looked): readonly DecisionReason[] {
    const critical = findCriticalPath(part.words, {
      precious: this.#precious,
      resolve: (path) =>
        normalizePath(this.#locate({ ...MORE, kind: 'literal', value: path }, part)[0] ?? path, 'linux'),
    });
    const reasons: DecisionReason[] = critical === undefined ? [] : [{ type: 'safetyCheck', text: critical }];
    for (const { access, word } of uses) {
      if (access !== 'write') continue;
      for (const path of this.#locate(word, part)) {
        const { behavior, reason } = this.#options.judgePath('write', path);
        if (behavior === 'ask' && reason.type === 'safetyCheck') reasons.push(reason);
      }
    }
    return reasons;
  }

  #listRedirectAsks(part: ShellPart): readonly DecisionReason[] {
    if (this.#whole !== undefined || part.redirects.length === 0) return [];
    const each = new Map(
      part.redirects.map((redirect) => [`${redirect.access} ${redirect.target?.text}`, redirect]),
    );
    return [...each.values()].flatMap(({ access, target }): readonly DecisionReason[] => {
      if (target !== undefined && certainValue(target) === '/dev/null') return [];
      if (target === undefined || certainValue(target) === undefined)
        return [other(`It can not be told which file ${target?.text ?? 'a redirect'} is.`)];
      if (part.folders.length > 0) return [other('It redirects to a file from another folder.')];
      return this.#locate(target, part).flatMap((path) => {
        const { behavior, reason } = this.#options.judgePath(access, path);
        return behavior === 'ask' ? [reason] : [];
      });
    });
  }

  /** Where a rule that denies or asks could apply to what can't be told. */
  #listEvasions({ part, uses, isCut }: Looked): readonly DecisionReason[] {
    const reasons: DecisionReason[] = [];
    const { commands } = this.#options.index;
    if (isCut) reasons.push(other('It has very many words.'));
    const start = toCertainStart(part.words);
    const possible =
      start === undefined
        ? undefined
        : (commands.deny.findPossible(start) ?? commands.ask.findPossible(start));
    if (possible !== undefined) reasons.push(rulePossible(possible));
    if (this.#options.hasStrictPaths) for (const use of uses) this.#addFileEvasions(use, part, reasons);
    const isGitElsewhere = part.folders.length > 0 && part.words.some((word) => certainValue(word) === 'git');
    if (isGitElsewhere && this.#whole === undefined)
      reasons.push({ type: 'safetyCheck', text: 'git goes by the configuration of another folder.' });
    return reasons;
  }

  /** Code that a rule for this very program lets it run, is no surprise; a rule for every command has not spoken of it. */
  #listCodeAsks(part: ShellPart, looks: boolean): readonly DecisionReason[] {
    const code = this.#options.canEvade ? findCode(part.words, part) : undefined;
    return code === undefined || typeof this.#cover(part, looks) !== 'string' ? [] : [other(code)];
  }

  #addFileEvasions(use: FileUse, part: ShellPart, reasons: DecisionReason[]): void {
    const { access, word, below } = use;
    const isUnknown =
      word.kind === 'unknown' || (part.folders.includes(undefined) && !word.value.startsWith('/'));
    if (isUnknown) {
      if (access !== 'mention') reasons.push(other(`It can not be told which file ${word.text} is.`));
      return;
    }
    if (access !== 'mention' && word.kind !== 'glob' && !below) return;
    const paths = this.#locate(word, part);
    for (const side of access === 'mention' ? BOTH : [access]) {
      for (const behavior of STRICT) {
        for (const path of paths) {
          const rule = this.#findPossibleFile(use, { behavior, side, path });
          if (rule !== undefined) reasons.push(rulePossible(rule));
        }
      }
    }
  }

  #findPossibleFile(
    { word, below }: FileUse,
    { behavior, side, path }: { behavior: 'deny' | 'ask'; side: 'read' | 'write'; path: string },
  ): LayeredRule | undefined {
    const { paths } = this.#options;
    if (word.kind === 'glob') return paths.findPossible(behavior, side, { glob: path });
    if (below) return paths.findPossible(behavior, side, { below: path });
    return paths.findStrict(behavior, side, path, 'Bash');
  }

  #locate(word: ShellWord, part: ShellPart): readonly string[] {
    return this.#options.locator.locate(word, part);
  }
}

const BOTH = ['read', 'write'] as const;
const STRICT = ['deny', 'ask'] as const;

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
