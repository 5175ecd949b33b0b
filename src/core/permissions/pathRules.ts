/** Rules and folders held against the files that a call touches: under every spelling they have. */
import { isInside } from '../paths.ts';
import type { NameFolding } from '../ports.ts';
import type { LayeredRule, PermissionContext, PermissionQuestion } from './decidePermission.ts';
import { EXACT_NAMES, FOLDED_NAMES, foldName } from './nameFolding.ts';
import { type NamePattern, parseNamePattern } from './namePattern.ts';
import type { PathRuleSet } from './pathRuleSet.ts';
import { toSegments } from './pathSegments.ts';
import type { RuleIndex } from './ruleIndex.ts';

export type PathAccess = 'read' | 'write';

export interface PathRulesOptions {
  readonly context: PermissionContext;
  readonly index: RuleIndex;
  readonly places: PermissionQuestion['places'];
}

export class PathRules {
  readonly #context: PermissionContext;
  readonly #index: RuleIndex;
  readonly #places: PermissionQuestion['places'];
  /** By the rules that are held against it, and the path. */
  readonly #strict = new Map<PathRuleSet, Map<string, LayeredRule | undefined>>();
  readonly #segments = new Map<string, readonly (readonly string[])[]>();

  constructor({ context, index, places }: PathRulesOptions) {
    this.#context = context;
    this.#index = index;
    this.#places = places;
  }

  /** A rule that forbids, or asks: one spelling is enough. What may not be read may not be written either. */
  findStrict(
    behavior: 'deny' | 'ask',
    access: PathAccess,
    path: string,
    toolName: string,
  ): LayeredRule | undefined {
    if (!this.#hasAny(behavior)) return undefined;
    const names = strictNames(behavior, access, toolName);
    if (this.#index.paths(behavior, names).length === 0) return undefined;
    const rules = this.#index.pathSet(behavior, names, this.#folding(path));
    const known = this.#strict.get(rules) ?? new Map<string, LayeredRule | undefined>();
    this.#strict.set(rules, known);
    if (!known.has(path)) known.set(path, rules.findAny(this.#spellings(path)));
    return known.get(path);
  }

  /** A rule that allows: all spellings must be covered. */
  findAllow(access: PathAccess, path: string, toolName: string): LayeredRule | undefined {
    const own = access === 'write' ? ['Edit'] : toolName === COMMAND_TOOL ? ['Read'] : [toolName, 'Read'];
    const spellings = this.#spellings(path);
    const folding = this.#folding(path);
    return this.#index.paths('allow', own).find((rule) => {
      const pattern = this.#index.pattern(rule, folding);
      return spellings.every((spelling) => pattern.covers(spelling));
    });
  }

  /** Whether what the shell finds for this pattern, or what lies below this folder, could be forbidden or asked for. */
  findPossible(
    behavior: 'deny' | 'ask',
    access: PathAccess,
    what: { readonly glob: string } | { readonly below: string },
  ): LayeredRule | undefined {
    const names = strictNames(behavior, access, 'Bash');
    const folding = this.#folding('glob' in what ? what.glob : what.below);
    const glob = 'glob' in what ? toPatterns(what.glob, folding) : [];
    const folders = 'below' in what ? this.#spellings(what.below) : [];
    return this.#index.paths(behavior, names).find((rule) => {
      const pattern = this.#index.pattern(rule, folding);
      if ('glob' in what) return pattern.couldCoverGlob(glob);
      return folders.some((folder) => pattern.couldCoverBelow(folder));
    });
  }

  /** Any rule that forbids commands files, or asks, whichever files. */
  anyStrict(behavior: 'deny' | 'ask'): LayeredRule | undefined {
    const names = [...COMMAND_NAMES[behavior].read, ...COMMAND_NAMES[behavior].write];
    return this.#index.paths(behavior, [...new Set(names)])[0];
  }

  /** Whether there is any rule that forbids files, or asks. */
  hasStrict(): boolean {
    return this.#hasAny('deny') || this.#hasAny('ask');
  }

  #hasAny(behavior: 'deny' | 'ask'): boolean {
    return this.#index.hasScoped[behavior];
  }

  /** Both the path as given and where it really leads must be inside. */
  isWithin(path: string, more: readonly string[]): boolean {
    const { workspace, realRoots, additionalDirectories } = this.#context;
    const folders = [...workspace.roots, ...realRoots, ...additionalDirectories, ...more];
    return [path, this.real(path)].every((spelling) =>
      folders.some((folder) => isInside(folder, spelling, workspace.platform)),
    );
  }

  real(path: string): string {
    return this.#places.get(path)?.real ?? path;
  }

  /** The path as given, after each link on its way, and where it really leads. */
  spellings(path: string): readonly string[] {
    const { hops = [], real = path } = this.#places.get(path) ?? {};
    return [...new Set([path, ...hops, real])];
  }

  /** Its names from the root on, for each spelling. */
  #spellings(path: string): readonly (readonly string[])[] {
    const known = this.#segments.get(path);
    if (known !== undefined) return known;
    const folding = this.#folding(path);
    const { platform } = this.#context.workspace;
    const spellings = this.spellings(path).map((each) => toSegments(each, platform, folding));
    this.#segments.set(path, spellings);
    return spellings;
  }

  /** What nobody has looked at: as on most disks of that system. */
  #folding(path: string): NameFolding {
    return (
      this.#places.get(path)?.folding ??
      (this.#context.workspace.platform === 'linux' ? EXACT_NAMES : FOLDED_NAMES)
    );
  }
}

/** What stands in the brackets of its rules are commands, not paths. */
const COMMAND_TOOL = 'Bash';

/** Rules of these tools speak for every tool that does the same. */
const COMMAND_NAMES: Readonly<Record<'deny' | 'ask', Readonly<Record<PathAccess, readonly string[]>>>> = {
  deny: { read: ['Read'], write: ['Edit', 'Write', 'Read'] },
  ask: { read: ['Read'], write: ['Edit', 'Write'] },
};

/** What may not be read may not be written either. */
function strictNames(behavior: 'deny' | 'ask', access: PathAccess, toolName: string): readonly string[] {
  if (toolName === COMMAND_TOOL) return COMMAND_NAMES[behavior][access];
  return [...new Set([toolName, ...COMMAND_NAMES[behavior][access]])];
}

function toPatterns(glob: string, folding: NameFolding): readonly NamePattern[] {
  return glob
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .map((name) => parseNamePattern(name, (each) => foldName(each, folding)));
}
