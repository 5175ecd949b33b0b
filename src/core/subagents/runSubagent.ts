/**
 * One subagent, from its prompt to its end: a conversation, a list of what was read and a count of tokens of its own; cost,
 * permissions, checkpoints and background tasks are the session's.
 */
import type { AgentDefinition } from '../../protocol/agents.ts';
import type { ContentBlock } from '../../protocol/blocks.ts';
import type { ResultMessage, UserMessage } from '../../protocol/messages.ts';
import type { AgentOptions, AgentPorts } from '../agent.ts';
import type { Memory } from '../context/memory.ts';
import { buildSystemPrompt } from '../context/systemPrompt.ts';
import type { Emitter } from '../loop/emitter.ts';
import type { RunToolCallDeps } from '../loop/runToolCall.ts';
import { runTurn } from '../loop/runTurn.ts';
import type { Prefix } from '../loop/sessionSetup.ts';
import type { TurnDeps, TurnEnd } from '../loop/turnDeps.ts';
import { toErrors } from '../loop/turnFailure.ts';
import { appendUser } from '../loop/turnMessages.ts';
import type { UsageMeter } from '../loop/usageMeter.ts';
import type { UsageTotals } from '../loop/usageTotals.ts';
import { blocksOf } from '../sessions/conversation.ts';
import { Session } from '../sessions/session.ts';
import type { BackgroundTasks } from '../tools/backgroundTasks.ts';
import { ReadState } from '../tools/readState.ts';
import type { AnyTool } from '../tools/tool.ts';
import { toApiTool } from '../tools/toolSchema.ts';
import { noSidechains } from './sidechains.ts';
import { createSubagentEmitter, type SubagentEmitterDeps, type SubagentIdentity } from './subagentEmitter.ts';
import type { SubagentHooks } from './subagentHooks.ts';
import { createSubagentMeter } from './subagentMeter.ts';

export interface SubagentTask {
  readonly identity: SubagentIdentity;
  readonly definition: AgentDefinition;
  readonly prompt: string;
  /** Id. */
  readonly model: string;
  readonly tools: readonly AnyTool[];
  /** The user message in whose turn it was started: what it changes goes back with that turn. */
  readonly userMessageId: string;
  /** What it says while it works, for its record: whole lines. */
  readonly onSaid?: (text: string) => void;
}

/** What the calls of a subagent are given in place of the main agent's. */
export interface SubagentCalls {
  readonly agentId: string;
  /** The name of its definition. */
  readonly agentType: string;
  /** plan, dontAsk: holds beside the session's mode. */
  readonly mode: 'plan' | 'dontAsk' | undefined;
  readonly emitter: Emitter;
  readonly session: Session;
  readonly readState: ReadState;
}

/** What a subagent shares with the session. */
export interface SubagentHost {
  readonly ports: AgentPorts;
  readonly options: AgentOptions;
  readonly emitter: Emitter;
  readonly meter: UsageMeter;
  /** Of the session. */
  readonly transcriptPath: string;
  readonly mainContext: SubagentEmitterDeps['mainContext'];
  readonly callDeps: (
    userMessageId: string,
    tools: Prefix['tools'],
    subagent: SubagentCalls,
  ) => RunToolCallDeps;
  readonly hooks: SubagentHooks;
  readonly tasks: Pick<BackgroundTasks, 'get'>;
  /** What people have written down, as if nobody had been told yet. */
  readonly createMemory: () => Memory;
}

export interface SubagentReport {
  /** What it said last. */
  readonly text: string;
  /** Why that is no answer, for the model that asked; undefined: it is one. */
  readonly failure: string | undefined;
  /** A person denied one of its calls and wants the turn to end. */
  readonly endsTurn: boolean;
  readonly usage: UsageTotals;
  readonly modelUsage: UsageMeter['byModel'];
  /** Tokens that its context held in the end. */
  readonly totalTokens: number;
  readonly toolUses: number;
  readonly durationMs: number;
  readonly denials: ResultMessage['permission_denials'];
}

/** Rejects with the signal's reason when aborted, and with TranscriptWriteError when it can't be written down. */
export async function runSubagent(
  task: SubagentTask,
  host: SubagentHost,
  signal: AbortSignal,
): Promise<SubagentReport> {
  const { clock } = host.ports;
  const started = clock.monotonic();
  const session = await openSession(task, host);
  try {
    const meter = createSubagentMeter(host.meter, host.options.models);
    const memory = host.createMemory();
    const system = await buildSystem(task, host, memory);
    const deps = buildTurnDeps(task, { host, session, meter, memory, system, started });
    await appendPrompt(task, deps);
    await appendContext(await host.hooks.onStart(task.identity, signal), deps);
    const end = await runToItsEnd(task, { host, deps, signal, transcriptPath: session.path });
    signal.throwIfAborted();
    return {
      text: end.text,
      failure: describeFailure(end),
      endsTurn: end.interrupted,
      usage: meter.turnUsage,
      modelUsage: meter.byModel,
      totalTokens: meter.contextTokens,
      toolUses: await countToolUses(session),
      durationMs: clock.monotonic() - started,
      denials: end.denials,
    };
  } finally {
    await session.close();
  }
}

/** How often a hook may send a subagent back to work. */
const MAX_STOP_BLOCKS = 5;

interface Working {
  readonly host: SubagentHost;
  readonly deps: TurnDeps;
  readonly signal: AbortSignal;
  readonly transcriptPath: string;
}

/** A hook may find that it isn't done yet: it goes on with what the hook says. */
async function runToItsEnd(
  { identity }: SubagentTask,
  { host, deps, signal, transcriptPath }: Working,
): Promise<TurnEnd> {
  for (let blocks = 0; ; blocks += 1) {
    const end = await runTurn(deps, signal);
    if (end.subtype !== 'success' || blocks === MAX_STOP_BLOCKS) return end;
    const stopping = { transcriptPath, lastText: end.text, isRepeated: blocks > 0 };
    const more = await host.hooks.onStop(identity, stopping, signal);
    if (more.length === 0) return end;
    await appendContext(more, deps);
  }
}

function openSession({ identity }: SubagentTask, { ports, options, transcriptPath }: SubagentHost) {
  const { agentId, type, description, toolUseId, parentAgentId } = identity;
  const store = ports.sidechains ?? noSidechains;
  const info = {
    agentType: type,
    description,
    toolUseId,
    ...(parentAgentId === undefined ? {} : { parentAgentId }),
  };
  return Session.open(
    { open: async () => ({ ...(await store.open(transcriptPath, agentId, info)), readOnly: false }) },
    {
      sessionId: options.sessionId,
      cwd: ports.workspace.cwd,
      version: options.version,
      clock: ports.clock,
      log: ports.log,
      createId: ports.createId,
      agentId,
    },
  );
}

interface Parts {
  readonly host: SubagentHost;
  readonly session: Session;
  readonly meter: UsageMeter;
  readonly memory: Memory;
  readonly system: readonly string[];
  /** `Clock.monotonic`. */
  readonly started: number;
}

function buildTurnDeps(task: SubagentTask, parts: Parts): TurnDeps {
  const { host, session, meter, memory, system, started } = parts;
  const { ports, options } = host;
  const { identity, definition, tools } = task;
  const { clock, log } = ports;
  const emitter = createSubagentEmitter(identity, {
    emitter: host.emitter,
    mainContext: host.mainContext,
    elapsedSeconds: () => (clock.monotonic() - started) / 1000,
    onSaid: task.onSaid,
    isTask: () => host.tasks.get(identity.agentId)?.state === 'running',
  });
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const calls: SubagentCalls = {
    agentId: identity.agentId,
    agentType: identity.type,
    mode: toMode(definition.permissionMode),
    emitter,
    session,
    readState: new ReadState((path) => memory.sawFile(path)),
  };
  return {
    session,
    emitter,
    meter,
    clock,
    log,
    random: Math.random,
    streamModel: ports.streamModel,
    models: options.models,
    model: () => task.model,
    effort: definition.effort ?? options.effort,
    system,
    apiTools: tools.map(toApiTool),
    thinkingVoidUpTo: undefined,
    callDeps: host.callDeps(task.userMessageId, byName, calls),
    maxTurns: definition.maxTurns,
    maxBudgetUsd: options.maxBudgetUsd,
    partialMessages: options.partialMessages,
    afterCalls: () => memory.takeRules(),
    compaction: {
      before: (request, signal) => host.hooks.onCompact(identity, request, signal),
      after: async () => {
        memory.forgetTold();
        return [];
      },
    },
  };
}

/** A subagent may be held tighter than the session, never looser. */
function toMode(mode: string | undefined): SubagentCalls['mode'] {
  return mode === 'plan' || mode === 'dontAsk' ? mode : undefined;
}

async function buildSystem(
  { definition }: SubagentTask,
  { ports }: SubagentHost,
  memory: Memory,
): Promise<readonly string[]> {
  const written = definition.omitClaudeMd === true ? undefined : await memory.section();
  return buildSystemPrompt({
    workspace: ports.workspace,
    shellName: ports.processes.shellName,
    date: new Date(ports.clock.now()).toISOString().slice(0, 10),
    replacement: definition.prompt,
    appended: written,
  });
}

/** It stands in the call already, so it isn't said once more to the client. */
async function appendPrompt({ prompt }: SubagentTask, { session, emitter, clock }: TurnDeps): Promise<void> {
  const message: UserMessage = {
    type: 'user',
    ...emitter.envelope(),
    parent_tool_use_id: null,
    message: { role: 'user', content: [{ type: 'text', text: prompt }] },
    timestamp: new Date(clock.now()).toISOString(),
  };
  await session.append(message);
}

async function appendContext(texts: readonly string[], deps: TurnDeps): Promise<void> {
  const content: ContentBlock[] = texts.filter((text) => text !== '').map((text) => ({ type: 'text', text }));
  if (content.length > 0) await appendUser({ deps, content, synthetic: true });
}

/** F63: what ended otherwise than with an answer is an error for whoever asked. */
function describeFailure(end: TurnEnd): string | undefined {
  const said = end.text.trim();
  if (end.subtype === 'success')
    return said === '' ? 'The subagent ended without saying anything.' : undefined;
  const why = toErrors(end).join(' ') || 'It failed.';
  const last = said === '' ? '' : `\n\nWhat it had said last:\n${said}`;
  return `The subagent did not finish. ${why}${last}`;
}

async function countToolUses(session: Session): Promise<number> {
  let count = 0;
  for await (const line of session.readLines(session.conversation.path))
    count += blocksOf(line).filter(({ type }) => type === 'tool_use').length;
  return count;
}
