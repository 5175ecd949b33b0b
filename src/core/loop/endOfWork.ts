/** The model has nothing more to do: what may still keep the turn from ending, and how it ends. */
import { ModelError, toFailure } from '../model/modelError.ts';
import { askStopHooks, type HookEnd } from './hookEnd.ts';
import { ASK_FOR_ANSWER } from './structuredAnswer.ts';
import type { TurnDeps } from './turnDeps.ts';
import { appendTexts, appendUser, inform } from './turnMessages.ts';
import { end, interrupted, type Step, type Taking, type TurnState } from './turnState.ts';

/** The model has nothing more to do: the end of the turn, unless its answer in the form asked for is still missing. */
export async function endOfWork({ state, deps }: Taking): Promise<Step> {
  const step = await endOfReply(state.stopReason, deps);
  if (state.structured === undefined || step === 'again' || step.subtype !== 'success') return step;
  state.structured.miss();
  const ended = endWithAnswer(state);
  if (ended !== undefined) return ended;
  await appendUser({ deps, content: [{ type: 'text', text: ASK_FOR_ANSWER }], synthetic: true });
  return 'again';
}

/** Stop hooks may find that there is more to do. */
export async function askToEnd(step: Step, { state, deps, signal }: Taking): Promise<Step> {
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

export async function endByHook(
  hookEnd: HookEnd,
  { state, deps }: Pick<Taking, 'state' | 'deps'>,
): Promise<Step> {
  state.hookEnd = hookEnd;
  await inform(deps, hookEnd.told);
  return end('success');
}

/** undefined: no answer in the form that was asked for yet (or none was asked for). */
export function endWithAnswer(state: TurnState): Step | undefined {
  const { answer, isHopeless } = state.structured ?? {};
  if (answer !== undefined) {
    if (state.text === '') state.text = JSON.stringify(answer.value);
    return end('success');
  }
  return isHopeless === true ? end('error_max_structured_output_retries') : undefined;
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
