/** What of the settings a running session follows. */
import type { Log } from '../ports.ts';
import type { SettingsInForce } from './liveSettings.ts';
import { toHookLayers, toPolicy } from './managedPolicy.ts';
import { readHooks } from './readHooks.ts';
import type { ReadSettings } from './readSettings.ts';
import { findRuleProblems, toRules } from './sessionSettings.ts';

export interface InForcePlace {
  /** What `allowedEnvVars` of http hooks name. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Pick<Log, 'warn'>;
}

export function toInForce({ layers }: Pick<ReadSettings, 'layers'>, place: InForcePlace): SettingsInForce {
  const { hooks, problems: hookProblems } = readHooks(toHookLayers(layers), place.environment);
  return {
    rules: toRules(layers, place.log),
    ruleProblems: findRuleProblems(layers),
    hooks,
    hookProblems,
    policy: toPolicy(layers),
  };
}
