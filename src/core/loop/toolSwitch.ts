/** Tools of MCP servers that a person switches off and on: a rule that denies the whole tool, kept where their own rules are. */
import type { RequestOf, ResponseOf } from '../../protocol/control.ts';
import type { PermissionUpdate } from '../../protocol/permissions.ts';
import { namesTool, toToolName } from '../mcp/mcpNames.ts';
import type { LayeredRule } from '../permissions/decidePermission.ts';
import { formatRule } from '../permissions/parseRule.ts';
import { listDestinations } from '../permissions/remember.ts';
import type { ActorParts } from './actorParts.ts';

/** The rules that take a whole tool away. */
export function findDenials(
  rules: readonly LayeredRule[],
  tool: { readonly name: string; readonly server?: string | undefined },
): readonly LayeredRule[] {
  return rules.filter(
    ({ behavior, ruleContent, toolName }) =>
      behavior === 'deny' && ruleContent === undefined && namesTool(toolName, tool),
  );
}

type SwitchParts = Pick<ActorParts, 'permissions' | 'remember' | 'mcp' | 'ports' | 'options'>;

export async function switchTool(
  { serverName, toolName, enabled }: RequestOf<'belay/mcp_tool_toggle'>,
  parts: SwitchParts,
): Promise<ResponseOf<'belay/mcp_tool_toggle'>> {
  const tool = { name: toToolName(serverName, toolName), server: serverName };
  const denials = () => findDenials(parts.permissions.context().rules, tool);
  const updates = enabled
    ? denials().flatMap((rule) => toRemoval(rule, tool.name))
    : denials().length > 0
      ? []
      : [toDenial(tool.name, parts)];
  const [problem] = updates.length === 0 ? [] : await parts.remember(updates);
  parts.mcp.toolsChosen();
  if (problem !== undefined) return { problem };
  const [still] = denials();
  if (!enabled || still === undefined) return {};
  const where = still.source === undefined ? '' : ` in ${still.source.file}`;
  return { problem: `The rule ${formatRule(still)}${where} denies it. Take that away first.` };
}

function toDenial(toolName: string, { ports, options }: SwitchParts): PermissionUpdate {
  const places =
    options.settingsDir === undefined ? (['session'] as const) : listDestinations(ports.workspace);
  const [destination = 'session'] = (['localSettings', 'userSettings'] as const).filter((place) =>
    places.some((each) => each === place),
  );
  return { type: 'addRules', rules: [{ toolName }], behavior: 'deny', destination };
}

/** Only one's own rules, and only those for this very tool. */
function toRemoval(rule: LayeredRule, toolName: string): readonly PermissionUpdate[] {
  const destination = OWN[rule.layer];
  if (destination === undefined || rule.toolName !== toolName) return [];
  return [{ type: 'removeRules', rules: [{ toolName }], behavior: 'deny', destination }];
}

const OWN: Readonly<Partial<Record<LayeredRule['layer'], 'session' | 'localSettings' | 'userSettings'>>> = {
  session: 'session',
  local: 'localSettings',
  user: 'userSettings',
};
