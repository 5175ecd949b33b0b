/** The control requests the agent answers, one handler each. */
import type { Handlers } from '../../channel/peer.ts';
import type { RewindAnswer, RewindRequest } from '../../protocol/checkpoints.ts';
import { suggestFiles } from '../context/fileSuggestions.ts';
import { createMcpHandlers, toToldServers } from '../mcp/mcpHandlers.ts';
import { promptText } from '../sessions/promptText.ts';
import type { BackgroundTasks } from '../tools/backgroundTasks.ts';
import { createStructuredOutputTool } from '../tools/structuredOutput.ts';
import type { ActorParts } from './actorParts.ts';
import {
  lastRewoundMessage,
  listCheckpoints,
  readConflict,
  readDiff,
  toFilesRewound,
  toRewindOptions,
  toRewindPoint,
} from './checkpointAnswers.ts';
import { createPermissionHandlers } from './permissionHandlers.ts';
import type { SessionActor } from './sessionActor.ts';
import type { SessionSetup } from './sessionSetup.ts';
import { createSettingsHandlers } from './settingsHandlers.ts';
import { switchTool } from './toolSwitch.ts';

export interface AgentHandlerDeps {
  readonly parts: ActorParts;
  readonly actor: SessionActor;
  readonly tasks: BackgroundTasks;
}

const REWIND_OFF: RewindAnswer = {
  canRewind: false,
  error: 'Checkpoints are switched off, so files cannot be rewound.',
};

export function createAgentHandlers(deps: AgentHandlerDeps): Handlers<'agent'> {
  const { parts, actor, tasks } = deps;
  const { options, permissions, ports } = parts;
  return {
    initialize: async (request) => {
      const { jsonSchema, hooks, agents, systemPrompt, appendSystemPrompt } = request;
      addSystemPrompt(parts.setup, { systemPrompt, appendSystemPrompt });
      parts.subagents.define(agents ?? {});
      parts.mcp.add(toToldServers(request));
      parts.hooks.setCallbacks(hooks ?? {});
      if (jsonSchema !== undefined) parts.setup.answerThrough(createStructuredOutputTool(jsonSchema));
      return {
        commands: [...(await parts.commands.list()), ...parts.mcp.promptCommands()],
        agents: await parts.subagents.infos(),
        output_style: 'default',
        available_output_styles: ['default'],
        models: [...options.modelList()],
        account: {},
        claude_code_version: options.version,
        ...(request.mcpServers === undefined ? {} : { mcp_servers_applied: true }),
      };
    },
    interrupt: async ({ cancel_queued }) => {
      const cancelled = cancel_queued === true ? actor.queue.clear() : [];
      const stillQueued = actor.queue.ids;
      await actor.interrupt();
      return {
        still_queued: [...stillQueued],
        ...(cancel_queued === true ? { cancelled: [...cancelled] } : {}),
      };
    },
    set_permission_mode: async ({ mode }) => {
      if (mode === 'bypassPermissions' && options.bypassAllowed === false) {
        throw new Error(
          'This session was not started with leave to bypass permissions (--allow-dangerously-skip-permissions).',
        );
      }
      if (mode === 'bypassPermissions' && ports.settings?.now.policy.mayBypass === false)
        throw new Error('The settings of this machine do not allow to bypass permissions.');
      permissions.setMode(mode);
      return {};
    },
    set_model: async ({ model }) => {
      await actor.setModel(
        model === null || model === undefined || model === 'default' ? options.model : model,
      );
      return {};
    },
    set_max_thinking_tokens: async ({ max_thinking_tokens }) => {
      actor.setMaxThinkingTokens(max_thinking_tokens ?? undefined);
      return {};
    },
    ...createSettingsHandlers(deps),
    ...createPermissionHandlers(parts),
    cancel_async_message: async ({ message_uuid }) => ({ cancelled: actor.queue.remove(message_uuid) }),
    'belay/queue_change': async ({ message_uuid, change }) => ({
      changed: actor.queue.change(message_uuid, change),
    }),
    background_tasks: async ({ tool_use_id }) => ({
      backgrounded: tasks.foreground.move(tool_use_id) || tool_use_id === undefined,
    }),
    file_suggestions: async ({ query }, { signal }) => ({
      suggestions: (await suggestFiles(query, parts, signal)).map((suggestion) => ({ ...suggestion })),
    }),
    stop_task: async ({ task_id }) => {
      if (!(await tasks.stop(task_id))) throw new Error(`There is no running task "${task_id}".`);
      return {};
    },
    ...createMcpHandlers(parts.mcp),
    'belay/mcp_tool_toggle': (request) => switchTool(request, parts),
    get_context_usage: async () => describeContext(deps),
    rewind_files: (request) => rewindFiles(request, deps),
    'belay/conversation_rewind': ({ user_message_id }) => rewindConversation(user_message_id, deps),
    'belay/conversation_redo': () => redoConversation(deps),
    'belay/turn_retry': async () => ({ started: await actor.retry() }),
    'belay/notice_add': async ({ text }) => {
      actor.notice(text);
      return {};
    },
    'belay/checkpoint_list': async () => ({
      checkpoints: ports.checkpoints === undefined ? [] : listCheckpoints(ports.checkpoints),
    }),
    'belay/checkpoint_diff': async ({ path, scope, ...point }) => {
      const { checkpoints } = ports;
      const query = { ...toRewindPoint(point), path, scope: scope ?? defaultScope(point) };
      const diff = checkpoints && (await readDiff(checkpoints, query));
      if (diff === undefined) throw new Error(`Belay has no record of a change to ${path}.`);
      return diff;
    },
    'belay/checkpoint_conflict': async ({ path, ...point }) => {
      const { checkpoints } = ports;
      const found = checkpoints && (await readConflict(checkpoints, { ...toRewindPoint(point), path }));
      if (found === undefined) throw new Error(`A rewind to there would not change ${path}.`);
      return found;
    },
  };
}

/** A message is asked about for the sake of a rewind, one call for what it did. */
function defaultScope({ tool_use_id, checkpoint_id }: RewindRequest): 'since' | 'alone' {
  return tool_use_id === undefined && checkpoint_id === undefined ? 'since' : 'alone';
}

interface GivenSystemPrompt {
  readonly systemPrompt: string | readonly string[] | undefined;
  readonly appendSystemPrompt: string | undefined;
}

/** An empty system prompt is none: the Agent SDK sends one where its user says nothing of it. */
function addSystemPrompt(setup: SessionSetup, given: GivenSystemPrompt): void {
  const sections = [given.systemPrompt ?? []].flat().filter((text) => text.trim() !== '');
  if (sections.length > 0) setup.replaceSystemPrompt(sections);
  const appended = given.appendSystemPrompt ?? '';
  if (appended.trim() !== '') setup.addSection(async () => appended);
}

async function describeContext({ parts, actor }: AgentHandlerDeps) {
  const { contextWindow } = parts.options.models().get(actor.model);
  const used = parts.meter.contextTokens;
  return {
    categories: [
      { name: 'Conversation', tokens: used, color: 'blue', kind: 'used' as const },
      { name: 'Free', tokens: Math.max(0, contextWindow - used), color: 'gray', kind: 'free' as const },
    ],
    totalTokens: used,
    maxTokens: contextWindow,
    rawMaxTokens: contextWindow,
    gridRows: [],
    memoryFiles: [],
    mcpTools: [],
    agents: [],
    percentage: contextWindow === 0 ? 0 : (used / contextWindow) * 100,
    model: actor.model,
  };
}

async function rewindFiles(
  request: RewindRequest,
  { parts, actor, tasks }: AgentHandlerDeps,
): Promise<RewindAnswer> {
  const { checkpoints } = parts.ports;
  if (checkpoints === undefined) return REWIND_OFF;
  const dryRun = request.dry_run === true;
  // Refused before anything is stopped.
  const options = request.redo === true ? undefined : toRewindOptions(request);
  if (!dryRun) await stopAll({ actor, tasks });
  const answer =
    options === undefined
      ? await checkpoints.redo({
          dryRun,
          mode: request.mode ?? 'merge',
          resolutions: request.resolutions ?? {},
        })
      : await checkpoints.rewind(options);
  if (!dryRun && answer.canRewind) await tellRewind(answer, { request, parts, actor });
  return { ...answer, canRedo: checkpoints.canRedo() };
}

/** Subagents in the background end, too: what is taken back now they would change again. */
async function stopAll({ actor, tasks }: Pick<AgentHandlerDeps, 'actor' | 'tasks'>): Promise<void> {
  await actor.interrupt();
  const agents = tasks.list().filter(({ type, state }) => type === 'local_agent' && state === 'running');
  await Promise.all(agents.map(({ id }) => tasks.stop(id)));
}

interface Told {
  readonly request: RewindRequest;
  readonly parts: ActorParts;
  readonly actor: SessionActor;
}

async function tellRewind(answer: RewindAnswer, { request, parts, actor }: Told): Promise<void> {
  const redo = request.redo === true;
  const { checkpoints } = parts.ports;
  const canRedo = checkpoints?.canRedo() === true;
  const userMessageId = request.user_message_id ?? (checkpoints && lastRewoundMessage(checkpoints)) ?? '';
  const told = toFilesRewound(answer, { userMessageId, redo, canRedo });
  const { restored } = told;
  for (const path of restored) parts.readState.forget(path);
  await parts.session.note(await parts.emitter.emitSystem('belay/files_rewound', told));
  if (restored.length === 0) return;
  const what = redo ? 'brought your changes to these files back' : 'took your changes to these files back';
  actor.notice(
    `The user ${what}; read them again before you edit them:\n${restored.map((path) => `- ${path}`).join('\n')}`,
  );
}

async function rewindConversation(
  userMessageId: string,
  { parts, actor, tasks }: AgentHandlerDeps,
): Promise<{ text: string }> {
  const { session, emitter, options } = parts;
  await stopAll({ actor, tasks });
  const cut = session.conversation.cutBefore(userMessageId);
  const [first] = cut?.removed ?? [];
  if (cut === undefined || first === undefined)
    throw new Error('That message is not part of the conversation (any more).');
  await emitter.emitSystem('belay/conversation_rewound', { user_message_id: userMessageId });
  await session.record({
    type: 'belay/leaf_moved',
    sessionId: options.sessionId,
    leafUuid: session.conversation.leaf?.uuid ?? null,
    user_message_id: userMessageId,
    restored: false,
  });
  const line = await session.readLine(first);
  return { text: line === undefined ? '' : promptText(line) };
}

async function redoConversation({ parts, actor }: AgentHandlerDeps): Promise<{ restored: boolean }> {
  const { session, emitter, options } = parts;
  if (actor.isRunning) return { restored: false };
  const cut = session.conversation.restoreLastCut();
  if (cut === undefined) return { restored: false };
  await emitter.emitSystem('belay/conversation_restored', { user_message_id: cut.userMessageId });
  for await (const line of session.readLines(cut.removed))
    await emitter.emit(line.type === 'user' ? { ...line, isReplay: true } : line);
  await session.record({
    type: 'belay/leaf_moved',
    sessionId: options.sessionId,
    leafUuid: session.conversation.leaf?.uuid ?? null,
    user_message_id: cut.userMessageId,
    restored: true,
  });
  return { restored: true };
}
