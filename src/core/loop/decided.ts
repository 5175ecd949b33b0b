/** What was decided about a call, by whom and why: the line that the transcript keeps of it. */
import type { PermissionUpdate } from '../../protocol/permissions.ts';
import type { DecisionReason, LayeredRule, PermissionDecision } from '../permissions/decidePermission.ts';
import { formatRule } from '../permissions/parseRule.ts';
import type { PermissionDecidedLine } from '../sessions/permissionLog.ts';

/**
 * Who has decided. `belay`: no rule was needed, as for a command that only looks; `nobody`: it would have been asked, and
 * nobody was there.
 */
export type Decider = PermissionDecidedLine['who'];

export interface Decided {
  readonly decision: 'allow' | 'deny';
  readonly who: Decider;
  /** For a person. */
  readonly reason: string;
  /** The rule that allowed or forbade it. */
  readonly rule?: LayeredRule;
  /** Rules that a person chose to have remembered with the answer. */
  readonly remembered?: readonly string[];
}

/** For a decision that is final as it is. */
export function toDecided({ behavior, reasons }: Exclude<PermissionDecision, { behavior: 'ask' }>): Decided {
  const reason = reasons.map(({ text }) => text).join(' ');
  const rule = reasons.find((each) => each.rule?.behavior === behavior)?.rule;
  // What would have been asked, and is not in this mode, is denied with the reasons to ask.
  if (behavior === 'deny')
    return { decision: 'deny', who: whoDenied(reasons, rule), reason, ...(rule && { rule }) };
  const who = ALLOWERS.find((type) => reasons.some((each) => each.type === type)) ?? 'belay';
  return { decision: 'allow', who, reason, ...(who === 'rule' && rule && { rule }) };
}

/** The one that the call would not have gone through without comes first. */
const ALLOWERS = ['hook', 'mode', 'sandbox', 'rule'] as const;

function whoDenied(reasons: readonly DecisionReason[], rule: LayeredRule | undefined): Decider {
  if (rule !== undefined) return 'rule';
  return reasons.some(({ type }) => type === 'safetyCheck') && reasons.length === 1 ? 'belay' : 'mode';
}

export function toRemembered(updates: readonly PermissionUpdate[]): readonly string[] {
  return updates.flatMap((update) => {
    if (update.type === 'setMode') return [`mode ${update.mode}`];
    if ('directories' in update) return [];
    const rules = update.type === 'addRules' || update.type === 'replaceRules' ? update.rules : [];
    return rules.map((rule) => `${formatRule(rule)} (${update.destination})`);
  });
}

/** What a call is about, in one text: its command, its file or its address. */
export function toSubject(input: Readonly<Record<string, unknown>>): string {
  const found = SUBJECTS.map((name) => input[name]).find((value) => typeof value === 'string');
  const text = typeof found === 'string' ? found : '';
  const rest = text.length - MAX_SUBJECT;
  return rest <= 0 ? text : `${text.slice(0, MAX_SUBJECT)}… (${rest} more characters)`;
}

const SUBJECTS = [
  'command',
  'file_path',
  'notebook_path',
  'url',
  'path',
  'pattern',
  'query',
  'skill',
] as const;
/** Characters. The call itself stands in the transcript, too. */
const MAX_SUBJECT = 4000;
