/** Rules and folders held against the files that a call touches: under every spelling they have. */
import { isInside } from '../paths.ts';
import type { NameFolding } from '../ports.ts';
import type { LayeredRule, PermissionContext, PermissionQuestion } from './decidePermission.ts';
import { EXACT_NAMES, FOLDED_NAMES, foldName } from './nameFolding.ts';
import { type NamePattern, parseNamePattern } from './namePattern.ts';
import { toSegments } from './pathSegments.ts';
import { type RuleIndex, type ToolGroup, toToolGroup } from './ruleIndex.ts';

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
  /** The path that was asked about last, and its names: one is mostly held against several rules, one set after the other. */
  #last: { readonly path: string; readonly spellings: readonly (readonly string[])[] } | undefined;

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
    const tools = strictTools(behavior, access, toolName);
    if (this.#index.paths(behavior, tools).length === 0) return undefined;
    const rules = this.#index.pathSet(behavior, tools, this.#folding(path));
    return this.#isPlain(path) && !rules.mayCover(path) ? undefined : rules.findAny(this.#spellings(path));
  }

  /** A rule that allows: all spellings must be covered. */
  findAllow(access: PathAccess, path: string, toolName: string): LayeredRule | undefined {
    const own = access === 'write' ? ['Edit'] : toolName === COMMAND_TOOL ? ['Read'] : [toolName, 'Read'];
    const spellings = this.#spellings(path);
    const folding = this.#folding(path);
    return this.#index.paths('allow', toToolGroup(own)).find((rule) => {
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
    const tools = strictTools(behavior, access, COMMAND_TOOL);
    const folding = this.#folding('glob' in what ? what.glob : what.below);
    const glob = 'glob' in what ? toPatterns(what.glob, folding) : [];
    const folders = 'below' in what ? this.#spellings(what.below) : [];
    return this.#index.paths(behavior, tools).find((rule) => {
      const pattern = this.#index.pattern(rule, folding);
      if ('glob' in what) return pattern.couldCoverGlob(glob);
      return folders.some((folder) => pattern.couldCoverBelow(folder));
    });
  }

  /** Any rule that forbids commands files, or asks, whichever files. */
  anyStrict(behavior: 'deny' | 'ask'): LayeredRule | undefined {
    const names = [...COMMAND_TOOLS[behavior].read.names, ...COMMAND_TOOLS[behavior].write.names];
    return this.#index.paths(behavior, toToolGroup([...new Set(names)]))[0];
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
    if (this.#last?.path === path) return this.#last.spellings;
    const folding = this.#folding(path);
    const { platform } = this.#context.workspace;
    const spellings = this.spellings(path).map((each) => toSegments(each, platform, folding));
    this.#last = { path, spellings };
    return spellings;
  }

  /** Its only names are those between its slashes, as they are written. */
  #isPlain(path: string): boolean {
    return this.#context.workspace.platform === 'linux' && !this.#places.has(path) && hasPlainNames(path);
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
const COMMAND_TOOLS: Readonly<Record<'deny' | 'ask', Readonly<Record<PathAccess, ToolGroup>>>> = {
  deny: { read: toToolGroup(['Read']), write: toToolGroup(['Edit', 'Write', 'Read']) },
  ask: { read: toToolGroup(['Read']), write: toToolGroup(['Edit', 'Write']) },
};

/** What may not be read may not be written either. */
function strictTools(behavior: 'deny' | 'ask', access: PathAccess, toolName: string): ToolGroup {
  const ofCommands = COMMAND_TOOLS[behavior][access];
  if (toolName === COMMAND_TOOL) return ofCommands;
  return toToolGroup([...new Set([toolName, ...ofCommands.names])]);
}

function toPatterns(glob: string, folding: NameFolding): readonly NamePattern[] {
  return glob
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .map((name) => parseNamePattern(name, (each) => foldName(each, folding)));
}

/** From the root on, and no name is empty or only dots. Looked at by characters: an expression would copy each path for it. */
function hasPlainNames(path: string): boolean {
  if (path.charCodeAt(0) !== SLASH) return false;
  let isPlain = true;
  for (let index = 0; index < path.length; index += 1) {
    const code = path.charCodeAt(index);
    if (code !== SLASH) isPlain ||= code !== DOT;
    else if (index > 0 && !isPlain) return false;
    else isPlain = false;
  }
  return isPlain;
}

const SLASH = 47;
const DOT = 46;
