/** What is going on while nothing else shows it: waiting for the model, compacting, waiting to try again. */
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { AssistantError } from '../../src/protocol/failure.ts';
import { Icon } from '../controls/Icon.tsx';
import { getThread, MAIN_THREAD, type PanelModel, type RetryWait } from '../state/panelModel.ts';
import { useModel, usePanel } from '../view/context.ts';
import './activity.css';

export function Activity(): VNode | null {
  const retry = useModel((model) => model.retry);
  const text = useModel(toText);
  if (retry !== null) return <Retry retry={retry} />;
  if (text === null) return null;
  return (
    <p class="activity">
      <span class="activity-dots" aria-hidden="true">
        <span />
        <span />
        <span />
      </span>
      {text}
    </p>
  );
}

function toText(model: PanelModel): string | null {
  if (model.status === 'compacting') return 'Compacting the conversation';
  if (model.activity !== 'running') return null;
  const { live } = getThread(model, MAIN_THREAD);
  if (live?.reply.blocks.some(({ isOpen }) => isOpen)) return null;
  return model.status === 'requesting' ? 'Waiting for the model' : 'Working';
}

const REASONS: Record<AssistantError, string> = {
  authentication_failed: 'The key was refused.',
  billing_error: 'The provider reports a billing problem.',
  rate_limit: 'The provider asks to slow down.',
  overloaded: 'The model is overloaded.',
  invalid_request: 'The request was refused.',
  model_not_found: 'The model was not found.',
  server_error: 'The provider has a problem.',
  unknown: 'The provider could not be reached.',
  max_output_tokens: 'The reply was too long.',
};

function Retry({ retry }: { readonly retry: RetryWait }): VNode {
  const { peer, announce } = usePanel();
  const seconds = useSecondsUntil(retry.until);
  const cancel = (): void => {
    peer.request('interrupt', {}).catch(() => announce('The turn could not be stopped.'));
  };
  return (
    <div class="retry" role="status">
      <Icon name="watch" />
      <span>
        {REASONS[retry.error]}{' '}
        <span aria-hidden="true">
          {seconds > 0 ? `Trying again in ${seconds} s` : 'Trying again'} ({retry.attempt} of{' '}
          {retry.maxRetries})
        </span>
      </span>
      <button type="button" class="text-button" onClick={cancel}>
        Cancel
      </button>
    </div>
  );
}

function useSecondsUntil(until: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.ceil((until - now) / 1000));
}
