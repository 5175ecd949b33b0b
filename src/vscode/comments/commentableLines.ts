/** The lines that a person may comment on: what the agents have changed, whether it waits for an answer or was kept. No editor in here. */
import {
  type AgentLines,
  findLines,
  joinRanges,
  type LineRange,
  noteLines,
} from '../../core/review/agentLines.ts';
import { type Lines, toReviewLines } from '../../core/review/reviewText.ts';
import type { Review } from '../review/review.ts';

export interface CommentableLines {
  /** In the text that stands there. */
  of(path: string, current: Lines): readonly LineRange[];
  /** Others may be commented on now. */
  onDidChange(listener: () => void): { dispose(): void };
  dispose(): void;
}

/** Files whose kept lines are remembered, and the characters of the largest. */
const MOST_FILES = 200;
const MOST_CHARS = 500_000;

type ReviewOfChanges = Pick<Review, 'hunks' | 'onDidTakeIn' | 'onDidTakeChange' | 'ready'>;

export function createCommentableLines(review: ReviewOfChanges): CommentableLines {
  const known = new Map<string, AgentLines>();
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const subscriptions = [
    review.onDidTakeChange(({ path, before, after, isRewind }) => {
      const last = known.get(path);
      known.delete(path);
      if (before.length + after.length > MOST_CHARS) return;
      const change = { before: toReviewLines(before), after: toReviewLines(after) };
      known.set(path, noteLines(last, change, !isRewind));
      const [oldest] = known.keys();
      if (known.size > MOST_FILES && oldest !== undefined) known.delete(oldest);
    }),
    review.onDidTakeIn(tell),
  ];
  void review.ready.then(tell);
  return {
    of(path, current) {
      const lines = known.get(path);
      const kept = lines === undefined ? [] : findLines(lines, current);
      const waiting = review
        .hunks(path)
        .map((hunk) => ({ start: hunk.currentStart, end: hunk.currentStart + hunk.current.length }));
      return joinRanges([...kept, ...waiting]);
    },
    onDidChange(listener) {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
    dispose() {
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}
