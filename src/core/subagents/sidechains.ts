/** Where the conversations of subagents are kept when nothing is kept: in memory, as long as the subagent lives. */
import type { SidechainStore } from '../sessions/transcriptStore.ts';

export const noSidechains: SidechainStore = {
  open: async (_transcriptPath, agentId) => ({
    path: agentId,
    read: async () => new Uint8Array(),
    append: async () => {},
    quarantine: async () => 0,
    close: async () => {},
  }),
};
