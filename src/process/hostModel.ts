/**
 * Asks the model from a process that is not the editor's, through the host: there the key is, and the editor's proxies and
 * certificates, and the models that other extensions give to it.
 */
import { createMessageQueue, type MessageQueue } from '../channel/messageQueue.ts';
import type { Peer } from '../channel/peer.ts';
import { ModelError } from '../core/model/modelError.ts';
import type { ModelRequest } from '../core/model/modelRequest.ts';
import type { StreamModel } from '../core/ports.ts';
import type { StreamEvent } from '../protocol/streamEvents.ts';

export interface HostModel {
  readonly streamModel: StreamModel;
  /** An event of a reply that the host passes on. */
  receive(streamId: string, event: StreamEvent): void;
}

export function createHostModel(host: Pick<Peer, 'request'>): HostModel {
  const replies = new Map<string, MessageQueue<StreamEvent>>();
  return {
    async *streamModel(request, signal) {
      const streamId = crypto.randomUUID();
      const reply = createMessageQueue<StreamEvent>();
      replies.set(streamId, reply);
      const asked = host
        .request('belay/model_stream', { stream_id: streamId, request: toWire(request) }, { signal })
        .finally(reply.end);
      // Met below; it may fail while the events that came before are still being read.
      asked.catch(() => undefined);
      try {
        yield* reply;
        const { failure } = await asked;
        if (failure !== undefined) throw new ModelError(failure);
      } finally {
        replies.delete(streamId);
      }
    },
    receive: (streamId, event) => replies.get(streamId)?.push(event),
  };
}

function toWire({ system, tools, messages, ...request }: ModelRequest) {
  return {
    ...request,
    system: [...system],
    tools: tools.map((tool) => ({ ...tool })),
    messages: messages.map(({ role, content }) => ({ role, content: [...content] })),
  };
}
