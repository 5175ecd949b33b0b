/** Whether a rule covers what a call asks of the net or of an MCP server. Paths and commands: pathRules.ts, decideCommand.ts. */
import type { PermissionRule } from '../../protocol/permissions.ts';
import { namesServer } from '../mcp/mcpNames.ts';
import type { Effect } from '../tools/tool.ts';

export interface RuleQuestion {
  readonly toolName: string;
  readonly effect: Effect;
  /** `every`: all of it must be covered (for allow); `some`: a part is enough (for deny and ask). */
  readonly spellings: 'every' | 'some';
}

export function coversEffect(rule: PermissionRule, { toolName, effect, spellings }: RuleQuestion): boolean {
  switch (effect.kind) {
    case 'mcp':
      return coversServer(rule, { toolName, server: effect.server }, spellings);
    case 'fetch':
      if (rule.ruleContent === undefined) return rule.toolName === toolName;
      return (
        (rule.toolName === toolName || rule.toolName === 'WebFetch') &&
        coversHost(rule.ruleContent, effect.url)
      );
    case 'read':
    case 'write':
    case 'execute':
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

function coversHost(scope: string, url: string): boolean {
  if (!scope.startsWith('domain:') || !URL.canParse(url)) return false;
  return new URL(url).hostname === scope.slice('domain:'.length).toLowerCase();
}
