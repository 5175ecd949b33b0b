/** The lines that a person may comment on: what the agents have changed, whether it waits for an answer or was kept. No editor in here. */
import {
  type AgentLines,
  findLines,
  joinRanges,
  type LineRange,
  noteLines,
} from '../../core/review/agentLines.ts';
import { type Lines, toReviewLines } from '../../core/review/reviewText.ts';
import type { Review, TakenChange } from '../review/review.ts';
import type { LineStorage } from './lineStorage.ts';

export interface CommentableLines {
  /** In the text that stands there. */
  of(path: string, current: Lines): readonly LineRange[];
  /** Others may be commented on now. */
  onDidChange(listener: () => void): { dispose(): void };
  /** Resolves when what is known of an earlier window counts. */
  readonly ready: Promise<void>;
  /** Resolves when all is written. */
  flush(): Promise<void>;
  dispose(): void;
}

/** Files whose kept lines are remembered, and the characters of the largest. */
const MOST_FILES = 200;
const MOST_CHARS = 500_000;

type ReviewOfChanges = Pick<Review, 'hunks' | 'onDidTakeIn' | 'onDidTakeChange' | 'ready'>;

export function createCommentableLines(review: ReviewOfChanges, storage: LineStorage): CommentableLines {
  const known = new Map<string, AgentLines>();
  const listeners = new Set<() => void>();
  /** What is taken in before that of an earlier window is known; undefined: it is. */
  let early: TakenChange[] | undefined = [];
  const tell = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const restore = async (): Promise<void> => {
    for (const { path, text, ranges } of await storage.read())
      known.set(path, { text: toReviewLines(text), ranges });
    const changes = early ?? [];
    early = undefined;
    for (const change of changes) note(known, change);
    if (changes.length > 0) storage.save(toWritten(known));
    await review.ready;
    tell();
  };
  const subscriptions = [
    review.onDidTakeChange((change) => {
      if (early === undefined) note(known, change);
      else early.push(change);
    }),
    review.onDidTakeIn(() => {
      if (early === undefined) storage.save(toWritten(known));
      tell();
    }),
  ];
  return {
    ready: restore(),
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
    flush: () => storage.flush(),
    dispose() {
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}

/** What was changed last comes last. */
function note(known: Map<string, AgentLines>, { path, before, after, isRewind }: TakenChange): void {
  const last = known.get(path);
  known.delete(path);
  if (before.length + after.length > MOST_CHARS) return;
  const change = { before: toReviewLines(before), after: toReviewLines(after) };
  known.set(path, noteLines(last, change, !isRewind));
  const [oldest] = known.keys();
  if (known.size > MOST_FILES && oldest !== undefined) known.delete(oldest);
}

function toWritten(known: ReadonlyMap<string, AgentLines>) {
  return [...known]
    .filter(([, { ranges }]) => ranges.length > 0)
    .map(([path, { text, ranges }]) => ({ path, text: text.join(''), ranges }));
}
