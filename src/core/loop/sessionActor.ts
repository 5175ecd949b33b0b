/**
 * The actor of one session: an inbox of user messages, one turn at a time, everything cancellable. It owns what lives as
 * long as the session and says what happens; the control requests that reach into it are in agentHandlers.ts.
 */
import type { UserMessage } from '../../protocol/messages.ts';
import type { AgentOptions } from '../agent.ts';
import type { ActorParts } from './actorParts.ts';
import { createModelChoice, type ModelChoice } from './modelChoice.ts';
import { Notices } from './notices.ts';
import { createPromptHooks, type PromptHooks } from './promptHooks.ts';
import { PromptQueue, toQueued } from './promptQueue.ts';
import { PromptTaker } from './promptTaker.ts';
import { toTurnFailure } from './turnFailure.ts';
import { appendTexts } from './turnMessages.ts';
import { FAILED } from './turnResult.ts';
import { TurnRunner } from './turnRunner.ts';
import { findUnfinishedTurn } from './unfinishedTurn.ts';

interface RunningTurn {
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

const CONTINUE = 'Your last reply was cut off. Go on exactly where it stopped.';

export class SessionActor {
  readonly queue: PromptQueue;
  readonly #parts: ActorParts;
  readonly #choice: ModelChoice;
  /** Things the model must learn with the next message. */
  readonly #notices = new Notices();
  readonly #promptHooks: PromptHooks;
  readonly #runner: TurnRunner;
  readonly #taker: PromptTaker;
  #running: RunningTurn | undefined;
  #isClosed = false;
  /** The result of the running turn has been told. */
  #isEnding = false;

  constructor(parts: ActorParts) {
    this.#parts = parts;
    const choice = createModelChoice(parts.options);
    const promptHooks = createPromptHooks(parts.hooks, () => ({
      source: parts.options.resume ? 'resume' : 'startup',
      model: choice.model,
    }));
    const runner = new TurnRunner({
      parts,
      choice,
      onEnding: () => {
        this.#isEnding = true;
      },
      hear: (signal) => this.#hear(signal),
    });
    this.#choice = choice;
    this.#promptHooks = promptHooks;
    this.#runner = runner;
    this.#taker = new PromptTaker({ parts, choice, notices: this.#notices, promptHooks, runner });
    this.queue = new PromptQueue((prompts) => {
      void parts.emitter.emitSystem('belay/queue_changed', { queued: prompts.map(toQueued) });
    });
  }

  get model(): string {
    return this.#choice.model;
  }

  get effort(): AgentOptions['effort'] {
    return this.#choice.effort;
  }

  /** undefined: the model's default. Counts from the next turn on. */
  setEffort(effort: AgentOptions['effort']): void {
    this.#choice.effort = effort;
  }

  /** Tokens a reply may think for, on models that want a number; 0: none. undefined: as many as Belay thinks fit. */
  setMaxThinkingTokens(tokens: number | undefined): void {
    this.#choice.maxThinkingTokens = tokens;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Tells the model something with the next message. */
  notice(text: string): void {
    this.#notices.add(text);
  }

  async setModel(model: string): Promise<void> {
    this.#choice.model = model;
    await this.#parts.emitter.emitSystem('status', { status: null, model });
  }

  /**
   * Puts a message into the queue and starts a turn when none runs. `refusal`: why it can't be sent; it is answered in its
   * turn all the same, with a result, so that whoever waits for one never waits in vain.
   */
  receive(message: UserMessage, refusal?: string): void {
    if (this.#isClosed) return;
    const uuid = message.uuid ?? this.#parts.ports.createId();
    if (this.#isKnown(uuid)) {
      this.#parts.ports.log.warn('a message came twice and was taken once', { uuid });
      return;
    }
    this.queue.add({ uuid, message: { ...message, uuid }, refusal });
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
    const { session, emitter, ports } = this.#parts;
    const unfinished = await findUnfinishedTurn(session);
    if (unfinished === undefined || this.isRunning || this.#isClosed) return false;
    this.#start(async (signal) => {
      if (unfinished.isCut) await appendTexts([CONTINUE], { session, emitter, clock: ports.clock });
      await this.#runner.run(unfinished.userMessageId, signal);
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
    if (prompt !== undefined) this.#start((signal) => this.#taker.take(prompt, signal));
  }

  /** What can be heard in the middle of a turn, in its order; what can't goes on waiting, with all behind it. */
  async #hear(signal: AbortSignal): Promise<string | undefined> {
    let last: string | undefined;
    while (!signal.aborted) {
      const prompt = this.queue.findUrgent();
      if (prompt === undefined || !(await this.#taker.canHear(prompt))) return last;
      // It may have been taken back or changed meanwhile.
      if (this.queue.findUrgent() !== prompt) continue;
      this.queue.remove(prompt.uuid);
      if (await this.#taker.hear(prompt, signal)) last = prompt.uuid;
    }
    return last;
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
      await this.#runner.emitResult({ ...FAILED, failure: toTurnFailure(error) }, started);
    } finally {
      await emitter.emitSystem('session_state_changed', { state: 'idle' });
    }
  }
}
