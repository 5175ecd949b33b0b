/** What an MCP server wants of the person at the client. Nobody answers, or not in the right form: it is declined. */
import type { Peer } from '../../channel/peer.ts';
import type { RequestOf } from '../../protocol/control.ts';
import type { ElicitationAnswer } from '../../protocol/mcp.ts';

export type Elicitation = RequestOf<'elicitation'>;

/** Rejects never. */
export type Elicit = (asked: Elicitation, signal: AbortSignal) => Promise<ElicitationAnswer>;

export function createElicit(request: Peer['request']): Elicit {
  return async (asked, signal) => {
    if (asked.mode === 'url' && !isWebAddress(asked.url)) return { action: 'decline' };
    try {
      return await request('elicitation', asked, { signal });
    } catch {
      // A client that knows no such request says so with an error; one that has gone says nothing.
      return { action: signal.aborted ? 'cancel' : 'decline' };
    }
  };
}

/** Nothing else may be opened for a server. */
function isWebAddress(url: string | undefined): boolean {
  return url !== undefined && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
