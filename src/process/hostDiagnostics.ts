/** What the editor finds wrong with files, asked from a process that is not the editor's. */
import type { Peer } from '../channel/peer.ts';
import type { Diagnostics, Log } from '../core/ports.ts';

export function createHostDiagnostics(host: Pick<Peer, 'request'>, log: Pick<Log, 'debug'>): Diagnostics {
  const note = (error: unknown): undefined => {
    log.debug('the editor did not say what it finds wrong', { error: String(error) });
  };
  return {
    async before(path, signal) {
      const answer = await host.request('belay/problems_before', { path }, { signal }).catch(note);
      return answer?.baseline;
    },
    async after(baseline, signal) {
      const answer = await host.request('belay/problems_after', { baseline }, { signal }).catch(note);
      return answer ?? baseline;
    },
  };
}
