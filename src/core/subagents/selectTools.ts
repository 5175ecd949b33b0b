/** Which tools a subagent has: never more than its caller, and none that only makes sense towards a person. */
import type { AgentDefinition } from '../../protocol/agents.ts';
import type { AnyTool } from '../tools/tool.ts';
import { AGENT_TOOL, toToolName } from './toolNames.ts';

/** Only the main agent talks with the user, leaves plan mode and answers in the form that was asked for. */
const MAIN_AGENT_ONLY: ReadonlySet<string> = new Set(['AskUserQuestion', 'ExitPlanMode', 'StructuredOutput']);

/** Subagents within subagents; the main agent's own are at depth 1. */
export const MAX_DEPTH = 3;

export interface ToolSelection {
  readonly definition: Pick<AgentDefinition, 'tools' | 'disallowedTools'>;
  /** Of the caller, in the order in which the model is told of them. */
  readonly offered: Iterable<AnyTool>;
  /** How deep the subagent itself stands. */
  readonly depth: number;
}

export function selectTools({ definition, offered, depth }: ToolSelection): readonly AnyTool[] {
  const { tools: wanted, disallowedTools: unwanted = [] } = definition;
  return [...offered].filter(({ name }) => {
    if (MAIN_AGENT_ONLY.has(name) || unwanted.some((entry) => covers(entry, name))) return false;
    // Delegating further must be asked for by name.
    if (name === AGENT_TOOL) return depth < MAX_DEPTH && wanted?.some(isAgentTool) === true;
    return wanted === undefined || wanted.some((entry) => covers(entry, name));
  });
}

function isAgentTool(entry: string): boolean {
  return toToolName(entry) === AGENT_TOOL;
}

/** `*` is every tool, `mcp__*` every tool of a server, `mcp__name` and `mcp__name__*` those of one server. */
function covers(entry: string, name: string): boolean {
  const asked = toToolName(entry);
  if (asked === '*' || asked === name) return true;
  if (!asked.startsWith('mcp__')) return false;
  const server = asked.replace(/__\*$/, '');
  return name.startsWith(`${server}__`);
}
