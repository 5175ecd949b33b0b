/** The way to an agent: a channel, and how it ended. */
import type { Channel } from '../channel/channel.ts';
import type { SdkError } from './errors.ts';

export interface Transport {
  readonly channel: Channel;
  /** Resolves when the agent is gone: with what went wrong, or undefined when it was closed from this side. Never rejects. */
  readonly ended: Promise<SdkError | undefined>;
  /** Ends the agent and all it has started. Resolves when it is gone. */
  close(): Promise<void>;
}
