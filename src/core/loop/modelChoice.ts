/** Which model answers, and how hard it thinks. Counts from the next turn on. */
import type { AgentOptions } from '../agent.ts';

export interface ModelChoice {
  model: string;
  /** undefined: the model's default. */
  effort: AgentOptions['effort'];
  /** As `ModelRequest.maxThinkingTokens`. */
  maxThinkingTokens: number | undefined;
  /** Of the command whose turn runs; undefined: the session's. */
  turnModel: string | undefined;
}

export function createModelChoice({ model, effort, maxThinkingTokens }: AgentOptions): ModelChoice {
  return { model, effort, maxThinkingTokens, turnModel: undefined };
}
