/** Mode and rules as they are now, and what a person chose to remember for the session. */
import type { PermissionMode, PermissionUpdate } from '../../protocol/permissions.ts';
import type { PermissionState } from '../loop/authorize.ts';
import type { Policy } from '../settings/managedPolicy.ts';
import type { KeptRules, RuleUpdate } from '../settings/ruleFiles.ts';
import type { LayeredRule, PermissionContext, RuleLayer } from './decidePermission.ts';
import { formatRule } from './parseRule.ts';
import { createRuleIndex } from './ruleIndex.ts';

export interface PermissionStateOptions {
  readonly mode: PermissionMode;
  readonly rules: readonly LayeredRule[];
  /** The rest of the context, which doesn't change while the session runs. */
  readonly place: Omit<PermissionContext, 'mode' | 'rules' | 'additionalDirectories' | 'index'>;
  /** Folders that may be worked in from the start, beside those of the workspace. */
  readonly additionalDirectories?: readonly string[];
  readonly onModeChange: (mode: PermissionMode) => void;
  /** Must not throw. */
  readonly onRulesChange?: () => void;
  /** Default: one that says nothing. */
  readonly policy?: Policy;
}

export interface MutablePermissionState extends PermissionState {
  readonly mode: PermissionMode;
  setMode(mode: PermissionMode): void;
  /** Rules that the client adds while the session runs; they replace those of the last such call. */
  setFlagRules(rules: readonly LayeredRule[]): void;
  /** The settings files say something else now. Rules of the session and of the command line stay. */
  setSettings(settings: { readonly rules: readonly LayeredRule[]; readonly policy: Policy }): void;
}

export function createPermissionState(options: PermissionStateOptions): MutablePermissionState {
  const listeners = new Set<() => void>();
  let mode = options.mode;
  let rules = options.rules;
  let policy: Policy = options.policy ?? { mayBypass: true, managedRulesOnly: false };
  let flagRules: readonly LayeredRule[] = [];
  let directories = options.additionalDirectories ?? [];
  let context: PermissionContext | undefined;

  function changed(): void {
    const before = context?.rules;
    context = undefined;
    if (before !== undefined && !isSameList(before, listRules())) options.onRulesChange?.();
    for (const listener of [...listeners]) listener();
  }

  function setMode(next: PermissionMode): void {
    if (next === mode || (next === 'bypassPermissions' && !policy.mayBypass)) return;
    mode = next;
    options.onModeChange(next);
    changed();
  }

  function applyOne(update: PermissionUpdate, kept: KeptRules | undefined): void {
    const layer = kept?.layer ?? 'session';
    switch (update.type) {
      case 'setMode':
        setMode(update.mode);
        return;
      case 'addRules':
        rules = [...withoutRules(update, layer), ...toLayerRules(update, kept)];
        return;
      case 'replaceRules':
        rules = rules.filter((rule) => rule.layer !== 'session' || rule.behavior !== update.behavior);
        rules = [...rules, ...toLayerRules(update, undefined)];
        return;
      case 'removeRules':
        rules = withoutRules(update, layer);
        return;
      case 'addDirectories':
        directories = [...new Set([...directories, ...update.directories])];
        return;
      case 'removeDirectories':
        directories = directories.filter((directory) => !update.directories.includes(directory));
        return;
      default:
        update satisfies never;
    }
  }

  function withoutRules({ behavior, rules: gone }: RuleUpdate, layer: RuleLayer): readonly LayeredRule[] {
    return rules.filter(
      (rule) =>
        rule.layer !== layer ||
        rule.behavior !== behavior ||
        !gone.some((other) => formatRule(other) === formatRule(rule)),
    );
  }

  function listRules(): readonly LayeredRule[] {
    const all = [...rules, ...flagRules];
    return policy.managedRulesOnly ? all.filter(isOfPolicyOrPerson) : all;
  }

  function buildContext(): PermissionContext {
    const all = listRules();
    const index = createRuleIndex(all, options.place.workspace, directories);
    return { ...options.place, mode, rules: all, additionalDirectories: directories, index };
  }

  return {
    get mode() {
      return mode;
    },
    setMode,
    setFlagRules(next) {
      flagRules = next;
      changed();
    },
    setSettings(now) {
      policy = now.policy;
      rules = [...rules.filter(isOfSession), ...now.rules.filter((rule) => !isOfSession(rule))];
      if (mode === 'bypassPermissions' && !policy.mayBypass) setMode('default');
      changed();
    },
    context() {
      context ??= buildContext();
      return context;
    },
    apply(updates, kept) {
      for (const update of updates) applyOne(update, kept);
      changed();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** `kept`: the file they stand in now; undefined: they are the session's own. */
function toLayerRules({ behavior, rules }: RuleUpdate, kept: KeptRules | undefined): LayeredRule[] {
  const place =
    kept === undefined ? ({ layer: 'session' } as const) : { layer: kept.layer, source: { file: kept.file } };
  return rules.map((rule) => ({ ...rule, behavior, ...place }));
}

function isOfSession({ layer }: LayeredRule): boolean {
  return layer === 'session' || layer === 'cliArg';
}

/** What a person chooses in the session is no setting; what narrows counts wherever it stands. */
function isOfPolicyOrPerson({ behavior, layer }: LayeredRule): boolean {
  return behavior !== 'allow' || layer === 'policy' || layer === 'session';
}

function isSameList(left: readonly LayeredRule[], right: readonly LayeredRule[]): boolean {
  return left.length === right.length && left.every((rule, index) => rule === right[index]);
}
