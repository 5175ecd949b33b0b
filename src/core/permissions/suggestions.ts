/** What "Allow and remember" would add: the narrowest thing that covers this call, for this session only. */
import type { PermissionUpdate } from '../../protocol/permissions.ts';
import type { Effect } from '../tools/tool.ts';
import type { DecisionReason, PermissionContext, PermissionQuestion } from './decidePermission.ts';

const NOT_REMEMBERED: ReadonlySet<DecisionReason['type']> = new Set([
  'safetyCheck',
  'sandboxOverride',
  'rule',
  'mode',
  'hook',
]);

/** Empty where remembering would be wrong: a person's own answer, a protected path, a rule that wants to ask. */
export function buildSuggestions(
  question: PermissionQuestion,
  context: PermissionContext,
  reasons: readonly DecisionReason[],
): readonly PermissionUpdate[] {
  if (reasons.some(({ type }) => NOT_REMEMBERED.has(type))) return [];
  if (question.effects.some(({ kind }) => kind === 'ask')) return [];
  const outside = reasons.some(({ type }) => type === 'workingDir');
  return question.effects.flatMap((effect) =>
    effect.kind === 'mcp'
      ? [allowTool(question.toolName)]
      : suggestFor(effect, { outside, mode: context.mode }),
  );
}

function suggestFor(
  effect: Exclude<Effect, { kind: 'mcp' }>,
  { outside, mode }: { readonly outside: boolean; readonly mode: string },
): readonly PermissionUpdate[] {
  switch (effect.kind) {
    case 'execute':
      return isOneLine(effect.command) ? [addRule('Bash', effect.command.trim())] : [];
    case 'fetch':
      return URL.canParse(effect.url) ? [addRule('WebFetch', `domain:${new URL(effect.url).hostname}`)] : [];
    case 'write':
      if (outside) return [addRule('Edit', toAbsoluteScope(effect.path))];
      return mode === 'default' ? [{ type: 'setMode', mode: 'acceptEdits', destination: 'session' }] : [];
    case 'read':
      return outside ? [addRule('Read', toAbsoluteScope(effect.path))] : [];
    case 'ask':
      return [];
    default:
      return effect satisfies never;
  }
}

function allowTool(toolName: string): PermissionUpdate {
  return { type: 'addRules', rules: [{ toolName }], behavior: 'allow', destination: 'session' };
}

function addRule(toolName: string, ruleContent: string): PermissionUpdate {
  return { type: 'addRules', rules: [{ toolName, ruleContent }], behavior: 'allow', destination: 'session' };
}

/** A rule that covers exactly this path: the pattern's own characters are escaped. */
function toAbsoluteScope(path: string): string {
  const slashed = path.replaceAll('\\', '/').replace(/[*?[\]{}()!]/g, '\\$&');
  return slashed.startsWith('/') ? `/${slashed}` : `//${slashed}`;
}

function isOneLine(command: string): boolean {
  return !command.trim().includes('\n');
}
