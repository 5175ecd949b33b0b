/** Two channels over one: what goes over the second travels in an envelope. Each side splits its end. */
import type { Channel } from './channel.ts';
import { createMessageQueue } from './messageQueue.ts';

export interface SplitChannel {
  /** As if it were alone: what comes without an envelope. */
  readonly main: Channel;
  readonly side: Channel;
}

const ENVELOPE = 'belay/side';

/** Both end with the outer channel. Closing one of them ends what it hears, and leaves the other two open. */
export function splitChannel(outer: Channel): SplitChannel {
  const main = createMessageQueue<unknown>();
  const side = createMessageQueue<unknown>();
  void deliver();

  async function deliver(): Promise<void> {
    try {
      for await (const message of outer.messages) {
        if (isEnvelope(message)) side.push(message.message);
        else main.push(message);
      }
    } finally {
      main.end();
      side.end();
    }
  }

  return {
    main: { send: (message) => outer.send(message), messages: main, close: main.end },
    side: {
      send: (message) => outer.send({ type: ENVELOPE, message }),
      messages: side,
      close: side.end,
    },
  };
}

function isEnvelope(message: unknown): message is { readonly message: unknown } {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === ENVELOPE;
}
