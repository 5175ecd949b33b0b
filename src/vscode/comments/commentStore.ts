/** Where comments are kept, so that they outlive the window: in the state of the workspace. No editor in here. */
import * as z from 'zod';
import type { Log } from '../../core/ports.ts';
import type { CommentThread } from '../../core/review/commentThreads.ts';
import { COMMENTS_KEY } from './commentsKey.ts';

export interface StoredComments {
  readonly threads: readonly CommentThread[];
  /** The number of the next one. */
  readonly next: number;
}

export interface CommentStore {
  /** Nothing where there is nothing, or where it is not understood. */
  read(): StoredComments;
  /** Never rejects. */
  save(comments: StoredComments): Promise<void>;
}

/** As VS Code's Memento. */
export interface StateOfWorkspace {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

/** Threads that are kept: those that the agent has not been told first, then those that are not resolved, then the newest. */
const MOST_THREADS = 200;

const thread = z.object({
  id: z.string(),
  path: z.string(),
  start: z.number().int().min(0),
  end: z.number().int().min(0),
  quoted: z.array(z.string()),
  comments: z
    .array(
      z.object({
        author: z.enum(['user', 'belay']),
        text: z.string(),
        isSent: z.boolean(),
        message: z.string().optional(),
      }),
    )
    .min(1),
  isResolved: z.boolean(),
  sessionId: z.string().nullable(),
});
const stored = z.object({ threads: z.array(thread), next: z.number().int().min(1) });

export function createCommentStore(state: StateOfWorkspace, log: Pick<Log, 'warn'>): CommentStore {
  return {
    read() {
      const parsed = stored.safeParse(state.get(COMMENTS_KEY));
      return parsed.success ? parsed.data : { threads: [], next: 1 };
    },
    async save({ threads, next }) {
      const kept = threads.length === 0 && next === 1 ? undefined : { threads: choose(threads), next };
      try {
        await state.update(COMMENTS_KEY, kept);
      } catch (error) {
        log.warn('the comments on changes could not be kept', { error });
      }
    },
  };
}

function choose(threads: readonly CommentThread[]): readonly CommentThread[] {
  if (threads.length <= MOST_THREADS) return threads;
  const rank = ({ comments, isResolved }: CommentThread): number =>
    comments.some(({ isSent }) => !isSent) ? 0 : isResolved ? 2 : 1;
  const kept = new Set(
    threads
      .map((each, index) => ({ each, index }))
      .sort((one, other) => rank(one.each) - rank(other.each) || other.index - one.index)
      .slice(0, MOST_THREADS)
      .map(({ each }) => each),
  );
  return threads.filter((each) => kept.has(each));
}
