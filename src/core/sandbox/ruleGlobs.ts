/**
 * Rules that forbid to read or write paths, in the form the sandbox takes: names of what is there, or patterns. A rule covers
 * what lies below a folder it names; a single name covers that name at any depth of the workspace.
 */
import type { LayeredRule } from '../permissions/decidePermission.ts';
import type { Workspace } from '../ports.ts';

type Place = Pick<Workspace, 'cwd' | 'home' | 'roots'>;

/** Absolute paths and patterns of the scopes that rules of this tool deny. Rules without a scope are no matter of paths. */
export function toDeniedGlobs(
  rules: readonly LayeredRule[],
  toolName: 'Read' | 'Edit',
  place: Place,
): readonly string[] {
  const globs = rules.flatMap(({ behavior, toolName: of, ruleContent }) =>
    behavior === 'deny' && of === toolName && ruleContent !== undefined
      ? expandBraces(ruleContent).flatMap((scope) => toGlobs(scope, place))
      : [],
  );
  return [...new Set(globs)];
}

/** Whether it stands for more than one path. */
export function isPattern(path: string): boolean {
  return /[*?[\]]/.test(path);
}

function toGlobs(scope: string, { cwd, home, roots }: Place): readonly string[] {
  // From the root of the disk every folder would have to be searched: it is held to the workspace.
  if (/^\/\/\*/.test(scope)) return roots.map((root) => `${root}${scope.slice(1)}`);
  if (scope.startsWith('//')) return [scope.slice(1)];
  if (scope === '~' || scope.startsWith('~/')) return [`${home}${scope.slice(1)}`];
  if (scope.startsWith('/')) return [`${cwd}${scope}`];
  const path = scope.replace(/^(?:\.\/)+/, '');
  const isName = path === scope && /^[^/]+(?:\/(?:\*\*)?)?$/.test(path) && !path.startsWith('..');
  if (!isName) return [`${cwd}/${path}`];
  return [...new Set([cwd, ...roots])].flatMap((root) => [`${root}/${path}`, `${root}/**/${path}`]);
}

/** `a{b,c}` to `ab` and `ac`, the innermost first. */
function expandBraces(scope: string): readonly string[] {
  const found = /\{([^{}]*,[^{}]*)\}/.exec(scope);
  if (found === null) return [scope];
  const [whole, choices = ''] = found;
  const [before, after] = [scope.slice(0, found.index), scope.slice(found.index + whole.length)];
  return choices.split(',').flatMap((choice) => expandBraces(before + choice + after));
}
