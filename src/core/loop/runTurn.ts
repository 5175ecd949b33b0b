/**
 * A turn: ask the model, run the tools it calls, give it the results, until it has nothing more to call or something ends
 * the turn. Every way a reply can end has its place here (SECURITY F12–F26); the conversation is valid after each.
 */
import type { ApiReply } from '../../protocol/streamEvents.ts';
import { type ModelError, toFailure } from '../model/modelError.ts';
import { keepInterrupted } from './answerCalls.ts';
import { askModel } from './askModel.ts';
import { AutoCompaction, type CompactionStop } from './autoCompaction.ts';
import { askToEnd } from './endOfWork.ts';
import { StructuredAnswer } from './structuredAnswer.ts';
import { takeReply } from './takeReply.ts';
import { createToolCalls } from './toolCalls.ts';
import type { TurnDeps, TurnEnd } from './turnDeps.ts';
import { appendReply } from './turnMessages.ts';
import { end, interrupted, type Step, type Taking, type TurnState } from './turnState.ts';

const FIRST_MAX_TOKENS = 32_000;

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

async function takeWhole(reply: ApiReply, taking: Taking): Promise<Step> {
  const step = await takeReply(reply, taking);
  const isDone = step !== 'again' && step.subtype === 'success' && taking.state.hookEnd === undefined;
  return isDone && reply.stop_reason !== 'refusal' ? askToEnd(step, taking) : step;
}
