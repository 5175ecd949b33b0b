/** Why a command is allowed or asked about, for a person. */
import type { DecisionReason, LayeredRule } from './decidePermission.ts';
import { formatRule } from './parseRule.ts';
import type { ShellDoubt } from './shell/shellScript.ts';

export function ground(rule: LayeredRule): DecisionReason {
  return { type: 'rule', text: `The rule ${formatRule(rule)} (${rule.layer}) allows it.`, rule };
}

export function rulePossible(rule: LayeredRule): DecisionReason {
  return { type: 'rule', text: `The rule ${formatRule(rule)} (${rule.layer}) may be about it.`, rule };
}

/** For what nobody has seen, no sandbox and no hook makes up. */
export function toDoubtReason({ kind, text }: ShellDoubt): DecisionReason {
  return { type: kind === 'unclear' ? 'other' : 'safetyCheck', text };
}

export function other(text: string): DecisionReason {
  return { type: 'other', text };
}

export function dedupe(reasons: readonly DecisionReason[]): readonly DecisionReason[] {
  return [...new Map(reasons.map((reason) => [`${reason.type} ${reason.text}`, reason])).values()];
}
