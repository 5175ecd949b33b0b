/** What a person chose to have remembered: for the session, or in a settings file, where it counts from now on. */
import type { PermissionUpdate } from '../../protocol/permissions.ts';
import type { PermissionState } from '../loop/authorize.ts';
import type { Workspace } from '../ports.ts';
import { isRuleUpdate, type RuleFiles } from '../settings/ruleFiles.ts';
import { SettingsError } from '../settings/settingsFile.ts';

export interface RememberDeps {
  readonly permissions: Pick<PermissionState, 'apply'>;
  /** undefined: nothing can be kept beyond the session. */
  readonly ruleFiles: RuleFiles | undefined;
}

type Destinations = readonly PermissionUpdate['destination'][];

export const SESSION_ONLY: Destinations = ['session'];

/** Where a rule can be kept: in a folder that is not trusted the files of the project don't count. */
export function listDestinations({ trusted }: Pick<Workspace, 'trusted'>): Destinations {
  return trusted
    ? ['session', 'localSettings', 'projectSettings', 'userSettings']
    : ['session', 'userSettings'];
}

/**
 * Resolves with what could not be done, for a person. A rule that can't be kept counts for the session; one that can't be
 * taken out of its file stays.
 */
export async function rememberUpdates(
  updates: readonly PermissionUpdate[],
  deps: RememberDeps,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const update of updates) {
    const problem = await rememberUpdate(update, deps);
    if (problem !== undefined) problems.push(problem);
  }
  return problems;
}

async function rememberUpdate(
  update: PermissionUpdate,
  { permissions, ruleFiles }: RememberDeps,
): Promise<string | undefined> {
  if (!isRuleUpdate(update)) {
    permissions.apply([update]);
    return undefined;
  }
  try {
    permissions.apply([update], await ruleFiles?.keep(update));
    return undefined;
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    if (update.type === 'removeRules') return `The rule stays: ${error.message}`;
    permissions.apply([update]);
    return `The rule could not be kept, so it counts for this session only: ${error.message}`;
  }
}
