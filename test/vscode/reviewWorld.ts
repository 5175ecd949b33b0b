/** A review, and sessions that have changed files, without agents behind them. */
import { toReviewLines } from '../../src/core/review/reviewText.ts';
import { Review, type ReviewDeps, type ReviewedSession } from '../../src/vscode/review/review.ts';
import type { StoredReview } from '../../src/vscode/review/reviewStorage.ts';

export interface Changed {
  readonly path: string;
  readonly change: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly binary?: boolean;
  readonly before_id?: string;
  readonly after_id?: string;
}

/** What a session answers where it is not asked for its changes. */
export type Answer = (subtype: string, payload: Asked) => unknown;

export interface Asked {
  readonly path?: string;
  readonly paths?: readonly string[];
  readonly dry_run?: boolean;
}

/** A session that has changed these files in one call, in the turn of its name. */
export function sessionWith(
  changed: readonly Changed[],
  { name = 's', answer = () => undefined }: { readonly name?: string; readonly answer?: Answer } = {},
): ReviewedSession {
  const checkpoint = {
    id: `c of ${name}`,
    user_message_id: `turn of ${name}`,
    tool_use_id: 'u',
    origin: 'shell',
    is_redo: false,
    changes: changed.map(({ path, change }) => ({ path, change })),
  };
  const request = async (subtype: string, asked: Asked): Promise<unknown> => {
    if (subtype === 'belay/checkpoint_list') return { checkpoints: [checkpoint] };
    const own = answer(subtype, asked);
    if (own instanceof Error) throw own;
    return own ?? { binary: false, ...changed.find((each) => each.path === asked.path) };
  };
  const session = { sessionId: name, ready: Promise.resolve(), hasAgreed: () => false, request };
  return session as unknown as ReviewedSession;
}

/** `currentTexts`: where nothing says what stands in the files, it is always "new". */
export function openReview(currentTexts: ReviewDeps['currentTexts'] = alwaysNew): {
  readonly review: Review;
  readonly saved: StoredReview[];
} {
  const saved: StoredReview[] = [];
  const review = new Review({
    storage: {
      read: async () => ({ files: [], cursors: new Map() }),
      save: (stored) => void saved.push(stored),
      flush: async () => undefined,
    },
    currentTexts,
    log: { warn: () => undefined, debug: () => undefined },
  });
  return { review, saved };
}

const alwaysNew: ReviewDeps['currentTexts'] = () => ({
  get: () => NEW,
  look: async () => undefined,
  onDidChange: () => ({ dispose: () => undefined }),
  dispose: () => undefined,
});

const NEW = toReviewLines('new\n');

/** Waits for something the editor does by itself; the test's own limit ends the wait. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}
