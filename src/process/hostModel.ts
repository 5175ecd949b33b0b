/**
 * Asks the model from a process that is not the editor's. The host says for each request which provider is chosen and what
 * its key is; servers are asked from here, the editor's own models through the host.
 */
import type { MessageQueue } from '../channel/messageQueue.ts';
import { createMessageQueue } from '../channel/messageQueue.ts';
import type { Peer } from '../channel/peer.ts';
import { createAnthropicModel } from '../core/model/anthropicModel.ts';
import { ModelError } from '../core/model/modelError.ts';
import type { ModelRequest } from '../core/model/modelRequest.ts';
import type { ModelTable } from '../core/model/modelTable.ts';
import { createOfflineModel } from '../core/model/offline/offlineModel.ts';
import type { Clock, StreamModel } from '../core/ports.ts';
import type { ResponseOf } from '../protocol/control.ts';
import type { StreamEvent } from '../protocol/streamEvents.ts';

export interface HostModelDeps {
  readonly host: Pick<Peer, 'request'>;
  readonly clock: Clock;
  readonly models: () => ModelTable;
}

export interface HostModel {
  readonly streamModel: StreamModel;
  /** An event of a reply that the host passes on. */
  receive(streamId: string, event: StreamEvent): void;
}

export function createHostModel(deps: HostModelDeps): HostModel {
  const { host, clock } = deps;
  const replies = new Map<string, MessageQueue<StreamEvent>>();
  const offline = createOfflineModel({ clock });

  async function* streamFromHost(
    request: ModelRequest,
    signal: AbortSignal,
  ): AsyncGenerator<StreamEvent, void> {
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
  }

  return {
    async *streamModel(request, signal) {
      const access = await host.request('belay/model_access', {}, { signal });
      switch (access.provider) {
        case null:
          throw new ModelError({
            kind: 'no_provider',
            code: 'no_provider',
            message: 'No provider is chosen.',
          });
        case 'offline':
          return yield* offline(request, signal);
        case 'vscode-lm':
          return yield* streamFromHost(request, signal);
        case 'anthropic':
        case 'local':
          return yield* createServerModel(access, deps)(request, signal);
        default:
          access.provider satisfies never;
      }
    },
    receive: (streamId, event) => replies.get(streamId)?.push(event),
  };
}

/** Of this request alone: the next one may have another key, or go elsewhere. */
function createServerModel(
  { baseUrl, apiKey, authToken }: ResponseOf<'belay/model_access'>,
  { clock, models }: HostModelDeps,
): StreamModel {
  const keys = { 'anthropic-api-key': apiKey, 'anthropic-auth-token': authToken };
  return createAnthropicModel({
    secrets: { get: async (name) => keys[name] },
    baseUrl: () => baseUrl,
    clock,
    models,
  });
}

/** What models of the editor take; they know neither effort nor thinking. */
function toWire({ model, system, tools, messages, maxTokens }: ModelRequest) {
  return {
    ...{ model, maxTokens },
    system: [...system],
    tools: tools.map((tool) => ({ ...tool })),
    messages: messages.map(({ role, content }) => ({ role, content: [...content] })),
  };
}
