/** One prompt, or a stream of them, and the messages that come of it. */
import type { ConversationMessage } from '../protocol/messages.ts';
import { AgentClient, type Prompt } from './agentClient.ts';
import type { Options } from './options.ts';

export interface QueryInput {
  readonly prompt: string | AsyncIterable<Prompt>;
  readonly options?: Options;
}

/**
 * Starts an agent, and ends it with the result of the last prompt (or when nobody listens any more). A turn that failed is a
 * result with `is_error`; what is thrown is a SdkError.
 */
export async function* query({
  prompt,
  options = {},
}: QueryInput): AsyncGenerator<ConversationMessage, void> {
  await using client = new AgentClient(options);
  await client.connect();
  if (typeof prompt === 'string') {
    await client.query(prompt);
    yield* client.receiveResponse();
    return;
  }
  for await (const next of prompt) {
    await client.query(next);
    yield* client.receiveResponse();
  }
}
