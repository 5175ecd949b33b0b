/** What a person has said and no agent has taken up yet: an agent that is lost must not take it along. */
import type { UserMessage } from '../protocol/messages.ts';

interface Entry {
  readonly message: UserMessage;
  /** The agents it was said to. A message that ends whoever hears it is not said for ever. */
  readonly saidTo: Set<object>;
}

const MAX_AGENTS = 2;

export class UntakenMessages {
  readonly #entries = new Map<string, Entry>();

  add(message: UserMessage): void {
    if (message.uuid !== undefined) this.#entries.set(message.uuid, { message, saidTo: new Set() });
  }

  forget(uuid: string | undefined): void {
    if (uuid !== undefined) this.#entries.delete(uuid);
  }

  /** Of a request to the agent and its answer: what a person has taken back is not to be said again. */
  forgetCancelled(request: object, answer: unknown): void {
    const { cancelled } = (answer ?? {}) as { readonly cancelled?: unknown };
    if (cancelled === true && 'message_uuid' in request) this.forget(String(request.message_uuid));
    if (Array.isArray(cancelled)) for (const uuid of cancelled) this.forget(String(uuid));
  }

  /** What this agent is still to hear, in the order it was said. Each is given once. */
  takeFor(agent: object): readonly UserMessage[] {
    const due = [...this.#entries.values()].filter(
      ({ saidTo }) => !saidTo.has(agent) && saidTo.size < MAX_AGENTS,
    );
    for (const { saidTo } of due) saidTo.add(agent);
    return due.map(({ message }) => message);
  }
}
