/** What settings files say for a session of the panel. The editor's own settings are not among them. */

import type { AgentOptions } from '../core/agent.ts';
import type { SettingSource } from '../core/context/readMemory.ts';
import type { Log, Storage } from '../core/ports.ts';
import { mergeSandbox, type SandboxLayer } from '../core/sandbox/sandboxSettings.ts';
import { openApprovals } from '../core/settings/approvals.ts';
import { type EditorServers, parseEditorServers } from '../core/settings/editorServers.ts';
import { createLiveSettings, type LiveSettings } from '../core/settings/liveSettings.ts';
import { toHookLayers } from '../core/settings/managedPolicy.ts';
import type { McpServerConfigs } from '../core/settings/mcpConfig.ts';
import { parseMcpConfig } from '../core/settings/mcpConfig.ts';
import { readHooks } from '../core/settings/readHooks.ts';
import { type ReadSettings, SettingsReader } from '../core/settings/readSettings.ts';
import {
  findDefaultMode,
  findRuleProblems,
  toDirectories,
  toEnvironment,
  toRules,
} from '../core/settings/sessionSettings.ts';
import { toInForce } from '../core/settings/toInForce.ts';
import { readTextFile } from '../node/readTextFile.ts';
import { watchFiles } from '../node/watchFiles.ts';
import type { PermissionMode } from '../protocol/permissions.ts';
import type { PanelWorkspace } from './panelWorkspace.ts';

export interface SessionSettingsPlace {
  readonly workspace: PanelWorkspace;
  readonly configDir: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Pick<Log, 'warn' | 'error'>;
  /** Where it is kept what a person has approved of a project. */
  readonly storage: Storage;
  /** Default: those of the platform. */
  readonly policyFiles?: readonly string[];
  /** The `mcp.json` of the user's profile in the editor. */
  readonly userServersFile: string;
  /** The editor's own setting turns the sandbox on; false: it says nothing. */
  readonly sandboxEnabled: boolean;
}

export interface SessionSettings
  extends Required<
    Pick<AgentOptions, 'rules' | 'ruleProblems' | 'hooks' | 'hookProblems' | 'mcpServers' | 'sandbox'>
  > {
  /** undefined: none is named. Never `bypassPermissions`: only the editor's own setting opens that. */
  readonly permissionMode: PermissionMode | undefined;
  /** Of the processes of the session. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** More folders to work in, as they were written. */
  readonly directories: readonly string[];
  /** What is left out, and why, for a person. */
  readonly problems: readonly string[];
  /** To close with the session. */
  readonly live: LiveSettings;
}

/** Whose files count; those of a project only as far as the folder is trusted. */
export const SOURCES: readonly SettingSource[] = ['user', 'project', 'local'];

/**
 * What the editor trusts is what counts: a folder that is trusted by name in the user's settings file is trusted by the
 * executable alone. Throws SettingsError where a file is there and can't be read: a deny rule must not be lost by a comma.
 */
export async function readSessionSettings(place: SessionSettingsPlace): Promise<SessionSettings> {
  const { workspace, configDir, log } = place;
  const { cwd, platform } = workspace;
  const reader = new SettingsReader({
    ...{ configDir, cwd, platform, policyFiles: place.policyFiles },
    sources: SOURCES,
    isTrusted: () => workspace.trusted && workspace.hasFolder,
    approvals: await openApprovals(place.storage, cwd),
    approvesNow: false,
    readsEditorServers: true,
    readText: readTextFile,
  });
  const first = await reader.read();
  const { layers } = first;
  const mode = findDefaultMode(layers);
  const environment = { ...place.environment, ...toEnvironment(layers) };
  const hooks = readHooks(toHookLayers(layers), environment);
  const servers = readProjectServers(first, environment);
  const editorServers = await readEditorServers(first, { ...place, environment });
  const unread = [...first.problems.values(), ...editorServers.problems];
  return {
    rules: toRules(layers, log),
    ruleProblems: findRuleProblems(layers),
    hooks: hooks.hooks,
    hookProblems: hooks.problems,
    sandbox: mergeSandbox([...layers, ofEditor(place)], { cwd, home: workspace.home, configDir, platform }),
    permissionMode: mode === 'bypassPermissions' ? undefined : mode,
    environment,
    directories: toDirectories(layers),
    // One of .mcp.json goes before one of the same name.
    mcpServers: { ...editorServers.configs, ...servers.configs },
    problems: servers.problem === undefined ? unread : [...unread, servers.problem],
    live: createLiveSettings({
      ...{ reader, first, log },
      toInForce: (read) => toInForce(read, { environment, log }),
      watch: (files, onChange) => watchFiles(files, { onChange, log }),
    }),
  };
}

/** Those of the folder go before the user's own. */
async function readEditorServers(
  { editorServers }: ReadSettings,
  { workspace, environment, userServersFile, log }: SessionSettingsPlace,
): Promise<EditorServers> {
  const { cwd, home } = workspace;
  const text = await readTextFile(userServersFile).catch((error: unknown) => {
    log.warn('the servers of the profile could not be read', { error: String(error) });
    return undefined;
  });
  const ofUser = parseEditorServers(text ?? '', { where: userServersFile, cwd, home, environment });
  if (editorServers === undefined) return ofUser;
  const ofFolder = parseEditorServers(editorServers.text, {
    where: editorServers.file,
    cwd,
    home,
    environment,
  });
  return {
    configs: { ...ofUser.configs, ...ofFolder.configs },
    problems: [...ofUser.problems, ...ofFolder.problems],
  };
}

/** A person's own, like a settings file of theirs. */
function ofEditor({ sandboxEnabled }: SessionSettingsPlace): SandboxLayer {
  return { layer: 'user', content: sandboxEnabled ? { sandbox: { enabled: true } } : {} };
}

interface ProjectServers {
  readonly configs: McpServerConfigs;
  readonly problem?: string;
}

/** A file of servers that can't be read keeps nobody safe, so the session goes on without them. */
function readProjectServers(
  { servers }: ReadSettings,
  environment: SessionSettings['environment'],
): ProjectServers {
  if (servers === undefined) return { configs: {} };
  try {
    return { configs: parseMcpConfig(servers.text, servers.file, environment) };
  } catch (error) {
    return { configs: {}, problem: error instanceof Error ? error.message : String(error) };
  }
}
