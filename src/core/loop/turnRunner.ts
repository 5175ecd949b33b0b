/** Runs the turns of a session: what a turn needs is put together anew for each, and its end is told. */
import { abortable } from '../abortable.ts';
import type { ActorParts } from './actorParts.ts';
import { askPreCompact } from './compaction.ts';
import { digestOf } from './digest.ts';
import type { ModelChoice } from './modelChoice.ts';
import { askAtNewContext } from './promptHooks.ts';
import { runTurn } from './runTurn.ts';
import type { Prefix } from './sessionSetup.ts';
import type { TurnDeps, TurnEnd } from './turnDeps.ts';
import { buildResult, FAILED } from './turnResult.ts';

interface Turns {
  readonly parts: ActorParts;
  readonly choice: ModelChoice;
  /** Called when the result of the running turn is about to be told. */
  readonly onEnding: () => void;
  /** Takes up what the person says meanwhile; the last message that it has put into the conversation, undefined: none. */
  readonly hear: (signal: AbortSignal) => Promise<string | undefined>;
}

export class TurnRunner {
  readonly #parts: ActorParts;
  readonly #choice: ModelChoice;
  readonly #onEnding: () => void;
  readonly #hear: Turns['hear'];

  constructor({ parts, choice, onEnding, hear }: Turns) {
    this.#parts = parts;
    this.#choice = choice;
    this.#onEnding = onEnding;
    this.#hear = hear;
  }

  /** The conversation must end with what the model is to answer. */
  async run(userMessageId: string, signal: AbortSignal): Promise<void> {
    const started = this.#parts.ports.clock.monotonic();
    const prefix = await this.#freeze(signal);
    if (prefix === undefined) return this.emitResult({ ...FAILED, interrupted: true }, started);
    await this.#recordStart(prefix);
    this.#parts.meter.startTurn();
    await this.emitInit(prefix.tools);
    const end = await this.#runTurn(userMessageId, signal);
    await this.emitResult(end, started);
  }

  /** What its calls changed belongs to it, also when they have not said what. */
  async #runTurn(userMessageId: string, signal: AbortSignal): Promise<TurnEnd> {
    try {
      return await runTurn(await this.#hearingDeps(userMessageId), signal);
    } finally {
      await this.#parts.recorded();
      await this.#parts.ports.checkpoints?.endTurn();
    }
  }

  async #hearingDeps(userMessageId: string): Promise<TurnDeps> {
    const deps = await this.turnDeps(userMessageId);
    const { tools } = await this.#parts.setup.freeze();
    let { callDeps } = deps;
    return {
      ...deps,
      get callDeps() {
        return callDeps;
      },
      hear: async (signal) => {
        const heard = await this.#hear(signal);
        if (heard !== undefined) callDeps = this.#parts.callDeps(heard, tools);
      },
    };
  }

  async turnDeps(userMessageId: string): Promise<TurnDeps> {
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
      model: () => this.#choice.turnModel ?? this.#choice.model,
      effort: this.#choice.effort,
      maxThinkingTokens: this.#choice.maxThinkingTokens,
      ...prefix,
      callDeps: this.#parts.callDeps(userMessageId, tools),
      maxTurns: options.maxTurns,
      maxBudgetUsd: options.maxBudgetUsd,
      partialMessages: options.partialMessages,
      stopHooks: this.#parts.hooks,
      afterCalls: () => memory.takeRules(),
      compaction: {
        before: (request, signal) => askPreCompact(request, hooks, signal),
        after: (source, signal) => {
          memory.forgetTold();
          return askAtNewContext({ source, model: this.#choice.model }, hooks, signal);
        },
      },
    };
  }

  async emitInit(tools: Prefix['tools']): Promise<void> {
    const { emitter, options, ports, permissions, mcp, subagents } = this.#parts;
    await emitter.emitSystem('init', {
      apiKeySource: options.apiKeySource ?? 'user',
      claude_code_version: options.version,
      cwd: ports.workspace.cwd,
      tools: [...tools.keys()],
      mcp_servers: mcp.status().map(({ name, status }) => ({ name, status })),
      model: this.#choice.model,
      permissionMode: permissions.mode,
      output_style: 'default',
      ...(await this.#commandNames()),
      plugins: [],
      agents: (await subagents.infos()).map(({ name }) => name),
      capabilities: ['interrupt_receipt_v1', 'interrupt_cancel_queued_v1'],
    });
  }

  async #commandNames(): Promise<{ readonly slash_commands: string[]; readonly skills: string[] }> {
    const { commands, mcp } = this.#parts;
    const { slash_commands, skills } = await commands.names();
    return { slash_commands: [...slash_commands, ...mcp.promptCommands().map(({ name }) => name)], skills };
  }

  async emitResult(end: TurnEnd, started: number): Promise<void> {
    const { emitter, ports, session } = this.#parts;
    const message = buildResult(end, this.#parts, started);
    // Nothing but the state may follow the result: clients take the last result as the outcome of the session.
    await emitter.emitSystem('status', { status: null });
    this.#onEnding();
    await emitter.emit(message);
    await session.note(message).catch((error: unknown) => {
      ports.log.error('the end of the turn could not be written down', { error: String(error) });
    });
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
}
