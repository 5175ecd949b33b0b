/** A session of the panel: an agent on Node, in the extension host or in a process of its own. */
import { join } from 'node:path';
import type { Channel } from '../channel/channel.ts';
import type { Agent, AgentOptions, AgentPorts } from '../core/agent.ts';
import type { Checkpoints } from '../core/checkpoints/checkpoints.ts';
import { createCheckpoints } from '../core/checkpoints/createCheckpoints.ts';
import type { SavedFile } from '../core/checkpoints/tree/treeWatch.ts';
import { createAgent } from '../core/createAgent.ts';
import type { LoginPorts } from '../core/mcp/serverLogin.ts';
import type { FileSystem, LanguageFeatures, ReviewComments } from '../core/ports.ts';
import { pruneOutputs } from '../core/sessions/pruneOutputs.ts';
import { createBuiltinTools } from '../core/tools/builtinTools.ts';
import { nodeByteWork } from '../node/byteWork.ts';
import { createNodeProcesses, type NodeProcesses } from '../node/processes.ts';
import { createTreeScanners } from '../node/tree/treeScanner.ts';
import { createNodeWeb } from '../node/web.ts';
import type { PermissionMode } from '../protocol/permissions.ts';
import { createLazyMcpConnector } from './lazyMcp.ts';
import { createLazyPdfReader } from './lazyPdf.ts';
import type { NodeParts } from './nodeParts.ts';
import { type PanelWorkspace, withDirectories } from './panelWorkspace.ts';
import { readSessionSettings, type SessionSettings, SOURCES } from './sessionSettings.ts';

/** What a session is opened with. */
export interface SessionStart
  extends Pick<
    AgentOptions,
    'sessionId' | 'resume' | 'model' | 'maxTurns' | 'maxBudgetUsd' | 'effort' | 'version'
  > {
  /** undefined: what the settings files say. The session then tells it with a `status` message. */
  readonly permissionMode: PermissionMode | undefined;
  readonly checkpointsEnabled: boolean;
  /** True: the sandbox is on, whatever settings files say. */
  readonly sandboxEnabled: boolean;
  /** The `mcp.json` of the user's profile in the editor. */
  readonly userServersFile: string;
}

export interface SessionParts
  extends NodeParts,
    Pick<AgentPorts, 'streamModel' | 'diagnostics' | 'fileNews'>,
    Pick<AgentOptions, 'models' | 'modelList'> {
  readonly workspace: PanelWorkspace;
  /** The files as somebody at the editor sees them. */
  readonly files: FileSystem;
  /** The files the user has saved after the save of this number, absolute, and the number of the last. */
  readonly savesSince: (number: number) => Promise<Saves>;
  readonly languageFeatures: LanguageFeatures;
  /** Logins at MCP servers. */
  readonly login: LoginPorts;
  /** What the user says to this session about its changes. */
  readonly reviewComments: ReviewComments;
  /** Tried before the PATH. */
  readonly ripgrepCandidates: readonly string[];
}

export interface Saves {
  readonly last: number;
  readonly paths: readonly string[];
}

/** Old outputs can wait until the session is open and shown. */
const PRUNE_DELAY_MS = 10_000;

const NO_BYPASS =
  'The settings of this machine do not allow to bypass permissions, so you are asked as by default.';

/** Throws SettingsError where settings files can't be read. */
export async function openSession(
  start: SessionStart,
  channel: Channel,
  parts: SessionParts,
): Promise<Agent> {
  const { clock, log, configDir, models, modelList } = parts;
  const settings = await readSessionSettings({ ...parts, ...pickSettings(start) });
  const ports = createPorts(parts, settings);
  const { hasFolder } = ports.workspace;
  const checkpoints = await openCheckpoints(start, parts);
  const { live } = settings;
  const asked = start.permissionMode ?? settings.permissionMode ?? 'default';
  const mayStart = asked !== 'bypassPermissions' || live.now.policy.mayBypass;
  const permissionMode = mayStart ? asked : 'default';
  const problems = mayStart ? settings.problems : [...settings.problems, NO_BYPASS];
  await tellSettings(start, channel, { problems, permissionMode });
  for (const problem of problems) log.warn(problem);
  const { sessionId, resume, model, maxTurns, maxBudgetUsd, effort, version } = start;
  const agent = createAgent(
    { ...ports, checkpoints, settings: live },
    {
      ...{
        sessionId,
        resume,
        model,
        models,
        modelList,
        permissionMode,
        maxTurns,
        maxBudgetUsd,
        effort,
        version,
      },
      rules: settings.rules,
      ruleProblems: settings.ruleProblems,
      settingsDir: configDir,
      hooks: settings.hooks,
      hookProblems: settings.hookProblems,
      mcpServers: settings.mcpServers,
      sandbox: settings.sandbox,
      tools: hasFolder ? createTools({ ...parts, ...ports }, settings) : [],
      subagents: hasFolder ? {} : undefined,
      memory: hasFolder ? { sources: SOURCES, configDir } : undefined,
      partialMessages: true,
      interactive: true,
      sampling: true,
    },
    channel,
  );
  const closing = new AbortController();
  const pruned = clock.sleep(PRUNE_DELAY_MS, closing.signal).then(
    () => pruneOutputs({ ...ports, sessionId }),
    () => undefined,
  );
  const close = async (): Promise<void> => {
    closing.abort();
    await agent.close();
    await live.close();
    await pruned;
    await ports.processes.close();
    await checkpoints?.close();
  };
  return { ...agent, close };
}

function pickSettings({ sandboxEnabled, userServersFile }: SessionStart) {
  return { sandboxEnabled, userServersFile };
}

type SessionPorts = Omit<AgentPorts, 'checkpoints' | 'workspace' | 'processes' | 'languageFeatures'> & {
  readonly languageFeatures: LanguageFeatures;
  readonly workspace: PanelWorkspace;
  readonly processes: NodeProcesses;
};

function createPorts(parts: SessionParts, { environment, directories }: SessionSettings): SessionPorts {
  const { ripgrepCandidates, login } = parts;
  const workspace = withDirectories(parts.workspace, directories);
  const { cwd, platform } = workspace;
  return {
    ...parts,
    workspace,
    processes: createNodeProcesses({
      ...{ platform, env: environment, ripgrepCandidates },
      sandboxHost: join(import.meta.dirname, 'sandboxHost.js'),
    }),
    web: createNodeWeb({ env: environment }),
    mcp: createLazyMcpConnector({ cwd, platform, env: environment, login }),
  };
}

function createTools(
  parts: SessionPorts & Pick<SessionParts, 'reviewComments'>,
  { sandbox }: SessionSettings,
): AgentOptions['tools'] {
  const { workspace, processes, languageFeatures, reviewComments } = parts;
  const { shellName } = processes;
  const pdf = createLazyPdfReader();
  return createBuiltinTools({ workspace, shellName, pdf, sandbox, languageFeatures, reviewComments });
}

interface Told {
  readonly problems: readonly string[];
  readonly permissionMode: PermissionMode;
}

/** What whoever started the session can't know, because it stands in the settings files. */
async function tellSettings(
  { sessionId, permissionMode: asked }: SessionStart,
  channel: Channel,
  { problems, permissionMode }: Told,
): Promise<void> {
  const tell = (fields: object): Promise<void> =>
    channel.send({ type: 'system', uuid: crypto.randomUUID(), session_id: sessionId, ...fields });
  if (asked !== permissionMode) await tell({ subtype: 'status', status: null, permissionMode });
  for (const content of problems) await tell({ subtype: 'informational', content, level: 'warning' });
}

/** Without them the session goes on, and says why nothing can be rewound. */
async function openCheckpoints(start: SessionStart, parts: SessionParts): Promise<Checkpoints | undefined> {
  const { storage, clock, log, workspace, createId } = parts;
  if (!start.checkpointsEnabled || !workspace.hasFolder) return undefined;
  const { sessionId } = start;
  try {
    return await createCheckpoints({
      ...{ storage, clock, log, sessionId, workspace, createId, byteWork: nodeByteWork },
      files: createRewoundFiles(parts),
      capture: {
        scanners: createTreeScanners({ worker: join(import.meta.dirname, 'treeWorker.js') }),
        trusted: workspace.trusted,
        takeSaves: createTakeSaves(parts),
      },
    });
  } catch (error) {
    log.error('checkpoints could not be opened, so nothing of this session can be rewound', { error });
    return undefined;
  }
}

/** A rewind brings back bytes: what runs on save must not change them. It sees unsaved text all the same. */
function createRewoundFiles({ files, quickDisk }: SessionParts): FileSystem {
  return {
    ...quickDisk,
    hasUnsavedChanges: files.hasUnsavedChanges,
    readFile: async (path, limits) =>
      (await files.hasUnsavedChanges(path)) ? files.readFile(path, limits) : quickDisk.readFile(path, limits),
  };
}

/** Each save is taken once. Where the editor doesn't answer, nobody has saved. */
function createTakeSaves({ savesSince, disk, log }: SessionParts): () => Promise<readonly SavedFile[]> {
  let last = 0;
  return async () => {
    try {
      const saves = await savesSince(last);
      last = saves.last;
      return await Promise.all(
        saves.paths.map(async (path) => ({ path: await disk.realPath(path).catch(() => path) })),
      );
    } catch (error) {
      log.warn('what the user has saved could not be asked', { error: String(error) });
      return [];
    }
  };
}
