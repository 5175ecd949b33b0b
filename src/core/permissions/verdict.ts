/** What is thought of one thing that a call does. */
import type { DecisionReason, LayeredRule } from './decidePermission.ts';
import { formatRule } from './parseRule.ts';

export type Verdict =
  | { readonly behavior: 'allow'; readonly reason: DecisionReason }
  | { readonly behavior: 'ask'; readonly reason: DecisionReason; readonly path?: string };

export function allow(reason: DecisionReason): Verdict {
  return { behavior: 'allow', reason };
}

export function allowByRule(rule: LayeredRule): Verdict {
  return allow({ type: 'rule', text: `The rule ${formatRule(rule)} (${rule.layer}) allows it.`, rule });
}

/** `path`: the one it is asked for. */
export function ask(reason: DecisionReason, path?: string): Verdict {
  return path === undefined ? { behavior: 'ask', reason } : { behavior: 'ask', reason, path };
}
