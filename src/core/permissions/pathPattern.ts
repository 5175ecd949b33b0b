/**
 * What the brackets of a path rule cover: `//x` is absolute, `~/x` under the home folder, `/x` under the folder of the settings
 * the rule comes from, `x` and `./x` under the working folder. `**` stands for any number of folders, `{a,b}` for either.
 *
 * A rule that forbids or asks covers more than one that allows, as in gitignore: all that lies in a folder it names, and, where
 * it is a single name or a single folder with `/**`, that name at any depth of the workspace.
 */
import type { NameFolding, Platform } from '../ports.ts';
import { foldName } from './nameFolding.ts';
import { type NamePattern, parseNamePattern } from './namePattern.ts';
import { toSegments } from './pathSegments.ts';

/** Where the rules stand. All paths are absolute. */
export interface RulePlace {
  readonly cwd: string;
  readonly home: string;
  readonly platform: Platform;
  /** What `/x` is under. */
  readonly sourceRoot: string;
  /** Folders that names at any depth are looked for in. */
  readonly roots: readonly string[];
}

export type PatternReach = 'exactly' | 'and below';

type Segment = NamePattern | '**';

export class PathPattern {
  readonly #alternatives: readonly Alternative[];
  readonly #reach: PatternReach;
  readonly #isTooWide: boolean;

  /** `reach`: `exactly` for rules that allow, `and below` for those that forbid or ask. */
  constructor(
    scope: string,
    place: RulePlace,
    options: { readonly reach: PatternReach; readonly folding: NameFolding },
  ) {
    const { reach, folding } = options;
    const scopes = expandBraces(toSlashedScope(scope, place.platform));
    this.#reach = reach;
    this.#isTooWide = scopes === undefined;
    this.#alternatives = (scopes ?? [])
      .flatMap((each) => toAlternatives(each, place, { reach, folding }))
      .map((segments) => ({ segments, pivot: findPivot(segments) }));
  }

  /** Every path it covers has one of these; undefined: that can't be said. */
  get pivots(): readonly Pivot[] | undefined {
    if (this.#isTooWide) return undefined;
    const pivots = this.#alternatives.flatMap(({ pivot }) => pivot ?? []);
    return pivots.length === this.#alternatives.length ? pivots : undefined;
  }

  /** `path`: its names from the root on, folded as the pattern is (pathSegments.ts). */
  covers(path: readonly string[]): boolean {
    if (this.#isTooWide) return this.#reach === 'and below';
    return this.#alternatives.some(
      ({ segments, pivot }) =>
        (pivot === undefined || path[pivot.index] === pivot.name) &&
        matchFrom(segments, path, { reach: this.#reach, at: [0, 0] }),
    );
  }

  /** Whether a name that the shell finds for this pattern (its names from the root on) could be covered. */
  couldCoverGlob(glob: readonly NamePattern[]): boolean {
    if (this.#isTooWide) return true;
    return this.#alternatives.some(({ segments }) => couldMeet(segments, glob));
  }

  /** Whether something in this folder, at any depth, could be covered. */
  couldCoverBelow(folder: readonly string[]): boolean {
    if (this.#isTooWide) return true;
    return this.#alternatives.some(({ segments }) => couldContinue(segments, folder));
  }
}

/** More alternatives than any rule a person has written. */
const MAX_ALTERNATIVES = 256;

/** `a{b,c}` to `ab` and `ac`. A backslash keeps a brace as it is; undefined: too many. */
export function expandBraces(scope: string): readonly string[] | undefined {
  const open = findBraces(scope);
  if (open === undefined) return [scope];
  const { start, end, commas } = open;
  const cuts = [start, ...commas, end];
  const found: string[] = [];
  for (let index = 0; index + 1 < cuts.length; index += 1) {
    const choice = scope.slice((cuts[index] ?? 0) + 1, cuts[index + 1]);
    const more = expandBraces(scope.slice(0, start) + choice + scope.slice(end + 1));
    if (more === undefined || found.length + more.length > MAX_ALTERNATIVES) return undefined;
    found.push(...more);
  }
  return found;
}

/** The first braces that hold a comma of their own. */
function findBraces(scope: string): { start: number; end: number; commas: readonly number[] } | undefined {
  const opened: { readonly start: number; readonly commas: number[] }[] = [];
  for (let index = 0; index < scope.length; index += 1) {
    const character = scope[index];
    if (character === '\\') index += 1;
    else if (character === '{') opened.push({ start: index, commas: [] });
    else if (character === ',') opened.at(-1)?.commas.push(index);
    else if (character === '}') {
      const closed = opened.pop();
      if (closed !== undefined && closed.commas.length > 0) return { ...closed, end: index };
    }
  }
  return undefined;
}

/** On Windows a backslash before a letter or a digit is a separator, before anything else it makes that plain. */
function toSlashedScope(scope: string, platform: Platform): string {
  return platform === 'win32' ? scope.replace(/\\(?=[\w.~-])/g, '/') : scope;
}

function toAlternatives(
  scope: string,
  place: RulePlace,
  { reach, folding }: { readonly reach: PatternReach; readonly folding: NameFolding },
): readonly (readonly Segment[])[] {
  const fold = (name: string): string => foldName(name, folding);
  const toFolder = (path: string): Segment[] =>
    toSegments(path, place.platform, folding).map((name) => literal(name));
  const parse = (rest: string, folder: Segment[]): readonly Segment[] => appendSegments(folder, rest, fold);
  if (scope.startsWith('//')) return [parse(toDrive(scope.slice(2), place.platform), [])];
  if (place.platform === 'win32' && /^[a-z]:\//i.test(scope)) return [parse(scope, [])];
  if (scope === '~' || scope.startsWith('~/')) return [parse(scope.slice(1), toFolder(place.home))];
  if (scope.startsWith('/')) return [parse(scope, toFolder(place.sourceRoot))];
  const isAnyDepth =
    reach === 'and below' && /^[^/]+(?:\/|\/\*\*)?$/.test(scope) && !/^\.{1,2}(?:\/|$)/.test(scope);
  if (!isAnyDepth) return [parse(scope, toFolder(place.cwd))];
  return [place.cwd, ...place.roots].map((root) => parse(scope, [...toFolder(root), '**']));
}

/** `//c/x` is written for `C:\x`. */
function toDrive(rest: string, platform: Platform): string {
  return platform === 'win32' ? rest.replace(/^([a-z])\//i, '$1:/') : rest;
}

function literal(name: string): NamePattern {
  return { literal: name, matches: (other) => other === name, start: name };
}

function appendSegments(folder: Segment[], rest: string, fold: (name: string) => string): readonly Segment[] {
  const segments = [...folder];
  for (const name of rest.split('/')) {
    if (name === '' || name === '.') continue;
    if (name === '..') segments.pop();
    else segments.push(name === '**' ? name : parseNamePattern(name, fold));
  }
  return segments;
}

/** A name that every path that is covered has at this place: most rules are about another folder, and this tells it soonest. */
interface Pivot {
  readonly index: number;
  readonly name: string;
}

interface Alternative {
  readonly segments: readonly Segment[];
  readonly pivot: Pivot | undefined;
}

function findPivot(segments: readonly Segment[]): Pivot | undefined {
  const end = segments.indexOf('**');
  const fixed = end === -1 ? segments : segments.slice(0, end);
  const index = fixed.findLastIndex((segment) => segment !== '**' && segment.literal !== undefined);
  const segment = fixed[index];
  if (segment === undefined || segment === '**' || segment.literal === undefined) return undefined;
  return { index, name: segment.literal };
}

interface Position {
  readonly reach: PatternReach;
  readonly at: readonly [number, number];
}

function matchFrom(segments: readonly Segment[], path: readonly string[], { reach, at }: Position): boolean {
  let [pattern, name] = at;
  for (; pattern < segments.length; pattern += 1, name += 1) {
    const segment = segments[pattern];
    if (segment === '**') {
      // What allows, allows what lies in the folder; what forbids, also the folder itself.
      const least = reach === 'exactly' && pattern === segments.length - 1 ? name + 1 : name;
      for (let next = least; next <= path.length; next += 1)
        if (matchFrom(segments, path, { reach, at: [pattern + 1, next] })) return true;
      return false;
    }
    const given = path[name];
    if (given === undefined || segment === undefined || !segment.matches(given)) return false;
  }
  return name === path.length || reach === 'and below';
}

function couldContinue(segments: readonly Segment[], folder: readonly string[]): boolean {
  for (const [index, name] of folder.entries()) {
    const segment = segments[index];
    if (segment === undefined || segment === '**') return true;
    if (!segment.matches(name)) return false;
  }
  return true;
}

function couldMeet(segments: readonly Segment[], glob: readonly NamePattern[]): boolean {
  const [segment, ...more] = segments;
  // All of the rule is used up: it is about a folder on the way, and so about what lies in it.
  if (segment === undefined) return true;
  if (segment === '**')
    return glob.some((_, index) => couldMeet(more, glob.slice(index))) || more.length === 0;
  const [name, ...rest] = glob;
  return name !== undefined && couldBeBoth(segment, name) && couldMeet(more, rest);
}

/** The shell's own patterns leave out names with a dot in front, unless it is written. */
function couldBeBoth(rule: NamePattern, shell: NamePattern): boolean {
  if (shell.literal !== undefined) return rule.matches(shell.literal);
  if (rule.start.startsWith('.') && shell.start === '') return false;
  if (rule.literal !== undefined) return shell.matches(rule.literal);
  return rule.start.startsWith(shell.start) || shell.start.startsWith(rule.start);
}
