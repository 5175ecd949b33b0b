/**
 * The actor of one session: an inbox of user messages, one turn at a time, everything cancellable. It owns what lives as
 * long as the session and says what happens; the control requests that reach into it are in agentHandlers.ts.
 */
import type { ResultMessage, UserMessage } from '../../protocol/messages.ts';
import type { PermissionMode } from '../../protocol/permissions.ts';
import { abortable } from '../abortable.ts';
import type { AgentOptions, AgentPorts } from '../agent.ts';
import type { Commands } from '../commands/commands.ts';
import { expandCommand } from '../commands/expandCommand.ts';
import type { Memory } from '../context/memory.ts';
import type { SessionHooks } from '../hooks/sessionHooks.ts';
import type { McpServers } from '../mcp/mcpServers.ts';
import type { MutablePermissionState } from '../permissions/permissionState.ts';
import type { Session } from '../sessions/session.ts';
import type { ChainLine } from '../sessions/transcriptLine.ts';
import { resolveModel } from '../subagents/resolveModel.ts';
import type { SubagentCalls } from '../subagents/runSubagent.ts';
import type { Subagents } from '../subagents/subagents.ts';
import type { ReadState } from '../tools/readState.ts';
import { askPreCompact } from './compaction.ts';
import { digestOf } from './digest.ts';
import type { Emitter } from './emitter.ts';
import type { HookEnd } from './hookEnd.ts';
import { answerLocally, type LocalSlash } from './localCommands.ts';
import { type BeforePrompt, createPromptHooks, type PromptHooks } from './promptHooks.ts';
import { PromptQueue, type QueuedPrompt } from './promptQueue.ts';
import type { RunToolCallDeps } from './runToolCall.ts';
import { runTurn, type TurnDeps, type TurnEnd } from './runTurn.ts';
import type { Prefix, SessionSetup } from './sessionSetup.ts';
import { createRunTool, findSlash, grantTools, type Slash } from './slashCommands.ts';
import { SessionReadOnlyError, toErrors, toTurnFailure } from './turnFailure.ts';
import { appendUser, inform } from './turnMessages.ts';
import type { UsageMeter } from './usageMeter.ts';

export interface ActorParts {
  readonly ports: AgentPorts;
  readonly options: AgentOptions;
  readonly session: Session;
  readonly emitter: Emitter;
  readonly meter: UsageMeter;
  readonly permissions: MutablePermissionState;
  readonly readState: ReadState;
  readonly hooks: SessionHooks;
  /** What the calls of a turn are given (or those of a subagent); `userMessageId` is the message that started the turn. */
  readonly callDeps: (
    userMessageId: string,
    tools: Prefix['tools'],
    subagent?: SubagentCalls,
  ) => RunToolCallDeps;
  /** The prefix of every request, fixed with the first turn. */
  readonly setup: SessionSetup;
  readonly mcp: McpServers;
  readonly subagents: Subagents;
  readonly memory: Memory;
  readonly commands: Commands;
}

interface RunningTurn {
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

const PLAN_NOTICE =
  'Plan mode is on. Look around, but change nothing: no edits, no commands that change anything. When you know what to do, call ExitPlanMode with your plan and wait for the answer.';
const CONTINUE = 'Your last reply was cut off. Go on exactly where it stopped.';

export class SessionActor {
  readonly queue: PromptQueue;
  readonly #parts: ActorParts;
  readonly #promptHooks: PromptHooks;
  #running: RunningTurn | undefined;
  #model: string;
  #effort: AgentOptions['effort'];
  #maxThinkingTokens: number | undefined;
  /** Of the command whose turn runs; undefined: the session's. */
  #turnModel: string | undefined;
  /** Things the model must learn with the next message. */
  #notices: string[] = [];
  #lastToldMode: PermissionMode = 'default';
  #isClosed = false;
  /** The result of the running turn has been told. */
  #isEnding = false;

  constructor(parts: ActorParts) {
    this.#parts = parts;
    this.#model = parts.options.model;
    this.#promptHooks = createPromptHooks(parts.hooks, () => ({
      source: parts.options.resume ? 'resume' : 'startup',
      model: this.#model,
    }));
    this.#effort = parts.options.effort;
    this.#maxThinkingTokens = parts.options.maxThinkingTokens;
    this.queue = new PromptQueue((prompts) => {
      void parts.emitter.emitSystem('belay/queue_changed', { queued: prompts.map(toQueued) });
    });
  }

  get model(): string {
    return this.#model;
  }

  get effort(): AgentOptions['effort'] {
    return this.#effort;
  }

  /** undefined: the model's default. Counts from the next turn on. */
  setEffort(effort: AgentOptions['effort']): void {
    this.#effort = effort;
  }

  /** Tokens a reply may think for, on models that want a number; 0: none. undefined: as many as Belay thinks fit. */
  setMaxThinkingTokens(tokens: number | undefined): void {
    this.#maxThinkingTokens = tokens;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Tells the model something with the next message. */
  notice(text: string): void {
    this.#notices.push(text);
  }

  async setModel(model: string): Promise<void> {
    this.#model = model;
    await this.#parts.emitter.emitSystem('status', { status: null, model });
  }

  /** Puts a message into the queue and starts a turn when none runs. */
  receive(message: UserMessage): void {
    if (this.#isClosed) return;
    const uuid = message.uuid ?? this.#parts.ports.createId();
    if (this.#isKnown(uuid)) {
      this.#parts.ports.log.warn('a message came twice and was taken once', { uuid });
      return;
    }
    this.queue.add({ uuid, message: { ...message, uuid } });
    this.#pump();
  }

  /** Ends the running turn and waits for its end; nothing happens when none runs. */
  async interrupt(): Promise<void> {
    this.#running?.abort.abort(new DOMException('The user stopped the turn.', 'AbortError'));
    await this.#running?.done;
  }

  /** Resolves when no turn runs and no message waits for one. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running.done;
  }

  /** Asks again after a failure, or goes on after a reply that was cut off. False when there is nothing to answer. */
  async retry(): Promise<boolean> {
    if (this.#isEnding) await this.#running?.done;
    if (this.isRunning || this.#isClosed) return false;
    const { path, leaf, visibleToModel } = this.#parts.session.conversation;
    const asked = path.findLast(isPrompt);
    if (leaf === undefined || asked === undefined || !isUnfinished(leaf)) return false;
    if (visibleToModel.at(-1) !== leaf) return false;
    this.#start(async (signal) => {
      if (leaf.type === 'assistant') await this.#appendNotice(CONTINUE);
      await this.#turn(asked.uuid, signal);
    });
    return true;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.queue.clear();
    await this.interrupt();
    await this.#promptHooks.end();
  }

  #isKnown(uuid: string): boolean {
    return (
      this.queue.ids.includes(uuid) ||
      this.#parts.session.conversation.path.some((line) => line.uuid === uuid)
    );
  }

  #pump(): void {
    if (this.isRunning || this.#isClosed) return;
    const prompt = this.queue.take();
    if (prompt !== undefined) this.#start((signal) => this.#takePrompt(prompt, signal));
  }

  #start(work: (signal: AbortSignal) => Promise<void>): void {
    const abort = new AbortController();
    this.#isEnding = false;
    const done = this.#work(work, abort.signal).finally(() => {
      this.#running = undefined;
      this.#isEnding = false;
      this.#pump();
    });
    this.#running = { abort, done };
  }

  async #work(work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    const { emitter, ports } = this.#parts;
    const started = ports.clock.monotonic();
    await emitter.emitSystem('session_state_changed', { state: 'running' });
    try {
      await work(signal);
    } catch (error) {
      ports.log.error('the turn failed', {
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
      await this.#emitResult({ ...FAILED, failure: toTurnFailure(error) }, started);
    } finally {
      await emitter.emitSystem('session_state_changed', { state: 'idle' });
    }
  }

  async #takePrompt(prompt: QueuedPrompt, signal: AbortSignal): Promise<void> {
    const { uuid, message } = prompt;
    const slash = await findSlash(message, this.#parts.commands);
    if (slash.kind === 'builtin' || slash.kind === 'unknown') return this.#answer(slash, uuid, signal);
    const { session, emitter, ports } = this.#parts;
    const timestamp = new Date(ports.clock.now()).toISOString();
    const taken = { ...message, uuid, timestamp, session_id: this.#parts.options.sessionId };
    await emitter.emit({ ...taken, isReplay: true });
    if (session.readOnly) throw new SessionReadOnlyError();
    const asked = await this.#askPromptHooks(taken, signal);
    if (asked.kind !== 'go on') return this.#withhold(taken, asked);
    await session.append(taken);
    ports.checkpoints?.beginTurn(uuid);
    this.#notices.push(...asked.context);
    await this.#tellNotices();
    if (message.shouldQuery === false) return;
    if (slash.kind === 'command') return this.#runCommand(slash, uuid, signal);
    await this.#turn(uuid, signal);
  }

  /** A command that needs no turn: its prompt is no part of the conversation. */
  async #answer(slash: LocalSlash, uuid: string, signal: AbortSignal): Promise<void> {
    const { ports, emitter, session } = this.#parts;
    const started = ports.clock.monotonic();
    if (session.readOnly) throw new SessionReadOnlyError();
    const turn = await this.#turnDeps(uuid);
    const answer = await answerLocally(
      slash,
      { turn, userMessageId: uuid, createId: ports.createId },
      signal,
    );
    if (answer.text !== undefined) await emitter.emitSystem('local_command_output', { content: answer.text });
    await this.#emitResult({ ...ENDED, ...answer }, started);
  }

  /** The prompt stands as it was typed; behind it the model is told what the command says. */
  async #runCommand(
    { command, args }: Extract<Slash, { kind: 'command' }>,
    uuid: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { ports, permissions, options } = this.#parts;
    const started = ports.clock.monotonic();
    const revoke = grantTools(command, permissions);
    try {
      const runTool = createRunTool(this.#parts, { userMessageId: uuid, signal });
      await this.#appendNotice(await expandCommand(command, args, runTool));
      this.#turnModel = resolveModel({
        asked: [command.model],
        inherited: this.#model,
        offered: options.modelList(),
        models: options.models(),
      });
      await this.#turn(uuid, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      await this.#emitResult({ ...FAILED, interrupted: true }, started);
    } finally {
      revoke();
      this.#turnModel = undefined;
    }
  }

  /** A prompt that no hook could look at to the end, because the turn was stopped, is one that no hook has passed. */
  async #askPromptHooks(
    prompt: UserMessage,
    signal: AbortSignal,
  ): Promise<BeforePrompt | { readonly kind: 'interrupted' }> {
    try {
      return await this.#promptHooks.askBeforePrompt(toPromptText(prompt), signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      return { kind: 'interrupted' };
    }
  }

  /** The prompt stays visible to the person; the model never sees it. */
  async #withhold(
    prompt: UserMessage & { readonly uuid: string },
    cause: { readonly kind: 'blocked'; readonly reason: string } | { readonly kind: 'interrupted' },
  ): Promise<void> {
    const { session, emitter, ports, options, meter, setup } = this.#parts;
    const started = ports.clock.monotonic();
    // Marked first: a crash between the two must not make it one that was sent.
    await session.record({ type: 'belay/withheld', sessionId: options.sessionId, uuids: [prompt.uuid] });
    await session.append(prompt);
    meter.startTurn();
    if (cause.kind === 'interrupted') return this.#emitResult({ ...FAILED, interrupted: true }, started);
    await this.#emitInit((await setup.freeze()).tools);
    const told = `A hook has kept this prompt from the model: ${cause.reason}`;
    await inform({ session, emitter, clock: ports.clock }, told);
    const hookEnd = { terminalReason: 'hook_stopped', told } as const;
    await this.#emitResult({ ...FAILED, subtype: 'success', text: told, hookEnd }, started);
  }

  async #recordStart(prefix: Prefix): Promise<void> {
    const { session, options } = this.#parts;
    if (session.conversation.start !== undefined) return;
    await session.record({
      type: 'belay/session_start',
      sessionId: options.sessionId,
      system: [...prefix.system],
      toolsSha256: await digestOf(prefix.apiTools),
    });
  }

  /** What changed outside the conversation since the model last spoke goes into the newest user message, never into the past. */
  async #tellNotices(): Promise<void> {
    const { mode } = this.#parts.permissions;
    if (mode !== this.#lastToldMode) {
      if (mode === 'plan') this.#notices.push(PLAN_NOTICE);
      else if (this.#lastToldMode === 'plan') this.#notices.push('Plan mode is off.');
      this.#lastToldMode = mode;
    }
    const notices = this.#notices;
    this.#notices = [];
    if (notices.length > 0) await this.#appendNotice(notices.join('\n\n'));
  }

  async #appendNotice(text: string): Promise<void> {
    const { session, emitter, ports } = this.#parts;
    await appendUser({
      deps: { session, emitter, clock: ports.clock },
      content: [{ type: 'text', text }],
      synthetic: true,
    });
  }

  async #turn(userMessageId: string, signal: AbortSignal): Promise<void> {
    const started = this.#parts.ports.clock.monotonic();
    const prefix = await this.#freeze(signal);
    if (prefix === undefined) return this.#emitResult({ ...FAILED, interrupted: true }, started);
    await this.#recordStart(prefix);
    this.#parts.meter.startTurn();
    await this.#emitInit(prefix.tools);
    const end = await runTurn(await this.#turnDeps(userMessageId), signal);
    await this.#emitResult(end, started);
  }

  /** Servers may still be connecting: nobody who stops the turn waits for that. undefined: it was stopped. */
  async #freeze(signal: AbortSignal): Promise<Prefix | undefined> {
    try {
      return await abortable(this.#parts.setup.freeze(), signal);
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }

  async #turnDeps(userMessageId: string): Promise<TurnDeps> {
    const { ports, options, session, emitter, meter, memory, hooks, setup } = this.#parts;
    const { tools, ...prefix } = await setup.freeze();
    return {
      session,
      emitter,
      meter,
      clock: ports.clock,
      log: ports.log,
      random: Math.random,
      streamModel: ports.streamModel,
      models: options.models,
      model: () => this.#turnModel ?? this.#model,
      effort: this.#effort,
      maxThinkingTokens: this.#maxThinkingTokens,
      ...prefix,
      callDeps: this.#parts.callDeps(userMessageId, tools),
      maxTurns: options.maxTurns,
      maxBudgetUsd: options.maxBudgetUsd,
      partialMessages: options.partialMessages,
      stopHooks: this.#parts.hooks,
      afterCalls: () => memory.takeRules(),
      compaction: {
        before: (request, signal) => askPreCompact(request, hooks, signal),
        after: () => memory.forgetTold(),
      },
    };
  }

  async #emitInit(tools: Prefix['tools']): Promise<void> {
    const { emitter, options, ports, permissions, mcp, subagents, commands } = this.#parts;
    await emitter.emitSystem('init', {
      apiKeySource: options.apiKeySource ?? 'user',
      claude_code_version: options.version,
      cwd: ports.workspace.cwd,
      tools: [...tools.keys()],
      mcp_servers: mcp.status().map(({ name, status }) => ({ name, status })),
      model: this.#model,
      permissionMode: permissions.mode,
      output_style: 'default',
      ...(await commands.names()),
      plugins: [],
      agents: (await subagents.infos()).map(({ name }) => name),
      capabilities: ['interrupt_receipt_v1', 'interrupt_cancel_queued_v1'],
    });
  }

  async #emitResult(end: TurnEnd, started: number): Promise<void> {
    const { emitter, meter, ports, session } = this.#parts;
    const message: ResultMessage = {
      type: 'result',
      ...emitter.envelope(),
      subtype: end.subtype,
      duration_ms: ports.clock.monotonic() - started,
      duration_api_ms: end.apiMs,
      is_error: end.subtype !== 'success',
      num_turns: end.rounds,
      ...(end.subtype === 'success' ? { result: end.text } : { errors: toErrors(end) }),
      stop_reason: end.stopReason,
      total_cost_usd: meter.totalCost,
      usage: meter.turnUsage,
      modelUsage: { ...meter.byModel },
      permission_denials: [...end.denials, ...this.#parts.subagents.takeDenials()],
      cost_known: meter.costKnown,
      turn_cost_usd: meter.turnCost,
      ...(end.structuredOutput === undefined ? {} : { structured_output: end.structuredOutput.value }),
      ...(end.failure === undefined ? {} : { failure: end.failure }),
      ...(end.apiStatus === undefined ? {} : { api_error_status: end.apiStatus }),
      ...(end.interrupted ? { interrupted: true } : {}),
      ...(end.hookEnd === undefined ? {} : toHookFields(end.hookEnd)),
    };
    // Nothing but the state may follow the result: clients take the last result as the outcome of the session.
    await emitter.emitSystem('status', { status: null });
    this.#isEnding = true;
    await emitter.emit(message);
    await session.note(message).catch((error: unknown) => {
      ports.log.error('the end of the turn could not be written down', { error: String(error) });
    });
  }
}

function toHookFields({ terminalReason, deferred }: HookEnd): Partial<ResultMessage> {
  return {
    terminal_reason: terminalReason,
    ...(deferred === undefined ? {} : { deferred_tool_use: deferred }),
  };
}

/** A message of a person, not of a tool or of Belay itself. */
function isPrompt(line: ChainLine): boolean {
  return line.type === 'user' && line.isSynthetic !== true && line.tool_use_result === undefined;
}

/** The model still owes an answer, or the rest of one. */
function isUnfinished(leaf: ChainLine): boolean {
  if (leaf.type === 'user') return true;
  const { stop_reason } = leaf.message;
  return leaf.aborted === true || stop_reason === 'max_tokens' || stop_reason === 'pause_turn';
}

const FAILED: TurnEnd = {
  subtype: 'error_during_execution',
  text: '',
  stopReason: null,
  interrupted: false,
  failure: undefined,
  apiStatus: undefined,
  rounds: 0,
  apiMs: 0,
  denials: [],
};

/** A turn that never was, and went well. */
const ENDED: TurnEnd = { ...FAILED, subtype: 'success' };

function toQueued({ uuid, message }: QueuedPrompt): { uuid: string; text: string } {
  return { uuid, text: toPromptText(message) };
}

function toPromptText({ message: { content } }: UserMessage): string {
  if (typeof content === 'string') return content;
  return content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
}
