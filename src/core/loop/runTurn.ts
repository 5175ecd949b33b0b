/**
 * A turn: ask the model, run the tools it calls, give it the results, until it has nothing more to call or something ends
 * the turn. Every way a reply can end has its place here (SECURITY F12–F26); the conversation is valid after each.
 */
import type { ContentBlock } from '../../protocol/blocks.ts';
import type { Failure } from '../../protocol/failure.ts';
import type { ResultMessage } from '../../protocol/messages.ts';
import type { ApiReply, StreamEvent } from '../../protocol/streamEvents.ts';
import type { Hooks } from '../hooks/hooks.ts';
import { ModelError, toFailure } from '../model/modelError.ts';
import type { ApiTool, Effort } from '../model/modelRequest.ts';
import type { ModelTable } from '../model/modelTable.ts';
import type { Clock, Log, StreamModel } from '../ports.ts';
import type { Session } from '../sessions/session.ts';
import type { ChainLine } from '../sessions/transcriptLine.ts';
import { AutoCompaction, type CompactionStop } from './autoCompaction.ts';
import type { HookStop } from './callHooks.ts';
import type { CompactHooks } from './compaction.ts';
import type { Emitter } from './emitter.ts';
import { askStopHooks, type HookEnd, toHookEnd } from './hookEnd.ts';
import type { RunToolCallDeps } from './runToolCall.ts';
import { type ReplyOutcome, streamReply } from './streamReply.ts';
import { ASK_FOR_ANSWER, StructuredAnswer } from './structuredAnswer.ts';
import { createToolCalls, type ToolCalls } from './toolCalls.ts';
import { appendReply, appendResult, appendUser, inform, meterReply } from './turnMessages.ts';
import { buildTurnRequest } from './turnRequest.ts';
import type { UsageMeter } from './usageMeter.ts';

export interface TurnDeps {
  readonly session: Session;
  readonly emitter: Emitter;
  readonly meter: UsageMeter;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly streamModel: StreamModel;
  readonly models: () => ModelTable;
  readonly model: () => string;
  readonly effort: Effort | undefined;
  /** As `ModelRequest.maxThinkingTokens`. */
  readonly maxThinkingTokens?: number | undefined;
  readonly system: readonly string[];
  readonly apiTools: readonly ApiTool[];
  /** Thinking of replies up to this uuid was made under another prefix and can't be sent back; undefined: all is valid. */
  readonly thinkingVoidUpTo: string | undefined;
  readonly callDeps: RunToolCallDeps;
  /** Asked whether the turn may end; absent: nobody is (the end of a subagent is its caller's matter). */
  readonly stopHooks?: Hooks | undefined;
  /** Model round trips. */
  readonly maxTurns: number | undefined;
  /** US dollars of the session. */
  readonly maxBudgetUsd: number | undefined;
  readonly partialMessages: boolean;
  /** What a session adds to a compaction; undefined: the conversation is never compacted by itself. */
  readonly compaction?: CompactHooks | undefined;
  /** What the model is to be told besides the results of its calls. */
  readonly afterCalls?: () => Promise<readonly string[]>;
  /** The answer is what StructuredOutput is called with. */
  readonly wantsStructuredOutput?: boolean;
}

export interface TurnEnd {
  readonly subtype: ResultMessage['subtype'];
  /** The text of the last reply. */
  readonly text: string;
  readonly stopReason: string | null;
  readonly interrupted: boolean;
  readonly failure: Failure | undefined;
  readonly apiStatus: number | undefined;
  readonly rounds: number;
  readonly apiMs: number;
  readonly denials: ResultMessage['permission_denials'];
  /** A hook has ended the turn. */
  readonly hookEnd?: HookEnd | undefined;
  /** Where one was asked for, and given. */
  readonly structuredOutput?: { readonly value: unknown } | undefined;
}

const FIRST_MAX_TOKENS = 32_000;
const MAX_PAUSES = 5;
const NUDGE = 'Your last reply was empty. Go on with the task, or say what you found.';

interface TurnState {
  rounds: number;
  apiMs: number;
  maxTokens: number;
  pauses: number;
  nudged: boolean;
  text: string;
  stopReason: string | null;
  denials: TurnEnd['denials'];
  readonly structured: StructuredAnswer | undefined;
  readonly room: AutoCompaction;
  /** How often Stop hooks have made the turn go on. */
  stopBlocks: number;
  /** A hook wants the turn to end when the calls of this reply have ended. */
  hookStop: HookStop | undefined;
  hookEnd: HookEnd | undefined;
  /** What hooks have said about the calls of this reply. */
  hookContext: readonly string[];
}

/** What a round leads to: another round, or the end of the turn. */
type Step = 'again' | Pick<TurnEnd, 'subtype' | 'interrupted' | 'failure' | 'apiStatus'>;

/** The conversation must end with what the model is to answer. Throws TranscriptWriteError when it can't be written down. */
export async function runTurn(deps: TurnDeps, signal: AbortSignal): Promise<TurnEnd> {
  const state: TurnState = {
    rounds: 0,
    apiMs: 0,
    maxTokens: Math.min(FIRST_MAX_TOKENS, deps.models().get(deps.model()).maxOutput),
    pauses: 0,
    nudged: false,
    text: '',
    stopReason: null,
    denials: [],
    structured: deps.wantsStructuredOutput === true ? new StructuredAnswer() : undefined,
    room: new AutoCompaction(deps),
    stopBlocks: 0,
    hookStop: undefined,
    hookEnd: undefined,
    hookContext: [],
  };
  for (;;) {
    const step = limitReached(state, deps) ?? (await runRound(state, deps, signal));
    if (step === 'again') continue;
    const { text, stopReason, rounds, apiMs, denials, hookEnd } = state;
    const structuredOutput = state.structured?.answer;
    return { ...step, text, stopReason, rounds, apiMs, denials, hookEnd, structuredOutput };
  }
}

function limitReached(state: TurnState, { maxTurns, maxBudgetUsd, meter }: TurnDeps): Step | undefined {
  if (maxTurns !== undefined && state.rounds >= maxTurns) return end('error_max_turns');
  if (maxBudgetUsd !== undefined && meter.totalCost >= maxBudgetUsd) return end('error_max_budget_usd');
  return undefined;
}

async function runRound(state: TurnState, deps: TurnDeps, signal: AbortSignal): Promise<Step> {
  if (signal.aborted) return interrupted();
  const stop = await state.room.makeRoom(signal);
  if (stop !== undefined) return toStep(stop);
  state.rounds += 1;
  const round = { calls: createToolCalls(deps.callDeps, signal) };
  const outcome = await askModel(state, { deps, signal, round });
  switch (outcome.kind) {
    case 'complete':
      return takeWhole(outcome.reply, { state, deps, calls: round.calls, signal });
    case 'interrupted':
      await keepInterrupted(outcome.reply, { state, deps, calls: round.calls });
      return interrupted();
    case 'broken':
      await appendReply(outcome.reply, { deps, aborted: true });
      return end('error_during_execution', toFailure(outcome.error, { canContinue: true }), outcome.error);
    case 'failed':
      return takeFailure(outcome.error, { state, deps, signal });
    default:
      return outcome satisfies never;
  }
}

/** F10: a conversation that is too long is compacted once and sent again; one that is still too long ends the turn. */
async function takeFailure(error: ModelError, { state, signal }: Omit<Taking, 'calls'>): Promise<Step> {
  const outcome = await state.room.afterRefusal(error, signal);
  if (outcome === 'compacted') return 'again';
  if (outcome !== undefined) return toStep(outcome);
  return end('error_during_execution', toFailure(error, { canContinue: false }), error);
}

function toStep(stop: CompactionStop): Step {
  return stop.kind === 'interrupted'
    ? interrupted()
    : end('error_during_execution', stop.failure, stop.error);
}

interface Asking {
  readonly deps: TurnDeps;
  readonly signal: AbortSignal;
  /** Replaced when an attempt is discarded: its calls must not be mixed with those of the next. */
  readonly round: { calls: ToolCalls };
}

async function askModel(state: TurnState, { deps, signal, round }: Asking): Promise<ReplyOutcome> {
  const started = deps.clock.monotonic();
  await deps.emitter.emitSystem('status', { status: 'requesting' });
  try {
    return await streamReply(
      buildTurnRequest(deps, state.maxTokens),
      {
        streamModel: deps.streamModel,
        clock: deps.clock,
        random: deps.random,
        onEvent: (event) => emitEvent(event, deps),
        onToolUse: (block, problem) => round.calls.start(block, problem),
        async onDiscard(messageId, reason) {
          await round.calls.discard();
          round.calls = createToolCalls(deps.callDeps, signal);
          await deps.emitter.emitSystem('belay/reply_discarded', { message_id: messageId, reason });
        },
        async onRetry({ attempt, maxAttempts, delayMs }, error) {
          deps.log.warn('asking the model again', {
            attempt,
            delayMs,
            kind: error.kind,
            status: error.status,
          });
          await deps.emitter.emitSystem('api_retry', {
            attempt,
            max_retries: maxAttempts,
            retry_delay_ms: delayMs,
            error_status: error.status ?? null,
            error: error.wireName,
          });
        },
      },
      signal,
    );
  } finally {
    state.apiMs += deps.clock.monotonic() - started;
  }
}

function emitEvent(event: StreamEvent, { emitter, partialMessages }: TurnDeps): void {
  if (!partialMessages || event.type === 'ping') return;
  void emitter.emit({ type: 'stream_event', ...emitter.envelope(), parent_tool_use_id: null, event });
}

interface Taking {
  readonly state: TurnState;
  readonly deps: TurnDeps;
  readonly calls: ToolCalls;
  readonly signal: AbortSignal;
}

async function takeWhole(reply: ApiReply, taking: Taking): Promise<Step> {
  const step = await takeReply(reply, taking);
  const isDone = step !== 'again' && step.subtype === 'success' && taking.state.hookEnd === undefined;
  return isDone && reply.stop_reason !== 'refusal' ? askToEnd(step, taking) : step;
}

/** Stop hooks may find that there is more to do. */
async function askToEnd(step: Step, { state, deps, signal }: Taking): Promise<Step> {
  if (deps.stopHooks === undefined) return step;
  try {
    const ending = { blocks: state.stopBlocks, text: state.text, signal };
    const verdict = await askStopHooks(ending, deps.stopHooks);
    if (verdict.kind === 'end') return step;
    if (verdict.kind === 'ended by a hook') return await endByHook(verdict.end, { state, deps });
    if (verdict.kind === 'go on') {
      state.stopBlocks += 1;
      await appendTexts(verdict.texts, deps);
      return 'again';
    }
    await inform(deps, verdict.text);
    return step;
  } catch (error) {
    if (!signal.aborted) throw error;
    return interrupted();
  }
}

async function endByHook(hookEnd: HookEnd, { state, deps }: Pick<Taking, 'state' | 'deps'>): Promise<Step> {
  state.hookEnd = hookEnd;
  await inform(deps, hookEnd.told);
  return end('success');
}

async function takeReply(reply: ApiReply, taking: Taking): Promise<Step> {
  const { state, deps, calls } = taking;
  await meterReply(reply, deps);
  state.stopReason = reply.stop_reason;
  state.text = textOf(reply.content);
  if (reply.stop_reason === 'refusal') return withholdRefused(reply, taking);
  if (reply.stop_reason === 'max_tokens' && calls.size > 0 && raiseMaxTokens(taking))
    return discardCut(reply, taking);
  if (reply.content.length === 0) return takeEmptyReply(taking);
  await appendReply(reply, { deps, aborted: false });
  if (calls.size > 0) return answerCalls(reply, taking);
  if (reply.stop_reason === 'pause_turn' && state.pauses < MAX_PAUSES) {
    state.pauses += 1;
    return 'again';
  }
  return endOfWork(taking);
}

/** F18: a reply that was cut within a tool call is asked for once more with all the room the model has. */
function raiseMaxTokens({ state, deps }: Taking): boolean {
  const { maxOutput } = deps.models().get(deps.model());
  if (state.maxTokens >= maxOutput) return false;
  state.maxTokens = maxOutput;
  return true;
}

async function discardCut(reply: ApiReply, { deps, calls }: Taking): Promise<Step> {
  await calls.discard();
  await deps.emitter.emitSystem('belay/reply_discarded', {
    message_id: reply.id,
    reason: 'The reply reached its length limit within a tool call; asking again with a higher limit.',
  });
  return 'again';
}

/** F23: one nudge, as a message of its own; then the turn ends. */
async function takeEmptyReply(taking: Taking): Promise<Step> {
  const { state, deps } = taking;
  const last = deps.session.conversation.path.findLast((line) => !isSynthetic(line));
  const afterResults = last?.type === 'user' && last.tool_use_result !== undefined;
  if (state.nudged || !afterResults) return endOfWork(taking);
  state.nudged = true;
  await appendUser({ deps, content: [{ type: 'text', text: NUDGE }], synthetic: true });
  return 'again';
}

/** Said by Belay itself: what hooks and rules add behind results. */
function isSynthetic(line: ChainLine): boolean {
  return line.type === 'user' && line.isSynthetic === true;
}

/** F21: the reply and what it refused stay visible, but the model doesn't see them again. */
async function withholdRefused(reply: ApiReply, { deps, calls }: Taking): Promise<Step> {
  await calls.discard();
  const asked = deps.session.conversation.leaf;
  const message = await appendReply(reply.content.length > 0 ? reply : { ...reply, content: [REFUSED] }, {
    deps,
    aborted: false,
  });
  const uuids = [
    message.uuid,
    ...(asked?.type === 'user' && asked.tool_use_result === undefined ? [asked.uuid] : []),
  ];
  await deps.session.record({ type: 'belay/withheld', sessionId: message.session_id, uuids });
  await inform(
    deps,
    'The model refused to answer. The refused exchange is left out of what it sees from here on.',
  );
  return end('success');
}

const REFUSED: ContentBlock = { type: 'text', text: '(The model refused to answer.)' };

async function answerCalls(reply: ApiReply, { state, deps, calls, signal }: Taking): Promise<Step> {
  calls.confirm();
  const ended = await appendOutcomes(reply, { state, deps, calls });
  await tellAfterCalls(state, deps);
  if (signal.aborted || ended) return interrupted();
  if (state.hookStop !== undefined) return endByHook(toHookEnd(state.hookStop), { state, deps });
  return endWithAnswer(state) ?? 'again';
}

async function tellAfterCalls(state: TurnState, deps: TurnDeps): Promise<void> {
  const texts = [...state.hookContext, ...((await deps.afterCalls?.()) ?? [])];
  state.hookContext = [];
  if (texts.length > 0) await appendTexts(texts, deps);
}

async function appendTexts(texts: readonly string[], deps: TurnDeps): Promise<void> {
  await appendUser({ deps, content: texts.map((text) => ({ type: 'text', text })), synthetic: true });
}

/** undefined: no answer in the form that was asked for yet (or none was asked for). */
function endWithAnswer(state: TurnState): Step | undefined {
  const { answer, isHopeless } = state.structured ?? {};
  if (answer !== undefined) {
    if (state.text === '') state.text = JSON.stringify(answer.value);
    return end('success');
  }
  return isHopeless === true ? end('error_max_structured_output_retries') : undefined;
}

/** The model has nothing more to do: the end of the turn, unless its answer in the form asked for is still missing. */
async function endOfWork({ state, deps }: Taking): Promise<Step> {
  const step = await endOfReply(state.stopReason, deps);
  if (state.structured === undefined || step === 'again' || step.subtype !== 'success') return step;
  state.structured.miss();
  const ended = endWithAnswer(state);
  if (ended !== undefined) return ended;
  await appendUser({ deps, content: [{ type: 'text', text: ASK_FOR_ANSWER }], synthetic: true });
  return 'again';
}

/** True when a denial asked for the end of the turn. */
async function appendOutcomes(
  reply: ApiReply,
  { state, deps, calls }: Omit<Taking, 'signal'>,
): Promise<boolean> {
  let interrupt = false;
  for await (const outcome of calls.outcomes()) {
    await appendResult(outcome, deps);
    interrupt ||= outcome.interrupt;
    state.hookStop ??= outcome.stop;
    state.hookContext = [...state.hookContext, ...(outcome.context ?? [])];
    state.structured?.take(reply, outcome);
    if (outcome.denial !== undefined) state.denials = [...state.denials, outcome.denial];
  }
  return interrupt;
}

async function keepInterrupted(reply: ApiReply | undefined, taking: Omit<Taking, 'signal'>): Promise<void> {
  if (reply === undefined) {
    await taking.calls.discard();
    return;
  }
  taking.state.text = textOf(reply.content);
  await appendReply(reply, { deps: taking.deps, aborted: true });
  await appendOutcomes(reply, taking);
}

async function endOfReply(stopReason: string | null, deps: TurnDeps): Promise<Step> {
  switch (stopReason) {
    case 'end_turn':
    case 'stop_sequence':
    case 'tool_use':
      return end('success');
    case 'max_tokens':
      await inform(deps, 'The reply reached its length limit and is cut off. Say "continue" to go on.');
      return end('success');
    case 'pause_turn':
      await inform(deps, 'The model paused again and again, so the turn was ended. Say "continue" to go on.');
      return end('success');
    case 'model_context_window_exceeded':
      return end(
        'error_during_execution',
        toFailure(new ModelError({ kind: 'prompt_too_long', message: 'The context window is full.' }), {
          canContinue: false,
        }),
      );
    default:
      await inform(
        deps,
        `The reply ended for a reason that Belay doesn't know: ${stopReason ?? 'none given'}.`,
      );
      return end('success');
  }
}

function textOf(content: readonly ContentBlock[]): string {
  return content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');
}

function end(subtype: TurnEnd['subtype'], failure?: Failure, error?: ModelError): Exclude<Step, 'again'> {
  return { subtype, interrupted: false, failure, apiStatus: error?.status };
}

function interrupted(): Exclude<Step, 'again'> {
  return { subtype: 'error_during_execution', interrupted: true, failure: undefined, apiStatus: undefined };
}
