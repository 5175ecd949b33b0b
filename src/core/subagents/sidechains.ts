/** Where the conversations of subagents are kept when nothing is kept: in memory, as long as the subagent lives. */
import type { SidechainStore } from '../sessions/transcriptStore.ts';

export const noSidechains: SidechainStore = {
  list: async () => [],
  open: async (_transcriptPath, agentId) => ({
    path: agentId,
    read: async () => 0,
    append: async () => {},
    quarantine: async () => ({ news: 0, removed: false }),
    close: async () => {},
  }),
};
