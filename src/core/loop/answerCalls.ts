/** The results of the calls of a reply, in the order asked, and what the model is told behind them. */
import type { ApiReply } from '../../protocol/streamEvents.ts';
import { endByHook, endWithAnswer } from './endOfWork.ts';
import { toHookEnd } from './hookEnd.ts';
import type { TurnDeps } from './turnDeps.ts';
import { appendReply, appendResult, appendTexts } from './turnMessages.ts';
import { interrupted, type Step, type Taking, type TurnState, textOf } from './turnState.ts';

export async function answerCalls(reply: ApiReply, { state, deps, calls, signal }: Taking): Promise<Step> {
  calls.confirm();
  const ended = await appendOutcomes(reply, { state, deps, calls });
  await tellAfterCalls(state, deps);
  if (signal.aborted || ended) return interrupted();
  if (state.hookStop !== undefined) return endByHook(toHookEnd(state.hookStop), { state, deps });
  const answered = endWithAnswer(state);
  if (answered !== undefined) return answered;
  await deps.hear?.(signal);
  return 'again';
}

export async function keepInterrupted(
  reply: ApiReply | undefined,
  taking: Omit<Taking, 'signal'>,
): Promise<void> {
  if (reply === undefined) {
    await taking.calls.discard();
    return;
  }
  taking.state.text = textOf(reply.content);
  await appendReply(reply, { deps: taking.deps, aborted: true });
  await appendOutcomes(reply, taking);
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

async function tellAfterCalls(state: TurnState, deps: TurnDeps): Promise<void> {
  const texts = [...state.hookContext, ...((await deps.afterCalls?.()) ?? [])];
  state.hookContext = [];
  if (texts.length > 0) await appendTexts(texts, deps);
}
