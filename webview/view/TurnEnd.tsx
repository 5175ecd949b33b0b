/** The end of a turn: what it cost, or what went wrong and what can be done about it. */
import type { VNode } from 'preact';
import type { Failure, FailureAction } from '../../src/protocol/failure.ts';
import type { ResultMessage } from '../../src/protocol/messages.ts';
import { Button } from '../controls/Button.tsx';
import { Icon } from '../controls/Icon.tsx';
import { getThread, MAIN_THREAD } from '../state/panelModel.ts';
import { useModel, usePanel } from './context.ts';
import { formatCost, formatDuration } from './format.ts';
import './turnEnd.css';

export function TurnEnd({ result }: { readonly result: ResultMessage }): VNode {
  const isLatest = useModel(
    (model) =>
      isLast(getThread(model, MAIN_THREAD).items, result) && !model.hasLater && model.activity === 'idle',
  );
  return (
    <div class="turn-end">
      {result.interrupted === true && (
        <p class="turn-note">
          <Icon name="debug-stop" /> You stopped this turn.
        </p>
      )}
      {toProblem(result) !== null && (
        <FailureCard failure={toProblem(result) as Failure} isLatest={isLatest} />
      )}
      <p class="turn-cost">{toCostLine(result)}</p>
    </div>
  );
}

function isLast(items: readonly { readonly key: string }[], result: ResultMessage): boolean {
  return items.at(-1)?.key === `result:${result.uuid}`;
}

function toCostLine(result: ResultMessage): string {
  // Where no model was asked there is nothing to pay.
  const isFree = result.turn_cost_usd === undefined || result.num_turns === 0;
  const cost = isFree ? null : formatCost(result.turn_cost_usd ?? null);
  return [formatDuration(result.duration_ms), cost].filter((part) => part !== null).join(' · ');
}

const LIMITS: Partial<Record<ResultMessage['subtype'], { readonly title: string; readonly detail: string }>> =
  {
    error_max_turns: {
      title: 'Stopped at the limit of steps',
      detail: 'The turn used as many model replies as the settings allow.',
    },
    error_max_budget_usd: {
      title: 'Stopped at the cost limit',
      detail: 'The session has cost as much as the settings allow.',
    },
    error_max_structured_output_retries: {
      title: 'No answer in the asked form',
      detail: 'The model did not give an answer that fits the schema.',
    },
  };

/** null: it went well, or a person stopped it. */
function toProblem(result: ResultMessage): Failure | null {
  if (result.failure !== undefined) return result.failure;
  if (!result.is_error || result.interrupted === true) return null;
  const limit = LIMITS[result.subtype];
  const detail = result.errors?.join('\n') ?? result.result ?? '';
  return {
    kind: 'internal',
    title: limit?.title ?? 'This turn failed',
    detail: limit?.detail ?? detail,
    actions: limit === undefined ? ['retry', 'open_log'] : ['continue'],
  };
}

const ACTION_WORDS: Record<FailureAction, string> = {
  retry: 'Try again',
  continue: 'Continue',
  set_key: 'Set API key',
  choose_provider: 'Choose a provider',
  choose_model: 'Choose a model',
  open_log: 'Show log',
};

export function FailureCard({
  failure,
  isLatest,
}: {
  readonly failure: Failure;
  readonly isLatest: boolean;
}): VNode {
  const { peer, announce } = usePanel();
  const act = (action: FailureAction): void => {
    const asked =
      action === 'retry' || action === 'continue'
        ? peer.request('belay/turn_retry', {}).then(({ started }) => {
            if (!started) announce('There is nothing to try again.');
          })
        : peer.request('belay/failure_act', { action });
    asked.catch(() => announce('That did not work. The log may say why.'));
  };
  return (
    <div class="failure" role="alert">
      <p class="failure-title">
        <Icon name="error" /> {failure.title}
      </p>
      {failure.detail !== '' && <p class="failure-detail">{failure.detail}</p>}
      {isLatest && failure.actions.length > 0 && (
        <div class="failure-actions">
          {failure.actions.map((action, index) => (
            <Button key={action} kind={index === 0 ? 'primary' : 'secondary'} onClick={() => act(action)}>
              {ACTION_WORDS[action]}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}
