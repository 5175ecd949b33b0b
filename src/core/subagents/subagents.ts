/** The subagents of a session: which kinds there are, and the tool by which the model starts one. */
import type { AgentDefinition, AgentInfo } from '../../protocol/agents.ts';
import type { ResultMessage } from '../../protocol/messages.ts';
import type { BackgroundTasks } from '../tools/backgroundTasks.ts';
import { followTurn } from '../tools/foregroundCalls.ts';
import type { AnyTool } from '../tools/tool.ts';
import { createAgentCatalog, toAgentInfos } from './agentCatalog.ts';
import { type AgentCall, createAgentTool, type RanSubagent, type StartedSubagent } from './agentTool.ts';
import { findAgentFolders, loadAgents } from './loadAgents.ts';
import { resolveModel } from './resolveModel.ts';
import { type BackgroundRun, runInBackground } from './runInBackground.ts';
import { runSubagent, type SubagentHost, type SubagentReport, type SubagentTask } from './runSubagent.ts';
import { selectTools } from './selectTools.ts';
import type { SubagentIdentity } from './subagentEmitter.ts';
import { AGENT_TOOL } from './toolNames.ts';

/** What a composition root says of subagents. */
export interface SubagentOptions {
  /** Defined on the command line; go before those in files. */
  readonly definitions?: Readonly<Record<string, AgentDefinition>>;
}

export interface Subagents {
  /** Kinds that the client brings along; before the first turn. */
  define(definitions: Readonly<Record<string, AgentDefinition>>): void;
  /** Empty where the session has no subagents. */
  infos(): Promise<AgentInfo[]>;
  /** For the session's list of tools. */
  tools(): Promise<readonly AnyTool[]>;
  /** Calls of subagents that were denied since it was asked last. */
  takeDenials(): ResultMessage['permission_denials'];
}

export interface SubagentsDeps extends SubagentHost {
  readonly tasks: BackgroundTasks;
  /** Of the main agent. */
  readonly tools: () => Promise<Iterable<AnyTool>>;
  /** Of the main agent, now. */
  readonly model: () => string;
  /** A person wants the main agent's turn to end, too. */
  readonly endTurn: () => void;
}

/** Who starts a subagent: the main agent, or another one. */
interface Caller {
  readonly identity: SubagentIdentity | undefined;
  readonly tools: () => Promise<Iterable<AnyTool>>;
  readonly model: () => string;
}

/** Without `options.subagents` there are none, and no tool. */
export function createSubagents(deps: SubagentsDeps): Subagents {
  const { ports, options } = deps;
  const settings = options.subagents;
  const catalog = createAgentCatalog({
    definitions: settings?.definitions ?? {},
    load: () => loadAgents(findAgentFolders(ports.workspace, options.memory), ports),
    rules: () => options.rules,
  });
  let denials: ResultMessage['permission_denials'] = [];

  async function createTool(caller: Caller): Promise<AnyTool> {
    return createAgentTool({
      told: await catalog.all(),
      definitions: () => catalog.all(),
      run: (call, signal) => run(call, caller, signal),
      start: (call) => start(call, caller),
    });
  }

  async function run(
    call: AgentCall,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<RanSubagent | StartedSubagent> {
    const task = await prepare(call, caller);
    const foreground = deps.tasks.foreground.offer(call.toolUseId);
    const turn = followTurn(signal);
    const said = createSaid();
    try {
      const running = runSubagent({ ...task, onSaid: said.say }, deps, turn.signal);
      const report = await foreground.orMoved(running);
      if (report !== 'moved') return takeReport(report, task);
      const work = runInBackground((stop, onSaid) => {
        said.sendTo(onSaid);
        stop.addEventListener('abort', () => turn.stop(stop.reason));
        return running;
      }, ports.log);
      return await addTask(work, call, task);
    } finally {
      foreground.end();
      turn.letGo();
    }
  }

  function takeReport(report: SubagentReport, task: SubagentTask): RanSubagent {
    denials = [...denials, ...report.denials];
    if (report.endsTurn) deps.endTurn();
    return { ...report, agentId: task.identity.agentId, model: task.model };
  }

  async function start(call: AgentCall, caller: Caller): Promise<StartedSubagent> {
    const task = await prepare(call, caller);
    const work = runInBackground(
      (signal, onSaid) => runSubagent({ ...task, onSaid }, deps, signal),
      ports.log,
    );
    return addTask(work, call, task);
  }

  async function addTask(work: BackgroundRun, call: AgentCall, task: SubagentTask): Promise<StartedSubagent> {
    const { agentId, type, depth } = task.identity;
    const added = await deps.tasks.add({
      command: call.description,
      toolUseId: call.toolUseId,
      running: work.running,
      agent: { id: agentId, type, prompt: call.prompt, depth, report: work.report },
    });
    return { ...added, model: task.model };
  }

  async function prepare(call: AgentCall, caller: Caller): Promise<SubagentTask> {
    const { definition, type, description, prompt, toolUseId, userMessageId } = call;
    const identity: SubagentIdentity = {
      agentId: ports.createId(),
      type,
      description,
      toolUseId,
      depth: (caller.identity?.depth ?? 0) + 1,
      parentAgentId: caller.identity?.agentId,
    };
    const model = resolveModel({
      asked: [call.model, definition.model],
      inherited: caller.model(),
      offered: options.modelList(),
      models: options.models(),
    });
    const selected = selectTools({ definition, offered: await caller.tools(), depth: identity.depth });
    const tools: readonly AnyTool[] = await Promise.all(
      selected.map((tool) =>
        tool.name === AGENT_TOOL
          ? createTool({ identity, tools: async () => tools, model: () => model })
          : tool,
      ),
    );
    return { identity, definition, prompt, model, tools, userMessageId };
  }

  const main: Caller = { identity: undefined, tools: deps.tools, model: deps.model };
  return {
    define: catalog.define,
    infos: async () => (settings === undefined ? [] : toAgentInfos(await catalog.all())),
    tools: async () => (settings === undefined ? [] : [await createTool(main)]),
    takeDenials() {
      const taken = denials;
      denials = [];
      return taken;
    },
  };
}

/** What a subagent says, kept until somebody takes it. */
function createSaid() {
  let kept: readonly string[] = [];
  let send: ((text: string) => void) | undefined;
  return {
    say(text: string): void {
      if (send === undefined) kept = [...kept, text];
      else send(text);
    },
    sendTo(target: (text: string) => void): void {
      send = target;
      for (const text of kept) target(text);
      kept = [];
    },
  };
}
