/** The end of an agent that a session holds, wherever the agent runs. */
import type { Channel } from '../channel/channel.ts';
import { createInProcessPair } from '../channel/inProcess.ts';
import type { Agent } from '../core/agent.ts';
import type { PermissionMode } from '../protocol/permissions.ts';

/** What an agent is started with. */
export interface AgentStart {
  readonly sessionId: string;
  /** The conversation so far comes from the transcript. */
  readonly resume: boolean;
  readonly model: string;
  /** undefined: what the settings files say. */
  readonly permissionMode: PermissionMode | undefined;
}

export interface AgentLink {
  readonly channel: Channel;
  /** Resolves when the agent has been put together. Rejects when that failed: then nothing runs. */
  readonly started: Promise<void>;
  /** Resolves, with what happened for a person, when the agent is gone though nobody closed it. Never rejects. */
  readonly lost: Promise<string>;
  /** There is no agent behind it: another process runs the session, and nothing can be said to it. */
  readonly isWatched?: true;
  /** Ends the turn and every process of the session, and writes what is to be written. */
  close(): Promise<void>;
}

const never = new Promise<never>(() => undefined);

/** An agent in this process: it is lost with the process only. `open` is given the agent's end of the channel. */
export function openInProcess(open: (channel: Channel) => Promise<Agent>): AgentLink {
  const [agentEnd, hostEnd] = createInProcessPair();
  const agent = open(agentEnd);
  const started = agent.then(() => undefined);
  return {
    channel: hostEnd,
    started,
    lost: never,
    async close() {
      const opened = await agent.catch(() => undefined);
      await opened?.close();
    },
  };
}
