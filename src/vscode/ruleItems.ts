/** The permission rules of a session as a tree: by what they do, then by whose they are. No editor in here. */
import type { ResponseOf } from '../protocol/control.ts';

type Listed = ResponseOf<'list_permission_rules'>['state'];
export type ListedRule = Listed['rules'][number];
export type RuleProblem = NonNullable<Listed['problems']>[number];

export type RuleItem =
  | {
      readonly kind: 'behavior';
      readonly label: string;
      readonly icon: string;
      readonly items: readonly RuleItem[];
    }
  | {
      readonly kind: 'source';
      readonly label: string;
      readonly file: string | undefined;
      readonly items: readonly RuleItem[];
    }
  | { readonly kind: 'rule'; readonly rule: ListedRule }
  | { readonly kind: 'problem'; readonly problem: RuleProblem };

/** Stricter ones first: they are held against a call first, too. */
const BEHAVIORS = [
  { behavior: 'deny', label: 'Denied', icon: 'circle-slash' },
  { behavior: 'ask', label: 'Always asked', icon: 'question' },
  { behavior: 'allow', label: 'Allowed', icon: 'check' },
] as const;

/** Strongest first, as in the agent (core/permissions/ruleIndex.ts). */
const SOURCES: ReadonlyMap<string, string> = new Map([
  ['cliArg', 'Given by the client'],
  ['session', 'This session'],
  ['localSettings', 'Only you, in this project'],
  ['projectSettings', 'Everyone in this project'],
  ['policySettings', 'Your organization'],
  ['userSettings', 'You, in all folders'],
]);

export function toSourceLabel(source: string): string {
  return SOURCES.get(source) ?? source;
}

export function toRuleItems({ rules, problems = [] }: Listed): readonly RuleItem[] {
  const groups = BEHAVIORS.flatMap(({ behavior, label, icon }): RuleItem[] => {
    const items = toSourceItems(rules.filter((rule) => rule.behavior === behavior));
    return items.length === 0 ? [] : [{ kind: 'behavior', label, icon, items }];
  });
  if (problems.length === 0) return groups;
  const items = problems.map((problem): RuleItem => ({ kind: 'problem', problem }));
  return [{ kind: 'behavior', label: 'Left out, not understood', icon: 'warning', items }, ...groups];
}

function toSourceItems(rules: readonly ListedRule[]): readonly RuleItem[] {
  const known = [...SOURCES.keys()];
  const sources = [...new Set(rules.map(({ source }) => source))];
  sources.sort((left, right) => known.indexOf(left) - known.indexOf(right));
  return sources.map((source) => {
    const own = rules.filter((rule) => rule.source === source);
    const file = own.find((rule) => rule.file !== undefined)?.file;
    const items = own.map((rule): RuleItem => ({ kind: 'rule', rule }));
    return { kind: 'source', label: toSourceLabel(source), file, items };
  });
}

/** One's own rules can be taken away; those that others share are changed where they stand. */
export function isRemovable({ source, editability }: ListedRule): boolean {
  if (source === 'session') return true;
  return editability === 'persistent' && (source === 'userSettings' || source === 'localSettings');
}
