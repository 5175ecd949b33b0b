/** The control requests the agent answers, one handler each. */
import type { Handlers } from '../../channel/peer.ts';
import { suggestFiles } from '../context/fileSuggestions.ts';
import { suggestSymbols } from '../context/symbolSuggestions.ts';
import { createMcpHandlers, toToldServers } from '../mcp/mcpHandlers.ts';
import type { BackgroundTasks } from '../tools/backgroundTasks.ts';
import { createStructuredOutputTool } from '../tools/structuredOutput.ts';
import type { ActorParts } from './actorParts.ts';
import { createPermissionHandlers } from './permissionHandlers.ts';
import { createRewindHandlers } from './rewindHandlers.ts';
import type { SessionActor } from './sessionActor.ts';
import type { SessionSetup } from './sessionSetup.ts';
import { createSettingsHandlers } from './settingsHandlers.ts';
import { switchTool } from './toolSwitch.ts';

export interface AgentHandlerDeps {
  readonly parts: ActorParts;
  readonly actor: SessionActor;
  readonly tasks: BackgroundTasks;
}

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
    file_suggestions: async ({ query }) => ({
      suggestions: (await suggestFiles(query, parts)).map((suggestion) => ({ ...suggestion })),
    }),
    'belay/symbol_suggestions': async ({ query }, { signal }) => ({
      symbols: (await suggestSymbols(query, parts, signal)).map((symbol) => ({ ...symbol })),
    }),
    stop_task: async ({ task_id }) => {
      if (!(await tasks.stop(task_id))) throw new Error(`There is no running task "${task_id}".`);
      return {};
    },
    ...createMcpHandlers(parts.mcp),
    'belay/mcp_tool_toggle': (request) => switchTool(request, parts),
    get_context_usage: async () => describeContext(deps),
    ...createRewindHandlers(deps),
    'belay/turn_retry': async () => ({ started: await actor.retry() }),
    'belay/notice_add': async ({ text }) => {
      actor.notice(text);
      return {};
    },
  };
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
