/** What a person has said and no agent has taken up yet: an agent that is lost must not take it along. */
import { changeQueue } from '../core/loop/queueChanges.ts';
import type { RequestOf } from '../protocol/control.ts';
import type { UserMessage } from '../protocol/messages.ts';

interface Entry {
  readonly uuid: string;
  readonly message: UserMessage;
  /** The agents it was said to. A message that ends whoever hears it is not said for ever. */
  readonly saidTo: Set<object>;
  /** Wait to learn whether it was taken up. */
  readonly asking: ((isTakenUp: boolean) => void)[];
}

const MAX_AGENTS = 2;

export class UntakenMessages {
  /** In the order they are to be said. */
  #entries: readonly Entry[] = [];

  add(message: UserMessage): void {
    const { uuid } = message;
    if (uuid === undefined) return;
    this.#forget(uuid, false);
    this.#entries = [...this.#entries, { uuid, message, saidTo: new Set(), asking: [] }];
  }

  /** Whether an agent takes this message up; false: a person has taken it back. Of one that is not here it was. */
  isTakenUp(uuid: string): Promise<boolean> {
    const entry = this.#entries.find((each) => each.uuid === uuid);
    if (entry === undefined) return Promise.resolve(true);
    return new Promise((resolve) => entry.asking.push(resolve));
  }

  takeUp(uuid: string | undefined): void {
    this.#forget(uuid, true);
  }

  /** A request to the agent and its answer: what a person has taken back is not said again, what they have changed is said so. */
  takeAnswer(request: object, answer: unknown): void {
    const { cancelled, changed } = (answer ?? {}) as {
      readonly cancelled?: unknown;
      readonly changed?: unknown;
    };
    const { message_uuid: uuid, change } = request as Partial<RequestOf<'belay/queue_change'>>;
    if (cancelled === true) this.#forget(uuid, false);
    if (Array.isArray(cancelled)) for (const each of cancelled) this.#forget(String(each), false);
    if (changed === true && uuid !== undefined && change !== undefined)
      this.#entries = changeQueue(this.#entries, uuid, change) ?? this.#entries;
  }

  /** What this agent is still to hear, in the order it was said. Each is given once. */
  takeFor(agent: object): readonly UserMessage[] {
    const due = this.#entries.filter(({ saidTo }) => !saidTo.has(agent) && saidTo.size < MAX_AGENTS);
    for (const { saidTo } of due) saidTo.add(agent);
    return due.map(({ message }) => message);
  }

  #forget(uuid: string | undefined, isTakenUp: boolean): void {
    const gone = this.#entries.filter((entry) => entry.uuid === uuid);
    this.#entries = this.#entries.filter((entry) => entry.uuid !== uuid);
    for (const { asking } of gone) for (const tell of asking) tell(isTakenUp);
  }
}
