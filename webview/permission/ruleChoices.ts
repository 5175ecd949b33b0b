/** What a person can have remembered with a "yes": which rule, and where it is kept. */
import type { PermissionUpdate } from '../../src/protocol/permissions.ts';
import type { Request } from './describeRequest.ts';

export type Destination = PermissionUpdate['destination'];

export interface RuleChoice {
  readonly updates: readonly PermissionUpdate[];
  /** Calls like this one that it would allow, too. */
  readonly alsoAllows: readonly string[];
  /** Where it can be kept; never empty. */
  readonly destinations: readonly Destination[];
}

/** The narrowest first. An agent that offers nothing finer has its suggestions taken together, as they are. */
export function listRuleChoices({
  rule_offers,
  permission_suggestions = [],
}: Request): readonly RuleChoice[] {
  const choices = (rule_offers ?? []).map(({ update, also_allows, destinations = [] }) => ({
    updates: [update],
    alsoAllows: also_allows,
    destinations: destinations.length > 0 ? destinations : [update.destination],
  }));
  if (choices.length > 0) return choices;
  const [first] = permission_suggestions;
  if (first === undefined) return [];
  return [{ updates: permission_suggestions, alsoAllows: [], destinations: [first.destination] }];
}

/** One thing to be remembered in one place: there is nothing to choose. */
export function isSingle(choices: readonly RuleChoice[]): boolean {
  return choices.length === 1 && choices[0]?.destinations.length === 1;
}

export function toUpdates(
  { updates, destinations }: RuleChoice,
  destination: Destination,
): PermissionUpdate[] {
  if (destinations.length === 1) return [...updates];
  return updates.map((update) => ({ ...update, destination }));
}

/** The rules as they are written in settings; what is no rule has none. */
export function toRuleTexts({ updates }: RuleChoice): readonly string[] {
  return updates.flatMap((update) => {
    if (!isAddition(update)) return [];
    return update.rules.map(({ toolName, ruleContent }) =>
      ruleContent === undefined ? toolName : `${toolName}(${ruleContent})`,
    );
  });
}

function isAddition(update: PermissionUpdate): update is Extract<PermissionUpdate, { type: 'addRules' }> {
  return update.type === 'addRules';
}

export interface Place {
  readonly label: string;
  readonly hint: string;
}

export const PLACES: Readonly<Record<Destination, Place>> = {
  session: { label: 'This session', hint: 'Forgotten when it ends' },
  cliArg: { label: 'This session', hint: 'Forgotten when it ends' },
  localSettings: { label: 'Always, only me', hint: '.claude/settings.local.json' },
  projectSettings: { label: 'Always, everyone in this project', hint: '.claude/settings.json' },
  userSettings: { label: 'Always, in all my folders', hint: 'Your own settings.json' },
};
