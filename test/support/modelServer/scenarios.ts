/** Chooses the reply to a request: by what the user said last, for tests that can't reach the server otherwise. */
import { type ApiRequest, blocksOf } from './apiRequest.ts';
import type { Reply } from './steps.ts';

/** By a piece of the user's text: the replies to the requests of that turn, in order. */
export type Scenarios = Readonly<Record<string, readonly Reply[]>>;

interface Progress {
  next: number;
  /** The messages of the last request, to tell a retry from the same words said again. */
  asked: string;
}

export class ScenarioPlayer {
  readonly #scenarios = new Map<string, readonly Reply[]>();
  readonly #progress = new Map<string, Progress>();

  set(scenarios: Scenarios): void {
    for (const [key, replies] of Object.entries(scenarios)) this.#scenarios.set(key, replies);
  }

  /**
   * The reply to this request; undefined when no scenario is meant. Each request of a turn gets the next one, a retry too.
   * The same words in a new turn begin the scenario again.
   */
  next(request: ApiRequest): Reply | undefined {
    const { text, isFirst } = readTurn(request);
    const key = [...this.#scenarios.keys()]
      .filter((piece) => text.includes(piece))
      .sort((a, b) => b.length - a.length)[0];
    if (key === undefined) return undefined;
    const asked = JSON.stringify(request.messages);
    const progress = this.#progress.get(key) ?? { next: 0, asked: '' };
    if (isFirst && progress.asked !== asked) progress.next = 0;
    const reply = this.#scenarios.get(key)?.[progress.next];
    this.#progress.set(key, { next: progress.next + 1, asked });
    return reply;
  }
}

/** What the user said last, and whether the model has said nothing since. */
function readTurn({ messages }: ApiRequest): { readonly text: string; readonly isFirst: boolean } {
  for (const [index, message] of [...messages.entries()].reverse()) {
    if (message.role !== 'user') continue;
    const texts = blocksOf(message).flatMap(({ type, text }) => (type === 'text' ? [String(text)] : []));
    const said = texts.filter((text) => !text.startsWith('<system-reminder>'));
    if (said.length === 0) continue;
    return {
      text: said.join('\n'),
      isFirst: !messages.slice(index).some(({ role }) => role === 'assistant'),
    };
  }
  return { text: '', isFirst: true };
}
