/**
 * The questions of the agent that wait for a person. Each stands on every panel that shows the session, is answered once,
 * and is withdrawn everywhere else then; a panel that comes back is asked again. With no panel at all a question waits.
 */
import { ChannelClosedError, type Peer } from '../channel/peer.ts';
import type { RequestOf } from '../protocol/control.ts';
import type { PermissionResult } from '../protocol/permissions.ts';

export type PermissionQuestion = RequestOf<'can_use_tool'>;
/** The part of a panel's peer that is needed here. */
export type PermissionPanel = Pick<Peer, 'request'>;

export interface PendingPermissions {
  /** Resolves with a person's answer; rejects with the signal's reason when the agent withdraws the question. */
  ask(question: PermissionQuestion, signal: AbortSignal): Promise<PermissionResult>;
  /** Puts everything that waits on this panel, and what comes later; returns how to take it off again. */
  attach(panel: PermissionPanel): () => void;
  /** A person's answer that was given elsewhere in the editor; nothing happens when the question does not wait (any more). */
  answer(question: PermissionQuestion, answer: PermissionResult): void;
  /** Questions without an answer, oldest first. */
  waiting(): readonly PermissionQuestion[];
}

interface Entry {
  readonly question: PermissionQuestion;
  /** Where it is shown; aborting takes it off that panel. */
  readonly shown: Map<PermissionPanel, AbortController>;
  readonly settle: (outcome: () => void) => void;
  readonly resolve: (answer: PermissionResult) => void;
}

/**
 * What a panel has answered, as it is to count; undefined: the panel is to be asked again, because it has shown something else
 * than is there by now. Must not throw.
 */
export type ReviewAnswer = (
  question: PermissionQuestion,
  answer: PermissionResult,
) => PermissionResult | undefined;

/** `onChange` is called whenever a question comes or goes. It must not throw. */
export function createPendingPermissions(
  onChange: () => void,
  review: ReviewAnswer = (_question, answer) => answer,
): PendingPermissions {
  const entries = new Set<Entry>();
  const panels = new Set<PermissionPanel>();

  function ask(question: PermissionQuestion, signal: AbortSignal): Promise<PermissionResult> {
    if (signal.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const withdraw = (): void => entry.settle(() => reject(signal.reason));
      const entry: Entry = {
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

  async function show(entry: Entry, panel: PermissionPanel): Promise<void> {
    const controller = new AbortController();
    entry.shown.set(panel, controller);
    try {
      const answer = await panel.request('can_use_tool', entry.question, { signal: controller.signal });
      if (controller.signal.aborted) return;
      const checked = checkAnswer(entry.question, answer);
      const reviewed = review(entry.question, checked);
      if (reviewed !== undefined) entry.settle(() => entry.resolve(reviewed));
      else if (panels.has(panel)) void show(entry, panel);
    } catch (error) {
      // A panel that went away has answered nothing. Anything else it said that is no answer is a denial.
      entry.shown.delete(panel);
      if (controller.signal.aborted || error instanceof ChannelClosedError) return;
      entry.settle(() =>
        entry.resolve({
          behavior: 'deny',
          message: 'The answer to the permission request was not understood.',
        }),
      );
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

/**
 * An approval holds for exactly what was shown, so the digest of the question must come back with it; and a panel can
 * remember nothing but what was suggested, in no place but those that were named.
 */
function checkAnswer(question: PermissionQuestion, answer: PermissionResult): PermissionResult {
  if (answer.behavior !== 'allow') return answer;
  if (question.digest !== undefined && answer.digest !== question.digest) {
    return { behavior: 'deny', message: 'The approval was not for what was asked, so it does not count.' };
  }
  const offered = (question.rule_offers ?? []).flatMap(({ update, destinations = [] }) => [
    update,
    ...destinations.map((destination) => ({ ...update, destination })),
  ]);
  const suggested = new Set(
    [...(question.permission_suggestions ?? []), ...offered].map((update) => JSON.stringify(update)),
  );
  // The text of a file comes from the editor's own document, never from a page.
  const { updatedPermissions = [], belay_accepted: _, ...rest } = answer;
  const remembered = updatedPermissions.filter((update) => suggested.has(JSON.stringify(update)));
  return remembered.length === 0 ? rest : { ...rest, updatedPermissions: remembered };
}
