/** What becomes of a prompt whose turn has come: hooks look at it, a command is carried out, the model answers. */
import type { Failure } from '../../protocol/failure.ts';
import type { UserMessage } from '../../protocol/messages.ts';
import { toTypedCallId } from '../../protocol/typedCommand.ts';
import { expandCommand } from '../commands/expandCommand.ts';
import { resolveModel } from '../subagents/resolveModel.ts';
import type { ActorParts } from './actorParts.ts';
import { answerLocally, type LocalSlash } from './localCommands.ts';
import { mayReadUnasked } from './mayReadUnasked.ts';
import type { ModelChoice } from './modelChoice.ts';
import type { Notices } from './notices.ts';
import type { BeforePrompt, PromptHooks } from './promptHooks.ts';
import { type QueuedPrompt, toPromptText } from './promptQueue.ts';
import { readMentions } from './readMentions.ts';
import { createRunTool } from './runTool.ts';
import { readServerPrompt } from './serverPrompts.ts';
import { findSlash, grantTools, type Slash } from './slashCommands.ts';
import { describeAttached, describeContext } from './tellContext.ts';
import { SessionReadOnlyError } from './turnFailure.ts';
import { appendTexts, appendUser, inform } from './turnMessages.ts';
import { ENDED, FAILED } from './turnResult.ts';
import type { TurnRunner } from './turnRunner.ts';
import { isCommand, runShellCommand } from './typedCommand.ts';

type Taken = UserMessage & { readonly uuid: string };

/** Why the model does not get a prompt. */
type Withheld = Extract<BeforePrompt, { kind: 'blocked' }> | { readonly kind: 'interrupted' };

interface Taker {
  readonly parts: ActorParts;
  readonly choice: ModelChoice;
  readonly notices: Notices;
  readonly promptHooks: PromptHooks;
  readonly runner: TurnRunner;
}

export class PromptTaker {
  readonly #parts: ActorParts;
  readonly #choice: ModelChoice;
  readonly #notices: Notices;
  readonly #promptHooks: PromptHooks;
  readonly #runner: TurnRunner;

  constructor({ parts, choice, notices, promptHooks, runner }: Taker) {
    this.#parts = parts;
    this.#choice = choice;
    this.#notices = notices;
    this.#promptHooks = promptHooks;
    this.#runner = runner;
  }

  async take(prompt: QueuedPrompt, signal: AbortSignal): Promise<void> {
    const { uuid, message, refusal } = prompt;
    if (refusal !== undefined) return this.#refuse(refusal);
    if (isCommand(message)) return this.#takeCommand(prompt, signal);
    const slash = await findSlash(message, this.#parts);
    if (slash.kind === 'builtin' || slash.kind === 'unknown') return this.#answer(slash, uuid, signal);
    const started = this.#parts.ports.clock.monotonic();
    const begun = await this.#begin(prompt, signal);
    if (begun !== 'taken') return this.#endWithheld(begun, started);
    if (message.shouldQuery === false) return;
    if (slash.kind === 'command') return this.#runCommand(slash, uuid, signal);
    if (slash.kind === 'server prompt') return this.#runServerPrompt(slash, uuid, signal);
    if (await this.#tellNamed(message, uuid, signal)) return this.#runner.run(uuid, signal);
    await this.#runner.emitResult({ ...FAILED, interrupted: true }, started);
  }

  /** Whether the work that is under way can go on with it: what begins a turn of its own can't be part of one. */
  async canHear({ message }: QueuedPrompt): Promise<boolean> {
    return isCommand(message) || (await findSlash(message, this.#parts)).kind === 'prompt';
  }

  /** In the middle of a turn, behind the results of calls. False: a hook keeps it from the model. */
  async hear(prompt: QueuedPrompt, signal: AbortSignal): Promise<boolean> {
    // What calls have changed until now belongs to what was said before.
    await this.#parts.recorded();
    if (isCommand(prompt.message)) {
      await this.#runShell(prompt, signal);
      return true;
    }
    const begun = await this.#begin(prompt, signal);
    if (begun !== 'taken') await this.#tellWithheld(begun);
    else await this.#tellNamed(prompt.message, prompt.uuid, signal);
    return begun === 'taken';
  }

  /** Puts it into the conversation, unless it is to be kept from the model. */
  async #begin({ uuid, message }: QueuedPrompt, signal: AbortSignal): Promise<'taken' | Withheld> {
    const taken = await this.#show({ uuid, message });
    const asked = await this.#askPromptHooks(taken, signal);
    if (asked.kind !== 'go on') {
      await this.#withhold(taken);
      return asked;
    }
    await this.#parts.session.append(taken);
    this.#parts.ports.checkpoints?.beginTurn(uuid);
    this.#notices.add(...asked.context);
    await this.#tellNotices();
    return 'taken';
  }

  async #show({ uuid, message }: QueuedPrompt): Promise<Taken> {
    const { session, emitter, ports, options } = this.#parts;
    const timestamp = new Date(ports.clock.now()).toISOString();
    const taken = { ...message, uuid, timestamp, session_id: options.sessionId };
    await emitter.emit({ ...taken, isReplay: true });
    if (session.readOnly) throw new SessionReadOnlyError();
    return taken;
  }

  /**
   * The prompt stands as it was typed; behind it the model is told what is open in the editor, and what the files hold that it names.
   * False: it was stopped.
   */
  async #tellNamed(message: UserMessage, uuid: string, signal: AbortSignal): Promise<boolean> {
    const text = toPromptText(message);
    const { belay_context: context, belay_attached: attached = [] } = message;
    if (context === undefined && attached.length === 0 && !text.includes('@')) return true;
    const { ports, callDeps, setup, session, emitter, permissions, mcp } = this.#parts;
    const { files, workspace, log } = ports;
    try {
      const { tools } = await setup.freeze();
      const runTool = createRunTool(callDeps(uuid, tools), { createId: ports.createId, signal });
      const mayRead = async (path: string) =>
        tools.has('Read') && (await mayReadUnasked(path, { permissions, files, log }));
      const open = context === undefined ? [] : [await describeContext(context, { mayRead, runTool })];
      const { contents, problems } = await readMentions(text, {
        ...{ files, workspace, tools, runTool },
        resourceServers: mcp.resourceServers(),
      });
      const told = [...open, ...contents, ...(await describeAttached(attached, mayRead))];
      if (told.length > 0) await this.#appendNotice(told.join('\n\n'));
      for (const problem of problems) await inform({ session, emitter, clock: ports.clock }, problem);
      return true;
    } catch (error) {
      if (!signal.aborted) throw error;
      return false;
    }
  }

  /** A command of the person's own is a turn of its own, in which the model is not asked. */
  async #takeCommand(prompt: QueuedPrompt, signal: AbortSignal): Promise<void> {
    const started = this.#parts.ports.clock.monotonic();
    this.#parts.meter.startTurn();
    await this.#runShell(prompt, signal);
    await this.#parts.recorded();
    await this.#parts.ports.checkpoints?.endTurn();
    await this.#runner.emitResult(signal.aborted ? { ...FAILED, interrupted: true } : ENDED, started);
  }

  async #runShell(prompt: QueuedPrompt, signal: AbortSignal): Promise<void> {
    const { ports, callDeps, setup, session, emitter } = this.#parts;
    const taken = await this.#show(prompt);
    await session.append(taken);
    ports.checkpoints?.beginTurn(prompt.uuid);
    const { tools } = await setup.freeze();
    const runTool = createRunTool(callDeps(prompt.uuid, tools), {
      createId: () => prompt.uuid,
      signal,
      isTyped: true,
    });
    const { shown, told } = await runShellCommand(toPromptText(taken), runTool, signal);
    await session.note(
      await emitter.emitSystem('local_command_output', {
        content: shown,
        is_terminal: true,
        tool_use_id: toTypedCallId(prompt.uuid),
      }),
    );
    await this.#appendNotice(told);
  }

  /** It is no part of the conversation: neither shown as taken up nor written down. */
  async #refuse(problem: string): Promise<void> {
    this.#parts.meter.startTurn();
    await this.#runner.emitResult(
      { ...FAILED, failure: toRefusal(problem) },
      this.#parts.ports.clock.monotonic(),
    );
  }

  /** A command that needs no turn: its prompt is no part of the conversation. */
  async #answer(slash: LocalSlash, uuid: string, signal: AbortSignal): Promise<void> {
    const { ports, emitter, session } = this.#parts;
    const started = ports.clock.monotonic();
    if (session.readOnly) throw new SessionReadOnlyError();
    const turn = await this.#runner.turnDeps(uuid);
    const answer = await answerLocally(
      slash,
      { turn, userMessageId: uuid, createId: ports.createId },
      signal,
    );
    if (answer.text !== undefined) await emitter.emitSystem('local_command_output', { content: answer.text });
    await this.#runner.emitResult({ ...ENDED, ...answer }, started);
  }

  /** The prompt stands as it was typed; behind it the model is told what the command says. */
  async #runCommand(
    { command, args }: Extract<Slash, { kind: 'command' }>,
    uuid: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { ports, permissions, options, callDeps, setup } = this.#parts;
    const started = ports.clock.monotonic();
    const revoke = grantTools(command, permissions);
    try {
      const { tools } = await setup.freeze();
      const runTool = createRunTool(callDeps(uuid, tools), { createId: ports.createId, signal });
      await this.#appendNotice(await expandCommand(command, args, runTool));
      this.#choice.turnModel = resolveModel({
        asked: [command.model],
        inherited: this.#choice.model,
        offered: options.modelList(),
        models: options.models(),
      });
      await this.#runner.run(uuid, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      await this.#runner.emitResult({ ...FAILED, interrupted: true }, started);
    } finally {
      revoke();
      this.#choice.turnModel = undefined;
    }
  }

  /** Behind the prompt as it was typed the model is told what the server makes of it. */
  async #runServerPrompt(
    slash: Extract<Slash, { kind: 'server prompt' }>,
    uuid: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { session, emitter, ports, meter } = this.#parts;
    const started = ports.clock.monotonic();
    try {
      const made = await readServerPrompt(slash, signal);
      if (made.kind === 'problem') {
        meter.startTurn();
        const failure = toRefusal(made.problem);
        return await this.#runner.emitResult({ ...FAILED, failure }, started);
      }
      const deps = { session, emitter, clock: ports.clock };
      await appendUser({ deps, content: [...made.content], synthetic: true });
      await this.#runner.run(uuid, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      await this.#runner.emitResult({ ...FAILED, interrupted: true }, started);
    }
  }

  /** A prompt that no hook could look at to the end, because the turn was stopped, is one that no hook has passed. */
  async #askPromptHooks(
    prompt: UserMessage,
    signal: AbortSignal,
  ): Promise<Extract<BeforePrompt, { kind: 'go on' }> | Withheld> {
    try {
      return await this.#promptHooks.askBeforePrompt(toPromptText(prompt), signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      return { kind: 'interrupted' };
    }
  }

  /** The prompt stays visible to the person; the model never sees it. */
  async #withhold(prompt: Taken): Promise<void> {
    const { session, options } = this.#parts;
    // Marked first: a crash between the two must not make it one that was sent.
    await session.record({ type: 'belay/withheld', sessionId: options.sessionId, uuids: [prompt.uuid] });
    await session.append(prompt);
  }

  async #endWithheld(cause: Withheld, started: number): Promise<void> {
    this.#parts.meter.startTurn();
    if (cause.kind === 'interrupted')
      return this.#runner.emitResult({ ...FAILED, interrupted: true }, started);
    await this.#runner.emitInit((await this.#parts.setup.freeze()).tools);
    const told = await this.#tellWithheld(cause);
    const hookEnd = { terminalReason: 'hook_stopped', told } as const;
    await this.#runner.emitResult({ ...FAILED, subtype: 'success', text: told, hookEnd }, started);
  }

  async #tellWithheld(cause: Withheld): Promise<string> {
    if (cause.kind === 'interrupted') return '';
    const { session, emitter, ports } = this.#parts;
    const told = `A hook has kept this prompt from the model: ${cause.reason}`;
    await inform({ session, emitter, clock: ports.clock }, told);
    return told;
  }

  async #tellNotices(): Promise<void> {
    const texts = this.#notices.take(this.#parts.permissions.mode);
    if (texts.length > 0) await this.#appendNotice(texts.join('\n\n'));
  }

  async #appendNotice(text: string): Promise<void> {
    const { session, emitter, ports } = this.#parts;
    await appendTexts([text], { session, emitter, clock: ports.clock });
  }
}

function toRefusal(detail: string): Failure {
  return { kind: 'invalid_request', title: 'The message was not sent', detail, actions: [] };
}
