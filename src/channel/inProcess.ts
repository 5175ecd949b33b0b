/** Two ends of a channel within one process. What is carried is cloned, so that no object is shared between the sides. */
import type { Channel } from './channel.ts';
import { createMessageQueue, type MessageQueue } from './messageQueue.ts';

export function createInProcessPair(): readonly [Channel, Channel] {
  const left = createMessageQueue<unknown>();
  const right = createMessageQueue<unknown>();
  const close = (): void => {
    left.end();
    right.end();
  };
  return [createEnd(left, right, close), createEnd(right, left, close)];
}

function createEnd(
  incoming: MessageQueue<unknown>,
  outgoing: MessageQueue<unknown>,
  close: () => void,
): Channel {
  return {
    async send(message) {
      outgoing.push(structuredClone(message));
    },
    messages: incoming,
    close,
  };
}
