/** Builds the session actor behind a channel: opens the transcript, joins the parts, repairs what a crash left, replays. */
import type { Channel } from '../channel/channel.ts';
import { createPeer, type Peer } from '../channel/peer.ts';
import { parseConversationMessage, type UserMessage } from '../protocol/messages.ts';
import type { PermissionUpdate } from '../protocol/permissions.ts';
import type { Agent, AgentOptions, AgentPorts } from './agent.ts';
import { finishRecord } from './checkpoints/finishRecord.ts';
import { createRecordingFiles } from './checkpoints/recordingFiles.ts';
import { createCommands } from './commands/commands.ts';
import { expandCommand } from './commands/expandCommand.ts';
import { createSkillTool, type SkillToolDeps } from './commands/skillTool.ts';
import { FileIndex } from './context/fileIndex.ts';
import { createMemory, type Memory } from './context/memory.ts';
import type { MemoryDeps } from './context/readMemory.ts';
import { createSessionHooks } from './hooks/sessionHooks.ts';
import { toContentBlocks } from './input/toContentBlocks.ts';
import type { ActorParts } from './loop/actorParts.ts';
import { createAgentHandlers } from './loop/agentHandlers.ts';
import { createEmitter, type Emitter } from './loop/emitter.ts';
import { followSettings } from './loop/followSettings.ts';
import { createGuardedFiles } from './loop/guardedFiles.ts';
import { mayReadUnasked } from './loop/mayReadUnasked.ts';
import { noteDecided } from './loop/noteDecided.ts';
import { reportOpenFailure } from './loop/openFailure.ts';
import { resumeSession } from './loop/resumeSession.ts';
import { createRunTool } from './loop/runTool.ts';
import { SessionActor } from './loop/sessionActor.ts';
import { createSessionSetup } from './loop/sessionSetup.ts';
import {
  tellCapture,
  tellCheckpoint,
  tellCommands,
  tellLinesSetAside,
  tellRecovery,
  tellTask,
} from './loop/tellNews.ts';
import { findDenials } from './loop/toolSwitch.ts';
import { createUsageMeter } from './loop/usageMeter.ts';
import type { McpServers } from './mcp/mcpServers.ts';
import { openMcp } from './mcp/openMcp.ts';
import { isReadDenied } from './permissions/decidePermission.ts';
import { createPermissionState, type MutablePermissionState } from './permissions/permissionState.ts';
import { listDestinations, rememberUpdates, SESSION_ONLY } from './permissions/remember.ts';
import { createCommandSandbox } from './sandbox/commandSandbox.ts';
import { tellSandbox } from './sandbox/tellSandbox.ts';
import { Session } from './sessions/session.ts';
import { createRuleFiles, type RuleFiles } from './settings/ruleFiles.ts';
import { narrowAuthorization } from './subagents/narrowAuthorization.ts';
import { createSubagentHooks } from './subagents/subagentHooks.ts';
import { createSubagents } from './subagents/subagents.ts';
import { type BackgroundTasks, createBackgroundTasks } from './tools/backgroundTasks.ts';
import { ReadState } from './tools/readState.ts';
import { createStructuredOutputTool } from './tools/structuredOutput.ts';

export function createAgent(ports: AgentPorts, options: AgentOptions, channel: Channel): Agent {
  const emitter = createEmitter(channel, { sessionId: options.sessionId, createId: ports.createId });
  // What comes before the transcript is open waits in the channel.
  const opening = openActor({ ports, options, emitter, channel });
  opening.catch((error: unknown) => reportOpenFailure(error, { ports, emitter, options }));

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= closeAll();
    return closing;
  };
  async function closeAll(): Promise<void> {
    const opened = await opening.catch(() => undefined);
    // Side by side: each may have to wait for a process that does not want to end, and there is little time.
    opened?.unfollow();
    opened?.fileIndex.close();
    await Promise.all([opened?.actor.close(), opened?.tasks.close(), opened?.mcp.close()]);
    await opened?.session.close();
    channel.close();
  }

  const done = opening.then(({ peer }) => peer.closed).then(close, close);
  const idle = (): Promise<void> => opening.then(({ actor }) => actor.idle()).catch(() => undefined);
  async function interrupt(): Promise<boolean> {
    const opened = await opening.catch(() => undefined);
    if (opened?.actor.isRunning !== true) return false;
    await opened.actor.interrupt();
    return true;
  }
  return { sessionId: options.sessionId, close, interrupt, idle, done };
}

interface Opened {
  readonly actor: SessionActor;
  readonly session: Session;
  readonly tasks: BackgroundTasks;
  readonly mcp: McpServers;
  readonly fileIndex: FileIndex;
  readonly peer: Peer;
  /** Ends the watch over the settings. */
  readonly unfollow: () => void;
}

interface Opening {
  readonly ports: AgentPorts;
  readonly options: AgentOptions;
  readonly emitter: Emitter;
  readonly channel: Channel;
}

async function openActor({ ports, options, emitter, channel }: Opening): Promise<Opened> {
  const { clock, log, workspace, createId } = ports;
  const { jsonSchema } = options;
  const answerTool = jsonSchema === undefined ? undefined : createStructuredOutputTool(jsonSchema);
  const session = await Session.open(ports.transcripts, {
    sessionId: options.sessionId,
    cwd: workspace.cwd,
    version: options.version,
    clock,
    log,
    createId,
  });
  const permissions = await openPermissions({ ports, options, emitter });
  const setup = createSessionSetup({ ports, options, session, rules: () => permissions.context().rules });
  if (answerTool !== undefined) setup.answerThrough(answerTool);
  const meter = createUsageMeter(options.models);
  const sandbox =
    options.sandbox &&
    createCommandSandbox({
      options: options.sandbox,
      context: () => permissions.context(),
      files: ports.files,
    });
  const memory = openMemory({ ports, options }, permissions);
  setup.addSection(() => memory.section());
  const readState = new ReadState((path) => memory.sawFile(path));
  const tasks: BackgroundTasks = createBackgroundTasks({
    storage: ports.storage,
    clock,
    sessionId: options.sessionId,
    onChange: (task) => void tellTask(task, { emitter, actor, tasks, clock }),
  });
  const hooks = createSessionHooks({
    ports,
    options,
    emitter,
    session,
    permissions,
    request: (subtype, payload, how) => peer.request(subtype, payload, how),
    meter,
    model: () => actor.model,
  });
  const ruleFiles = openRuleFiles({ ports, options });
  const remember = async (updates: readonly PermissionUpdate[]): Promise<readonly string[]> => {
    const problems = await rememberUpdates(updates, { permissions, ruleFiles });
    for (const content of problems) await emitter.emitSystem('informational', { content, level: 'warning' });
    return problems;
  };
  const authorization = {
    permissions,
    remember,
    destinations:
      ruleFiles === undefined || ports.settings?.now.policy.managedRulesOnly === true
        ? SESSION_ONLY
        : listDestinations(workspace),
    files: ports.files,
    hooks,
    log,
    interactive: options.interactive,
    peer: {
      request: askAsWaiting({ peer: () => peer, emitter, isRunning: () => actor.isRunning }),
    },
  };
  const fileIndex = new FileIndex({ ports });
  const recordings = new Set<Promise<void>>();
  const track = (recording: Promise<void>): void => {
    const tracked = recording.finally(() => recordings.delete(tracked));
    recordings.add(tracked);
  };
  const callDeps: ActorParts['callDeps'] = (userMessageId, tools, subagent) => ({
    tools,
    authorization: subagent === undefined ? authorization : narrowAuthorization(authorization, subagent),
    emitter: subagent?.emitter ?? emitter,
    clock,
    log,
    openScope(toolUseId, { isOfServer, isCommand, signal }) {
      const origin = subagent === undefined ? (isOfServer ? 'mcp' : 'tool') : 'subagent';
      const recorder = ports.checkpoints?.record({ userMessageId, toolUseId, origin });
      if (isOfServer || isCommand) ports.checkpoints?.prepare();
      const { files, allowWrites } = createGuardedFiles(createRecordingFiles(ports.files, recorder));
      return {
        context: {
          toolUseId,
          userMessageId,
          workspace,
          files,
          processes: ports.processes,
          web: ports.web,
          diagnostics: ports.diagnostics,
          storage: ports.storage,
          clock,
          log,
          readState: subagent?.readState ?? readState,
          tasks,
          mayRead: (path) => !isReadDenied(path, permissions.context()),
          mayReadUnasked: (path) => mayReadUnasked(path, { permissions, files: ports.files, log }),
          sandbox,
          runTool: (name, input) =>
            createRunTool(callDeps(userMessageId, tools, subagent), { createId, signal })(name, input),
          signal,
        },
        allowWrites,
        expectChanges: async () => recorder?.expectChanges(origin === 'tool' ? 'shell' : origin),
        finish: (tell) => finishRecord(recorder, { tell, ended: tasks.whenEnded(toolUseId), track, log }),
      };
    },
    recordStart: (toolUseId) =>
      (subagent?.session ?? session).record({
        type: 'belay/tool_started',
        sessionId: options.sessionId,
        tool_use_id: toolUseId,
      }),
    onCheckpoint: (checkpoint) => {
      fileIndex.changed();
      return tellCheckpoint(checkpoint, { session, emitter });
    },
    onDecided: (call, decided) =>
      noteDecided({ ...call, agentId: subagent?.agentId }, decided, { session, clock, log }),
  });
  const commands = createCommands(toMemoryDeps({ ports, options }, permissions));
  setup.addSection(() => commands.section());
  setup.addTools(async () => {
    if ((await commands.forModel()).length === 0) return [];
    const expand: SkillToolDeps['expand'] = (command, args, { runTool }) =>
      expandCommand(command, args, runTool);
    return [createSkillTool({ commands, expand })];
  });
  const subagents = createSubagents({
    ports,
    options,
    emitter,
    meter,
    transcriptPath: session.path,
    mainContext: () => ({
      context_tokens: meter.contextTokens,
      context_window: options.models().get(actor.model).contextWindow,
      model: actor.model,
      usage: meter.turnUsage,
    }),
    callDeps,
    hooks: createSubagentHooks(hooks),
    createMemory: () => openMemory({ ports, options }, permissions),
    tasks,
    tools: async () => (await setup.freeze()).tools.values(),
    model: () => actor.model,
    endTurn: () => void actor.interrupt(),
  });
  setup.addTools(() => subagents.tools());
  const mcp: McpServers = openMcp({
    ports,
    options,
    setup,
    emitter,
    request: (subtype, payload, how) => peer.request(subtype, payload, how),
    onPromptsChanged: () => void tellCommands({ emitter, commands, mcp: () => mcp }),
    notice: (text) => actor.notice(text),
    meter,
    model: () => actor.model,
    idle: () => actor.idle(),
    isSwitchedOff: (server, name) => findDenials(permissions.context().rules, { name, server }).length > 0,
  });
  const parts: ActorParts = {
    ports,
    options,
    session,
    emitter,
    meter,
    permissions,
    remember,
    readState,
    hooks,
    callDeps,
    recorded: async () => void (await Promise.all(recordings)),
    setup,
    subagents,
    memory,
    commands,
    mcp,
    fileIndex,
  };
  const actor = new SessionActor(parts);
  ports.checkpoints?.onCapture((state) => tellCapture(state, { emitter }));

  await resumeSession({ session, emitter, meter, ports, replayHistory: options.replayHistory ?? true });
  await tellLinesSetAside({ session, emitter });
  await tellRecovery({ emitter, actor, ports });
  await tellSandbox({ ports, options, emitter });
  await emitter.emitSystem('session_state_changed', { state: 'idle' });
  const peer: Peer = createPeer<'agent'>(channel, {
    handlers: createAgentHandlers({ parts, actor, tasks }),
    onMessage: (message) => receive(message, { actor, ports, emitter }),
    onProblem: (problem, cause) => log.warn(problem, { cause: String(cause ?? '') }),
  });
  mcp.add(options.mcpServers ?? {});
  const { hookProblems = [] } = options;
  const unfollow =
    ports.settings && followSettings(ports.settings, { permissions, hooks, emitter, hookProblems });
  return { actor, session, tasks, mcp, fileIndex, peer, unfollow: unfollow ?? (() => undefined) };
}

async function openPermissions({
  ports,
  options,
  emitter,
}: Omit<Opening, 'channel'>): Promise<MutablePermissionState> {
  const { workspace, files, storage } = ports;
  const realRoots = await Promise.all(workspace.roots.map((root) => files.realPath(root)));
  return createPermissionState({
    mode: options.permissionMode,
    rules: options.rules,
    ...(ports.settings === undefined ? {} : { policy: ports.settings.now.policy }),
    place: { workspace, realRoots, readableDirectories: [storage.locate(['output', options.sessionId])] },
    onModeChange: (permissionMode) => void emitter.emitSystem('status', { status: null, permissionMode }),
    onRulesChange: () => void emitter.emitSystem('belay/permission_rules_changed', {}),
  });
}

function openRuleFiles({ ports, options }: Pick<Opening, 'ports' | 'options'>): RuleFiles | undefined {
  const { settingsDir: configDir } = options;
  return configDir === undefined
    ? undefined
    : createRuleFiles({
        ...ports,
        configDir,
        ...(ports.settings === undefined ? {} : { runChange: ports.settings.acceptChange }),
      });
}

function openMemory(
  opening: Pick<Opening, 'ports' | 'options'>,
  permissions: MutablePermissionState,
): Memory {
  return createMemory(toMemoryDeps(opening, permissions));
}

function toMemoryDeps(
  { ports, options }: Pick<Opening, 'ports' | 'options'>,
  permissions: MutablePermissionState,
): MemoryDeps {
  const { files, workspace, log } = ports;
  const { sources, configDir } = options.memory ?? { sources: [], configDir: '' };
  return { files, workspace, log, sources, configDir, permissions: () => permissions.context() };
}

/** While a person is asked, the session says so: a badge, a status bar and a notification hang on it. */
function askAsWaiting({
  peer,
  emitter,
  isRunning,
}: {
  readonly peer: () => Peer;
  readonly emitter: Emitter;
  /** A subagent in the background may ask when no turn runs. */
  readonly isRunning: () => boolean;
}): Peer['request'] {
  let waiting = 0;
  return async (subtype, payload, requestOptions) => {
    waiting += 1;
    if (waiting === 1) void emitter.emitSystem('session_state_changed', { state: 'requires_action' });
    try {
      return await peer().request(subtype, payload, requestOptions);
    } finally {
      waiting -= 1;
      const state = isRunning() ? 'running' : 'idle';
      if (waiting === 0) void emitter.emitSystem('session_state_changed', { state });
    }
  };
}

interface Receiving {
  readonly actor: SessionActor;
  readonly ports: AgentPorts;
  readonly emitter: Emitter;
}

function receive(message: unknown, { actor, ports, emitter }: Receiving): void {
  const parsed = parseConversationMessage(message);
  if (parsed.kind === 'invalid') {
    ports.log.warn('an invalid message was skipped', { type: parsed.type, problem: parsed.problem });
    const problem = `A message could not be read and was skipped: ${parsed.problem}`;
    if (parsed.type === 'user') actor.receive(NO_PROMPT, problem);
    else void emitter.emitSystem('informational', { content: problem, level: 'warning' });
    return;
  }
  if (parsed.kind === 'unknown' || parsed.message.type !== 'user') {
    ports.log.debug('a message of no use to the agent was skipped', {
      type: parsed.kind === 'unknown' ? parsed.type : parsed.message.type,
    });
    return;
  }
  receivePrompt(parsed.message, actor);
}

/** In place of a prompt that could not be read. */
const NO_PROMPT: UserMessage = {
  type: 'user',
  parent_tool_use_id: null,
  message: { role: 'user', content: [] },
};

function receivePrompt(message: UserMessage, actor: SessionActor): void {
  const content = toContentBlocks(message.message.content);
  if (content.kind === 'refused') return actor.receive(message, content.problem);
  actor.receive({ ...message, message: { ...message.message, content: [...content.blocks] } });
}
