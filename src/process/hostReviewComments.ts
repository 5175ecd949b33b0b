/** The comments that stand in the editor, from a process that is not the editor's. */
import type { Peer } from '../channel/peer.ts';
import type { Log, ReviewComments } from '../core/ports.ts';

export function createHostReviewComments(
  host: Pick<Peer, 'request'>,
  { sessionId, log }: { readonly sessionId: string; readonly log: Pick<Log, 'warn'> },
): ReviewComments {
  return {
    async resolve(answer, signal) {
      const request = { session_id: sessionId, ...answer };
      try {
        const { found, open } = await host.request('belay/comment_resolve', request, { signal });
        return { isFound: found, open };
      } catch (error) {
        log.warn('the editor could not be told of a comment', { error: String(error) });
        return { isFound: false, open: [] };
      }
    },
  };
}
