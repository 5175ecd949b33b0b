/** The language servers of the editor, asked from a process that is not the editor's. */
import type { Peer } from '../channel/peer.ts';
import type { LanguageFeatures } from '../core/ports.ts';

export function createHostLanguageFeatures(host: Pick<Peer, 'request'>): LanguageFeatures {
  return {
    async ask(question, signal) {
      try {
        const { answer } = await host.request('belay/language_ask', { question }, { signal });
        return answer;
      } catch (error) {
        const reason = `The editor did not answer: ${error instanceof Error ? error.message : String(error)}`;
        return { kind: 'refused', reason };
      }
    },
  };
}
