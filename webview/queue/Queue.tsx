/** Messages that wait for their turn. */
import type { VNode } from 'preact';
import { IconButton } from '../controls/IconButton.tsx';
import type { QueuedMessage } from '../state/panelModel.ts';
import { useModel, usePanel } from '../view/context.ts';
import './queue.css';

export function Queue(): VNode | null {
  const queue = useModel((model) => model.queue);
  if (queue.length === 0) return null;
  return (
    <ul class="queue" aria-label="Waiting messages">
      {queue.map((message) => (
        <QueueEntry key={message.uuid} message={message} />
      ))}
    </ul>
  );
}

function QueueEntry({ message }: { readonly message: QueuedMessage }): VNode {
  const { peer, announce } = usePanel();
  const remove = (): void => {
    peer
      .request('cancel_async_message', { message_uuid: message.uuid })
      .then(({ cancelled }) =>
        announce(cancelled ? 'Message removed' : 'The message has already been taken up.'),
      )
      .catch(() => announce('The message could not be removed.'));
  };
  return (
    <li class="queue-entry">
      <span class="queue-word">{message.isAcknowledged ? 'Queued' : 'Sending'}</span>
      <span class="queue-text">{message.text}</span>
      {message.isAcknowledged && <IconButton icon="close" label="Remove" onClick={remove} />}
    </li>
  );
}
