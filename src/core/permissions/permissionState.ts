/** Mode and rules as they are now, and what a person chose to remember for the session. */
import type { PermissionMode, PermissionUpdate } from '../../protocol/permissions.ts';
import type { PermissionState } from '../loop/authorize.ts';
import type { LayeredRule, PermissionContext } from './decidePermission.ts';
import { createRuleIndex } from './ruleIndex.ts';

export interface PermissionStateOptions {
  readonly mode: PermissionMode;
  readonly rules: readonly LayeredRule[];
  /** The rest of the context, which doesn't change while the session runs. */
  readonly place: Omit<PermissionContext, 'mode' | 'rules' | 'additionalDirectories' | 'index'>;
  /** Folders that may be worked in from the start, beside those of the workspace. */
  readonly additionalDirectories?: readonly string[];
  readonly onModeChange: (mode: PermissionMode) => void;
}

export interface MutablePermissionState extends PermissionState {
  readonly mode: PermissionMode;
  setMode(mode: PermissionMode): void;
  /** Rules that the client adds while the session runs; they replace those of the last such call. */
  setFlagRules(rules: readonly LayeredRule[]): void;
}

export function createPermissionState(options: PermissionStateOptions): MutablePermissionState {
  const listeners = new Set<() => void>();
  let mode = options.mode;
  let rules = options.rules;
  let flagRules: readonly LayeredRule[] = [];
  let directories = options.additionalDirectories ?? [];
  let context: PermissionContext | undefined;

  function changed(): void {
    context = undefined;
    for (const listener of [...listeners]) listener();
  }

  function setMode(next: PermissionMode): void {
    if (next === mode) return;
    mode = next;
    options.onModeChange(next);
    changed();
  }

  function applyOne(update: PermissionUpdate): void {
    switch (update.type) {
      case 'setMode':
        setMode(update.mode);
        return;
      case 'addRules':
        rules = [...rules, ...toSessionRules(update)];
        return;
      case 'replaceRules':
        rules = [...rules.filter((rule) => !isOfSession(rule, update.behavior)), ...toSessionRules(update)];
        return;
      case 'removeRules':
        rules = rules.filter(
          (rule) =>
            !(isOfSession(rule, update.behavior) && update.rules.some((gone) => isSameRule(rule, gone))),
        );
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

  function buildContext(): PermissionContext {
    const all = [...rules, ...flagRules];
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
    context() {
      context ??= buildContext();
      return context;
    },
    apply(updates) {
      for (const update of updates) applyOne(update);
      changed();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

type RuleUpdate = Extract<PermissionUpdate, { rules: unknown }>;

function toSessionRules(update: RuleUpdate): LayeredRule[] {
  return update.rules.map((rule) => ({ ...rule, behavior: update.behavior, layer: 'session' }));
}

/** A person's answer changes the session's own rules only: settings files are changed where they are read. */
function isOfSession(rule: LayeredRule, behavior: LayeredRule['behavior']): boolean {
  return rule.layer === 'session' && rule.behavior === behavior;
}

function isSameRule(left: RuleUpdate['rules'][number], right: RuleUpdate['rules'][number]): boolean {
  return left.toolName === right.toolName && left.ruleContent === right.ruleContent;
}
