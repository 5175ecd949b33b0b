/** Puts an agent together from what the command line, the settings and the environment say. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Channel } from '../channel/channel.ts';
import type { Agent, AgentOptions, AgentPorts } from '../core/agent.ts';
import type { Checkpoints } from '../core/checkpoints/checkpoints.ts';
import { createCheckpoints } from '../core/checkpoints/createCheckpoints.ts';
import { createAgent } from '../core/createAgent.ts';
import { createModelTable, type ModelTable, toModelInfo } from '../core/model/modelTable.ts';
import type { Log } from '../core/ports.ts';
import type { TranscriptStore } from '../core/sessions/transcriptStore.ts';
import { type Approvals, createUnkeptApprovals, openApprovals } from '../core/settings/approvals.ts';
import type { PendingFile } from '../core/settings/holdProject.ts';
import { createLiveSettings } from '../core/settings/liveSettings.ts';
import { toHookLayers, toPolicy } from '../core/settings/managedPolicy.ts';
import { readHooks } from '../core/settings/readHooks.ts';
import {
  findDefaultMode,
  findRuleProblems,
  toDirectories,
  toEnvironment,
  toLayeredRules,
  toRules,
} from '../core/settings/sessionSettings.ts';
import type { SettingsLayer } from '../core/settings/settingsFile.ts';
import { toInForce } from '../core/settings/toInForce.ts';
import { resolveModel } from '../core/subagents/resolveModel.ts';
import { AGENT_TOOL, toToolName } from '../core/subagents/toolNames.ts';
import { createBuiltinTools } from '../core/tools/builtinTools.ts';
import { nodeByteWork } from '../node/byteWork.ts';
import { createNodePdfReader } from '../node/pdf.ts';
import { createSidechainStore } from '../node/sidechains.ts';
import { createNodeStorage } from '../node/storage.ts';
import { createTranscriptStore } from '../node/transcripts.ts';
import { createTreeScanners } from '../node/tree/treeScanner.ts';
import { watchFiles } from '../node/watchFiles.ts';
import { chooseSandbox } from './chooseSandbox.ts';
import { chooseSession } from './chooseSession.ts';
import { StartError } from './exitCodes.ts';
import { createHeadlessPorts, type Environment, findConfigDir } from './headlessPorts.ts';
import { type Invocation, mayBypass, type SettingSource } from './invocation.ts';
import { readMcpConfig } from './mcpConfig.ts';
import { readSettingsOf } from './settings.ts';
import { createUnsavedTranscripts } from './unsavedTranscripts.ts';

export interface StartDeps {
  readonly cwd: string;
  readonly environment: Environment;
  readonly log: Log;
  readonly version: string;
  /** Somebody listens who can answer `can_use_tool`. */
  readonly interactive: boolean;
  /** Emit `stream_event` messages. */
  readonly partialMessages: boolean;
  /** Follow the settings files: the session is to last. */
  readonly watchSettings: boolean;
}

export interface Prepared {
  readonly sessionId: string;
  /** Starts the agent behind the channel. Its `close` ends everything that was opened for it. */
  start(channel: Channel): Agent;
}

/** Everything that can go wrong before there is a session goes wrong here. Throws StartError and SettingsError. */
export async function prepareSession(invocation: Invocation, deps: StartDeps): Promise<Prepared> {
  const { cwd, log } = deps;
  const configDir = findConfigDir(deps.environment);
  const sources = invocation['setting-sources'] ?? ['user', 'project', 'local'];
  const isNamed = isTrustedByName(invocation);
  const { reader, first, withGiven } = await readSettingsOf({
    configDir,
    cwd,
    sources,
    isTrusted: () => (isNamed ? true : undefined),
    approvals: await chooseApprovals(invocation, { configDir, cwd }),
    approvesNow: invocation.trust,
    given: invocation.settings,
  });
  const { isTrusted, problems } = first;
  const layers = withGiven(first);
  for (const problem of problems.values()) throw new StartError(problem);
  for (const file of first.pending) log.warn(describePending(file));
  if (!isTrusted && sources.includes('project')) await tellNarrowed({ cwd, configDir, log });
  const models = createModelTable({});
  const environment = { ...deps.environment, ...toEnvironment(layers) };
  const ports = createHeadlessPorts({
    cwd,
    configDir,
    environment,
    log,
    models: () => models,
    trusted: isTrusted,
    additionalDirectories: [...toDirectories(layers), ...invocation['add-dir']],
  });
  const sandbox = await chooseSandbox({ layers, configDir, ports });
  const transcripts = openTranscripts(invocation, { configDir, cwd });
  const { sessionId, resume } = await chooseSession(invocation, transcripts);
  // What a killed process has left in the folder is gone before anybody looks.
  await ports.temporaryFiles.sweep();
  const checkpoints = await openCheckpoints({ ...ports, environment, sessionId });
  const mcpServers = await readMcpConfig({
    given: invocation['mcp-config'],
    project: invocation['strict-mcp-config'] ? undefined : first.servers,
    cwd,
    environment,
  });
  const settings = createLiveSettings({
    ...{ reader, first, log },
    toInForce: (read) => toInForce({ layers: withGiven(read) }, { environment, log }),
    watch: deps.watchSettings ? (files, onChange) => watchFiles(files, { onChange, log }) : undefined,
  });
  settings.onChange(({ pending }) => {
    for (const file of pending) log.warn(describePending(file));
  });
  const options = buildOptions({
    invocation,
    deps,
    ports,
    layers,
    models,
    environment,
    configDir,
    sources,
    sandbox,
    mcpServers,
  });
  return {
    sessionId,
    start(channel) {
      const sidechains = invocation['no-session-persistence'] ? undefined : createSidechainStore();
      const all: AgentPorts = { ...ports, transcripts, sidechains, checkpoints, settings };
      const agent = createAgent(all, { ...options, sessionId, resume }, channel);
      const close = async (): Promise<void> => {
        await agent.close();
        await settings.close();
        await checkpoints?.close();
        await ports.processes.close();
        await ports.temporaryFiles.close();
      };
      return { ...agent, close, done: agent.done.then(close) };
    },
  };
}

/** Who names the project's settings wants them. */
function isTrustedByName({ trust, 'setting-sources': named = [] }: Invocation): boolean {
  return trust || named.includes('project') || named.includes('local');
}

/** Who names the project's settings, as clients do, wants them as they are at this start, and has seen nothing by that. */
async function chooseApprovals(
  invocation: Invocation,
  { configDir, cwd }: { readonly configDir: string; readonly cwd: string },
): Promise<Approvals> {
  if (isTrustedByName(invocation) && !invocation.trust) return createUnkeptApprovals();
  return openApprovals(createNodeStorage(join(configDir, 'storage')), cwd);
}

function describePending({ file, waiting }: PendingFile): string {
  return (
    `${file} has changed since it was trusted. Not in force: ${waiting.join('; ')}. ` +
    'Look at the file, and start with --trust to have it count'
  );
}

interface Narrowed {
  readonly cwd: string;
  readonly configDir: string;
  readonly log: Pick<Log, 'warn'>;
}

/** A folder that brings nothing along needs no word. */
async function tellNarrowed({ cwd, configDir, log }: Narrowed): Promise<void> {
  const names = ['.claude', '.mcp.json', 'CLAUDE.md', 'AGENTS.md'];
  const found = await Promise.all(
    names.map((name) =>
      access(join(cwd, name)).then(
        () => true,
        () => false,
      ),
    ),
  );
  if (!found.includes(true)) return;
  log.warn(
    'this folder is not trusted: of its settings only the rules that deny or ask count, and its hooks, servers, commands ' +
      `and memory are left out. Start with --trust, or name the folder under "trustedFolders" in ${join(configDir, 'settings.json')}`,
  );
}

function openTranscripts(
  invocation: Invocation,
  place: { readonly configDir: string; readonly cwd: string },
): TranscriptStore {
  const saved = createTranscriptStore(place);
  return invocation['no-session-persistence'] ? createUnsavedTranscripts(saved) : saved;
}

interface Building {
  readonly invocation: Invocation;
  readonly deps: StartDeps;
  readonly ports: Pick<AgentPorts, 'workspace' | 'processes'>;
  readonly layers: readonly SettingsLayer[];
  readonly models: ModelTable;
  readonly environment: Environment;
  readonly configDir: string;
  readonly sources: readonly SettingSource[];
  readonly sandbox: AgentOptions['sandbox'];
  readonly mcpServers: AgentOptions['mcpServers'];
}

function buildOptions(building: Building): Omit<AgentOptions, 'sessionId' | 'resume'> {
  const { invocation, deps, layers, models, mcpServers, configDir, environment } = building;
  const { log } = deps;
  const hooks = readHooks(toHookLayers(layers), environment);
  return {
    model: chooseModel(building),
    models: () => models,
    modelList: () => models.rows.map(toModelInfo),
    permissionMode: chooseMode(invocation, layers),
    bypassAllowed: mayBypass(invocation),
    rules: [
      ...toRules(layers, log),
      ...toLayeredRules(invocation.allowedTools, { behavior: 'allow', layer: 'cliArg', log }),
      ...toLayeredRules(invocation.disallowedTools, { behavior: 'deny', layer: 'cliArg', log }),
    ],
    ruleProblems: findRuleProblems(layers),
    settingsDir: configDir,
    sandbox: building.sandbox,
    tools: chooseTools(building),
    subagents: chooseSubagents(invocation),
    ...(invocation['system-prompt'] === undefined ? {} : { systemPrompt: [invocation['system-prompt']] }),
    appendSystemPrompt: invocation['append-system-prompt'],
    mcpServers,
    memory: { sources: building.sources, configDir },
    hooks: hooks.hooks,
    hookProblems: hooks.problems,
    hookEvents: invocation['include-hook-events'],
    jsonSchema: invocation['json-schema'],
    maxThinkingTokens: invocation.thinking === 'disabled' ? 0 : invocation['max-thinking-tokens'],
    maxTurns: invocation['max-turns'],
    maxBudgetUsd: invocation['max-budget-usd'],
    effort: invocation.effort,
    partialMessages: deps.partialMessages,
    replayHistory: false,
    interactive: deps.interactive,
    sampling: invocation['mcp-sampling'],
    apiKeySource: (environment.ANTHROPIC_API_KEY ?? '') === '' ? 'none' : 'ANTHROPIC_API_KEY',
    version: deps.version,
  };
}

function chooseTools({ invocation, ports, sandbox }: Building): AgentOptions['tools'] {
  const tools = createBuiltinTools({
    workspace: ports.workspace,
    shellName: ports.processes.shellName,
    pdf: createNodePdfReader(),
    sandbox,
  });
  const { tools: wanted } = invocation;
  return wanted === undefined ? tools : tools.filter(({ name }) => wanted.includes(name));
}

/** `--tools` names the Agent tool like any other. */
function chooseSubagents({ tools, agents = {} }: Invocation): AgentOptions['subagents'] {
  return tools === undefined || tools.some((name) => toToolName(name) === AGENT_TOOL)
    ? { definitions: agents }
    : undefined;
}

function chooseModel({ invocation, layers, models, environment }: Building): string {
  const ofSettings = layers.map(({ content }) => content.model).findLast((model) => model !== undefined);
  return resolveModel({
    asked: [invocation.model, environment.ANTHROPIC_MODEL, ofSettings],
    inherited: models.rows[0]?.id ?? '',
    offered: [],
    models,
  });
}

function chooseMode(
  invocation: Invocation,
  layers: readonly SettingsLayer[],
): AgentOptions['permissionMode'] {
  const { 'permission-mode': named, 'dangerously-skip-permissions': skips } = invocation;
  const given = named ?? (skips ? 'bypassPermissions' : undefined);
  const mode = given ?? findDefaultMode(layers) ?? 'default';
  if (mode !== 'bypassPermissions') return mode;
  if (toPolicy(layers).mayBypass) return mayBypass(invocation) ? mode : 'default';
  if (given === undefined) return 'default';
  throw new StartError('The settings of this machine do not allow to bypass permissions.');
}

type CheckpointPlace = Omit<AgentPorts, 'checkpoints' | 'transcripts'> & {
  readonly environment: Environment;
  readonly sessionId: string;
};

/** On where the client asks for it, as the Agent SDK does with `enableFileCheckpointing`. */
async function openCheckpoints(place: CheckpointPlace): Promise<Checkpoints | undefined> {
  const { files, storage, clock, log, workspace, createId, sessionId, environment } = place;
  if (!/^(1|true|yes|on)$/i.test(environment.CLAUDE_CODE_ENABLE_SDK_FILE_CHECKPOINTING ?? ''))
    return undefined;
  try {
    const scanners = createTreeScanners({ worker: join(import.meta.dirname, 'treeWorker.js') });
    const capture = { scanners, trusted: workspace.trusted };
    const parts = { files, storage, clock, log, sessionId, workspace, createId };
    return await createCheckpoints({ ...parts, byteWork: nodeByteWork, capture });
  } catch (error) {
    log.error('checkpoints could not be opened, so nothing of this session can be rewound', { error });
    return undefined;
  }
}
