// The review takes in what a session has changed, whatever becomes of its agent meanwhile.

import { strict as assert } from 'node:assert';
import { ChannelClosedError, RequestError } from '../../src/channel/peer.ts';
import { toReviewLines } from '../../src/core/review/reviewText.ts';
import { Review, type ReviewedSession } from '../../src/vscode/review/review.ts';
import type { StoredReview } from '../../src/vscode/review/reviewStorage.ts';
import type { TestFunction } from './suite.ts';

const PATHS = ['/w/a.txt', '/w/b.txt'];

export default function reviewSuite(test: TestFunction): void {
  test('an agent that goes away while a change is taken in leaves all of it for the next time', async () => {
    const { review, saved } = openReview();
    await review.sync(sessionOf(new ChannelClosedError()));
    assert.deepEqual(
      PATHS.map((path) => review.file(path)),
      [undefined, undefined],
    );
    assert.equal(saved.at(-1)?.cursors.get('s'), undefined);
    await review.sync(sessionOf(undefined));
    assert.deepEqual(
      PATHS.map((path) => review.hunks(path).map(({ base, agent }) => [base, agent])),
      PATHS.map(() => [[['old\n'], ['new\n']]]),
    );
    assert.equal(saved.at(-1)?.cursors.get('s'), 'c1');
    await review.sync(sessionOf(undefined));
    assert.equal(review.waiting().length, 2);
    review.dispose();
  });

  test('a change whose texts are lost is answered as a whole', async () => {
    const { review } = openReview();
    await review.sync(sessionOf(new RequestError('The copy is damaged.')));
    assert.deepEqual(
      PATHS.map((path) => review.file(path)?.kind),
      ['text', 'whole'],
    );
    review.dispose();
  });
}

/** A session that has changed both files in one call; the second can't be asked about where there is an error. */
function sessionOf(error: Error | undefined): ReviewedSession {
  const changes = PATHS.map((path) => ({
    path,
    change: 'modified',
    taken_back: false,
    insertions: 1,
    deletions: 1,
  }));
  const checkpoint = {
    id: 'c1',
    user_message_id: 't',
    tool_use_id: 'u',
    origin: 'shell',
    is_redo: false,
    changes,
  };
  const request = async (subtype: string, { path }: { readonly path?: string }): Promise<unknown> => {
    if (subtype === 'belay/checkpoint_list') return { checkpoints: [checkpoint] };
    if (error !== undefined && path === PATHS[1]) throw error;
    return { before: 'old\n', after: 'new\n', binary: false, hunks: [] };
  };
  const session = { sessionId: 's', ready: Promise.resolve(), hasAgreed: () => false, request };
  return session as unknown as ReviewedSession;
}

function openReview(): { readonly review: Review; readonly saved: StoredReview[] } {
  const saved: StoredReview[] = [];
  const review = new Review({
    storage: {
      read: async () => ({ files: [], cursors: new Map() }),
      save: (stored) => void saved.push(stored),
      flush: async () => undefined,
    },
    currentTexts: () => ({
      get: () => NEW,
      look: async () => undefined,
      onDidChange: () => ({ dispose: () => undefined }),
      dispose: () => undefined,
    }),
    log: { warn: () => undefined, debug: () => undefined },
  });
  return { review, saved };
}

const NEW = toReviewLines('new\n');
