/** Messages that wait for their turn: they can be changed, moved, taken back, or sent into the turn that runs. */

import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { QueueChange } from '../../src/protocol/queue.ts';
import { IconButton } from '../controls/IconButton.tsx';
import { t } from '../l10n/texts.ts';
import type { QueuedMessage } from '../state/panelModel.ts';
import { type Panel, useModel, usePanel } from '../view/context.ts';
import { QueueEditor } from './QueueEditor.tsx';
import './queue.css';

export function Queue(): VNode | null {
  const queue = useModel((model) => model.queue);
  const isRunning = useModel((model) => model.activity !== 'idle');
  if (queue.length === 0) return null;
  return (
    <ul class="queue" aria-label={t('Waiting messages')}>
      {queue.map((message, index) => (
        <QueueEntry
          key={message.uuid}
          message={message}
          above={toAbove(message, queue[index - 1])}
          canHurry={isRunning && !message.isNow && !message.text.startsWith('/')}
        />
      ))}
    </ul>
  );
}

/** What it may be moved before: nothing that waits passes what is for the turn that runs. */
function toAbove(message: QueuedMessage, above: QueuedMessage | undefined): string | null {
  return above?.isAcknowledged === true && above.isNow === message.isNow ? above.uuid : null;
}

interface EntryProps {
  readonly message: QueuedMessage;
  /** The message that it may be moved before; null: none. */
  readonly above: string | null;
  /** It can go to the agent before the turn has ended. */
  readonly canHurry: boolean;
}

const sayTaken = (): string => t('The message has already been taken up.');

function QueueEntry({ message, above, canHurry }: EntryProps): VNode {
  const panel = usePanel();
  const { peer, announce } = panel;
  const [isEdited, setEdited] = useState(false);
  const { uuid } = message;
  const change = (what: QueueChange, done: string): Promise<boolean> =>
    changeMessage(uuid, what, { panel, done });
  const remove = (): void => {
    peer
      .request('cancel_async_message', { message_uuid: uuid })
      .then(({ cancelled }) => announce(cancelled ? t('Message removed') : sayTaken()))
      .catch(() => announce(t('The message could not be removed.')));
  };
  if (isEdited) {
    return (
      <li class="queue-entry is-edited">
        <QueueEditor
          text={message.text}
          onCancel={() => setEdited(false)}
          onSave={(text) => {
            setEdited(false);
            if (text.trim() === message.text.trim()) return;
            if (text.trim() === '') remove();
            else
              void change({ kind: 'text', text }, t('Message changed')).then(
                (done) => done || keep(text, panel),
              );
          }}
        />
      </li>
    );
  }
  return (
    <li class="queue-entry">
      <span class="queue-word">{toWord(message)}</span>
      <span class="queue-text" title={`${toWord(message)}: ${message.text}`}>
        {message.text}
      </span>
      {message.isAcknowledged && (
        <span class="queue-actions">
          {canHurry && (
            <IconButton
              icon="run-above"
              label={t('Send now, into the work under way')}
              onClick={() => void change({ kind: 'now' }, t('Sent with the next step'))}
            />
          )}
          {above !== null && (
            <IconButton
              icon="arrow-up"
              label={t('Move up')}
              onClick={() => void change({ kind: 'place', before: above }, t('Moved up'))}
            />
          )}
          <IconButton icon="edit" label={t('Edit')} onClick={() => setEdited(true)} />
          <IconButton icon="close" label={t('Remove')} onClick={remove} />
        </span>
      )}
    </li>
  );
}

function toWord({ isAcknowledged, isNow }: QueuedMessage): string {
  if (!isAcknowledged) return t('Sending');
  return isNow ? t('Next step') : t('Queued');
}

/** False: it does not wait any more. */
async function changeMessage(
  message_uuid: string,
  change: QueueChange,
  { panel: { peer, announce }, done }: { readonly panel: Panel; readonly done: string },
): Promise<boolean> {
  try {
    const { changed } = await peer.request('belay/queue_change', { message_uuid, change });
    announce(changed ? done : sayTaken());
    return changed;
  } catch {
    announce(t('The message could not be changed.'));
    return false;
  }
}

/** What was written for a message that the agent has by now goes on as a draft. */
function keep(text: string, { memory }: Panel): void {
  const { draft } = memory.get();
  memory.change({ draft: [draft.trimEnd(), text].filter((part) => part !== '').join('\n\n') });
}
