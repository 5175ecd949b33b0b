/** The policy of whoever looks after the machine: files that only an administrator can write. */
import type { Platform } from '../ports.ts';
import type { SettingsLayer } from './settingsFile.ts';

/** What a policy says beyond its rules. */
export interface Policy {
  /** False: no mode that lets everything pass. */
  readonly mayBypass: boolean;
  /** What settings files and flags allow counts only where the policy itself says it. */
  readonly managedRulesOnly: boolean;
}

const FOLDERS: Readonly<Record<Platform, readonly string[]>> = {
  linux: ['/etc/claude-code', '/etc/belay'],
  darwin: ['/Library/Application Support/ClaudeCode', '/Library/Application Support/Belay'],
  win32: ['C:\\Program Files\\ClaudeCode', 'C:\\Program Files\\Belay'],
};

/** Weakest first: the file that the `.claude` conventions name, and Belay's own. */
export function listPolicyFiles(platform: Platform): readonly string[] {
  const separator = platform === 'win32' ? '\\' : '/';
  return FOLDERS[platform].map((folder) => `${folder}${separator}managed-settings.json`);
}

/** Anybody may forbid to bypass permissions; the rest is for a policy alone. */
export function toPolicy(layers: readonly SettingsLayer[]): Policy {
  return {
    mayBypass: !layers.some(({ content }) => content.permissions?.disableBypassPermissionsMode === 'disable'),
    managedRulesOnly: layers.some(
      ({ layer, content }) => layer === 'policy' && content.allowManagedPermissionRulesOnly === true,
    ),
  };
}

/** The layers whose hooks count. Those of a policy only the policy itself can switch off. */
export function toHookLayers(layers: readonly SettingsLayer[]): readonly SettingsLayer[] {
  const policy = layers.filter(({ layer }) => layer === 'policy');
  const isOnlyPolicy =
    policy.some(({ content }) => content.allowManagedHooksOnly === true) ||
    layers.some(({ content }) => content.disableAllHooks === true);
  return isOnlyPolicy ? policy : layers;
}
