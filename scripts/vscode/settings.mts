// User settings for a VS Code that is started fresh: nothing opens by itself, nothing calls home, nothing else chats.

/** VS Code settings by their full name. */
export type Settings = Readonly<Record<string, unknown>>;

/** For every fresh profile. */
export const quietSettings: Settings = {
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'window.commandCenter': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'json.schemaDownload.enable': false,
  'npm.fetchOnlinePackageInfo': false,
  'git.openRepositoryInParentFolders': 'never',
  // In a browser VS Code saves by itself; on a desktop it does not, and that is what people see.
  'files.autoSave': 'off',
};

/** A folder opened in a fresh profile is in Restricted Mode, where an extension may do almost nothing. */
export const trustedSettings: Settings = { 'security.workspace.trust.enabled': false };
