/**
 * Whether a rule covers an effect of a call. A rule is a tool name, alone (`Bash`) or with a scope in brackets: a command
 * (`Bash(npm test)`, `Bash(npm run:*)`), a path (`Edit(src/**)`, `Read(~/.ssh/**)`, `Read(//etc/**)`), a host
 * (`WebFetch(domain:example.com)`).
 */
import picomatch from 'picomatch';
import type { PermissionRule } from '../../protocol/permissions.ts';
import { namesServer } from '../mcp/mcpNames.ts';
import type { Workspace } from '../ports.ts';
import type { Effect } from '../tools/tool.ts';

/** Rules of these tools speak for every tool with the same effect: an `Edit` rule also covers Write. */
const EFFECT_RULES: Readonly<Record<Effect['kind'], readonly string[]>> = {
  read: ['Read'],
  write: ['Edit'],
  execute: ['Bash'],
  fetch: ['WebFetch'],
  mcp: [],
  ask: [],
};

export interface RuleView {
  readonly workspace: Workspace;
  /** Real paths by the path given; a rule is held against both. */
  readonly realPaths: ReadonlyMap<string, string>;
}

/** `every`: all spellings of a path must match (for allow); `some`: one is enough (for deny and ask). */
export function coversEffect(
  rule: PermissionRule,
  { toolName, effect }: { readonly toolName: string; readonly effect: Effect },
  { spellings, view }: { readonly spellings: 'every' | 'some'; readonly view: RuleView },
): boolean {
  if (effect.kind === 'mcp') return coversServer(rule, { toolName, server: effect.server }, spellings);
  const speaksFor = rule.toolName === toolName || EFFECT_RULES[effect.kind].includes(rule.toolName);
  if (!speaksFor) return false;
  if (rule.ruleContent === undefined) return rule.toolName === toolName;
  switch (effect.kind) {
    case 'execute':
      return coversCommand(rule.ruleContent, effect.command);
    case 'fetch':
      return coversHost(rule.ruleContent, effect.url);
    case 'read':
    case 'write': {
      const pattern = toAbsolutePattern(rule.ruleContent, view.workspace);
      const paths = [effect.path, view.realPaths.get(effect.path) ?? effect.path];
      const matches = (path: string): boolean => coversPath(pattern, path, view.workspace);
      return spellings === 'every' ? paths.every(matches) : paths.some(matches);
    }
    case 'ask':
      return false;
    default:
      return effect satisfies never;
  }
}

/** `mcp__server__tool` is the tool, `mcp__server` and `mcp__server__*` all of a server's; `mcp__*`, of all, can only be strict. */
function coversServer(
  rule: PermissionRule,
  { toolName, server }: { readonly toolName: string; readonly server: string },
  spellings: 'every' | 'some',
): boolean {
  const isStrict = spellings === 'some';
  // These tools have no scopes: one that can't be understood never allows.
  if (rule.ruleContent !== undefined && !isStrict) return false;
  return rule.toolName === toolName || namesServer(rule.toolName, server, { everyServer: isStrict });
}

/** The command to the letter, or, with `:*` at the end, the words it starts with. */
function coversCommand(scope: string, command: string): boolean {
  const text = command.trim();
  if (!scope.endsWith(':*')) return text === scope;
  const prefix = scope.slice(0, -2);
  const rest = text.slice(prefix.length);
  return (
    text.startsWith(prefix) && (rest === '' || (rest.startsWith(' ') && !/[\n;&|<>`$(){}\\]/.test(rest)))
  );
}

function coversHost(scope: string, url: string): boolean {
  if (!scope.startsWith('domain:') || !URL.canParse(url)) return false;
  return new URL(url).hostname === scope.slice('domain:'.length).toLowerCase();
}

/** `//x` is absolute, `~/x` under the home folder, `/x` and `x` under the folder the rules belong to. */
function toAbsolutePattern(scope: string, { cwd, home }: Workspace): string {
  if (scope.startsWith('//')) return scope.slice(1);
  if (scope.startsWith('~/')) return `${toSlashes(home)}/${scope.slice(2)}`;
  if (scope.startsWith('/')) return `${toSlashes(cwd)}${scope}`;
  return `${toSlashes(cwd)}/${scope.replace(/^\.\//, '')}`;
}

function coversPath(pattern: string, path: string, { platform }: Workspace): boolean {
  const foldsCase = platform !== 'linux';
  return picomatch.isMatch(toSlashes(path), pattern, {
    dot: true,
    nocase: foldsCase,
    nonegate: true,
    noextglob: true,
  });
}

function toSlashes(path: string): string {
  return path.replaceAll('\\', '/');
}
