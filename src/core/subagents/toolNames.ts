/** The name of the tool that starts subagents, and the one it had before, which settings and definitions still use. */
export const AGENT_TOOL = 'Agent';

const OLDER_NAME = 'Task';

/** The tool that an entry of a list or a rule means: `Task(reviewer)` is about `Agent`. */
export function toToolName(entry: string): string {
  const name = entry.replace(/\(.*\)$/s, '').trim();
  return name === OLDER_NAME ? AGENT_TOOL : name;
}

/** The kind of subagent that a rule is about: `reviewer` in `Agent(reviewer)`. undefined: the rule is about other tools, or all kinds. */
export function toAgentName(rule: {
  readonly toolName: string;
  readonly ruleContent?: string | undefined;
}): string | undefined {
  return toToolName(rule.toolName) === AGENT_TOOL ? rule.ruleContent : undefined;
}
