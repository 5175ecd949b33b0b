/** What stands where nothing has been said yet. */

import type { VNode } from 'preact';
import { sendMessage } from '../composer/sendMessage.ts';
import { Button } from '../controls/Button.tsx';
import { Icon } from '../controls/Icon.tsx';
import { t } from '../l10n/texts.ts';
import { getThread, MAIN_THREAD } from '../state/panelModel.ts';
import { useModel, usePanel } from './context.ts';
import './greeting.css';

export function Greeting(): VNode | null {
  const isLoading = useModel((model) => model.isLoading);
  const isEmpty = useModel((model) => {
    const { items, live } = getThread(model, MAIN_THREAD);
    return items.length === 0 && live === null && model.queue.length === 0 && model.activity === 'idle';
  });
  if (!isEmpty) return null;
  if (isLoading) {
    return (
      <p class="loading" role="status">
        <Icon name="loading" spin /> {t('Reading the conversation')}
      </p>
    );
  }
  return (
    <div class="greeting">
      <Icon name="shield" />
      <h2>{t('What shall we work on?')}</h2>
      <ul>
        <li>
          <Icon name="question" /> {t('Every edit and command asks first, unless you say otherwise.')}
        </li>
        <li>
          <Icon name="diff" /> {t('Every change can be seen as a diff in the editor.')}
        </li>
        <li>
          <Icon name="discard" /> {t('Every step can be taken back.')}
        </li>
      </ul>
      <Tour />
    </div>
  );
}

/** Who has only looked in so far is shown around. */
function Tour(): VNode | null {
  const panel = usePanel();
  const isOffline = useModel((model) => model.host?.provider === 'offline');
  if (!isOffline) return null;
  return (
    <Button kind="primary" onClick={() => sendMessage(panel, { text: 'Give me the tour', attachments: [] })}>
      {t('Start the tour')}
    </Button>
  );
}
