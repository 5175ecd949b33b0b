/** What hooks have to say when a subagent starts and when it wants to end. */
import type { Hooks } from '../hooks/hooks.ts';
import { askPreCompact, type CompactRequest } from '../loop/compaction.ts';
import { nameCaller } from './narrowAuthorization.ts';
import type { SubagentIdentity } from './subagentEmitter.ts';

export interface StoppingSubagent {
  readonly transcriptPath: string;
  readonly lastText: string;
  /** A hook has sent it back to work before. */
  readonly isRepeated: boolean;
}

export interface SubagentHooks {
  /** For the subagent, besides its prompt. */
  onStart(agent: SubagentIdentity, signal: AbortSignal): Promise<readonly string[]>;
  /** Before its conversation is compacted; a text says why it is not to be. */
  onCompact(
    agent: SubagentIdentity,
    request: CompactRequest,
    signal: AbortSignal,
  ): Promise<string | undefined>;
  /** What it has still to do; empty: it may end. */
  onStop(
    agent: SubagentIdentity,
    stopping: StoppingSubagent,
    signal: AbortSignal,
  ): Promise<readonly string[]>;
}

export function createSubagentHooks(hooks: Hooks): SubagentHooks {
  return {
    async onStart({ agentId, type }, signal) {
      const input = { agent_id: agentId, agent_type: type };
      return (await hooks.run('SubagentStart', input, { signal })).additionalContext;
    },
    onCompact: ({ agentId, type: agentType }, request, signal) =>
      askPreCompact(request, nameCaller(hooks, { agentId, agentType }), signal),
    async onStop({ agentId, type }, { transcriptPath, lastText, isRepeated }, signal) {
      const input = {
        agent_id: agentId,
        agent_type: type,
        agent_transcript_path: transcriptPath,
        stop_hook_active: isRepeated,
        last_assistant_message: lastText,
      };
      const { stop, block, additionalContext } = await hooks.run('SubagentStop', input, { signal });
      if (stop !== undefined) return [];
      return [...(block === undefined ? [] : [block.reason]), ...additionalContext];
    },
  };
}
