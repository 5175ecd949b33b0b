/** Subagents as a client, a command line or a file defines them: fields as the Agent SDK's `AgentDefinition`. */
import * as z from 'zod';
import { effortLevel } from './models.ts';

/** What Belay doesn't know (skills, memory, an effort as a number) is left out of account. */
export const agentDefinition = z.looseObject({
  /** When to use it; the model that delegates reads this. */
  description: z.string(),
  /** The system prompt. */
  prompt: z.string(),
  /** Names of tools; absent: all that its caller has. */
  tools: z.array(z.string()).optional(),
  /** Taken out of them; `mcp__server` and `mcp__*` stand for all tools of a server, or of all. */
  disallowedTools: z.array(z.string()).optional(),
  /** A model id, a family (`haiku`), or `inherit`; absent: its caller's. */
  model: z.string().optional(),
  /** Model round trips. */
  maxTurns: z.number().int().positive().optional(),
  /** Runs in the background, whatever its caller says. */
  background: z.boolean().optional(),
  /** It isn't told what people have written down (CLAUDE.md). */
  omitClaudeMd: z.boolean().optional(),
  effort: effortLevel.optional().catch(undefined),
  /** `plan` and `dontAsk` hold beside the session's mode; others are without effect: a subagent may never do more. */
  permissionMode: z.string().optional(),
});
export type AgentDefinition = z.infer<typeof agentDefinition>;

export const agentInfo = z.looseObject({
  name: z.string(),
  description: z.string(),
  model: z.string().optional(),
});
export type AgentInfo = z.infer<typeof agentInfo>;
