/**
 * Questions of the agent that wait for a person. Each stands on every panel that shows the session, is answered once, and is
 * withdrawn everywhere else then; a panel that comes back is asked again. With no panel at all a question waits.
 */
import { ChannelClosedError, type Peer } from '../channel/peer.ts';
import type { RequestOf, ResponseOf } from '../protocol/control.ts';

/** What a panel is asked. */
export type QuestionKind = 'can_use_tool' | 'elicitation' | 'belay/mcp_sample';
/** The part of a panel's peer that is needed here. */
export type QuestionPanel = Pick<Peer, 'request'>;

export interface PendingQuestions<Kind extends QuestionKind> {
  /** Resolves with a person's answer; rejects with the signal's reason when the agent withdraws the question. */
  ask(question: RequestOf<Kind>, signal: AbortSignal): Promise<ResponseOf<Kind>>;
  /** Puts everything that waits on this panel, and what comes later; returns how to take it off again. */
  attach(panel: QuestionPanel): () => void;
  /** A person's answer that was given elsewhere in the editor; nothing happens when the question does not wait (any more). */
  answer(question: RequestOf<Kind>, answer: ResponseOf<Kind>): void;
  /** Questions without an answer, oldest first. */
  waiting(): readonly RequestOf<Kind>[];
}

export interface PendingQuestionsOptions<Kind extends QuestionKind> {
  readonly kind: Kind;
  /** Called whenever a question comes or goes. Must not throw. */
  readonly onChange: () => void;
  /**
   * What a panel has answered, as it is to count; undefined: the panel is to be asked again, because it has shown something
   * else than is there by now. Must not throw.
   */
  readonly review: (question: RequestOf<Kind>, answer: ResponseOf<Kind>) => ResponseOf<Kind> | undefined;
  /** What counts where a panel's answer is none. */
  readonly misunderstood: ResponseOf<Kind>;
}

interface Entry<Kind extends QuestionKind> {
  readonly question: RequestOf<Kind>;
  /** Where it is shown; aborting takes it off that panel. */
  readonly shown: Map<QuestionPanel, AbortController>;
  readonly settle: (outcome: () => void) => void;
  readonly resolve: (answer: ResponseOf<Kind>) => void;
}

export function createPendingQuestions<Kind extends QuestionKind>({
  kind,
  onChange,
  review,
  misunderstood,
}: PendingQuestionsOptions<Kind>): PendingQuestions<Kind> {
  const entries = new Set<Entry<Kind>>();
  const panels = new Set<QuestionPanel>();

  function ask(question: RequestOf<Kind>, signal: AbortSignal): Promise<ResponseOf<Kind>> {
    if (signal.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const withdraw = (): void => entry.settle(() => reject(signal.reason));
      const entry: Entry<Kind> = {
        question,
        shown: new Map(),
        resolve,
        settle(outcome) {
          if (!entries.delete(entry)) return;
          signal.removeEventListener('abort', withdraw);
          for (const controller of entry.shown.values()) controller.abort();
          outcome();
          onChange();
        },
      };
      entries.add(entry);
      signal.addEventListener('abort', withdraw, { once: true });
      for (const panel of panels) void show(entry, panel);
      onChange();
    });
  }

  async function show(entry: Entry<Kind>, panel: QuestionPanel): Promise<void> {
    const controller = new AbortController();
    entry.shown.set(panel, controller);
    try {
      const answer = await panel.request(kind, entry.question, { signal: controller.signal });
      if (controller.signal.aborted) return;
      const reviewed = review(entry.question, answer);
      if (reviewed !== undefined) entry.settle(() => entry.resolve(reviewed));
      else if (panels.has(panel)) void show(entry, panel);
    } catch (error) {
      // A panel that went away has answered nothing.
      entry.shown.delete(panel);
      if (controller.signal.aborted || error instanceof ChannelClosedError) return;
      entry.settle(() => entry.resolve(misunderstood));
    }
  }

  return {
    ask,
    attach(panel) {
      panels.add(panel);
      for (const entry of entries) void show(entry, panel);
      return () => {
        panels.delete(panel);
        for (const entry of entries) {
          entry.shown.get(panel)?.abort();
          entry.shown.delete(panel);
        }
      };
    },
    answer(question, answer) {
      const entry = [...entries].find((other) => other.question === question);
      entry?.settle(() => entry.resolve(answer));
    },
    waiting: () => [...entries].map((entry) => entry.question),
  };
}
