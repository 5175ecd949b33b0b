/** Writes each decision about a call into the transcript, where "Show Permission Log" finds it; the model never sees it. */
import { formatRule } from '../permissions/parseRule.ts';
import type { Clock, Log } from '../ports.ts';
import { PERMISSION_DECIDED } from '../sessions/permissionLog.ts';
import type { Session } from '../sessions/session.ts';
import { type Decided, toSubject } from './decided.ts';
import type { DecidedCall } from './runToolCall.ts';

export interface NoteDecidedDeps {
  readonly session: Pick<Session, 'record' | 'sessionId'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Log, 'error'>;
}

/**
 * Nobody waits for it: lines are written in order, and a call that changes something waits for its own line behind this one.
 */
export function noteDecided(
  { toolName, toolUseId, input, agentId }: DecidedCall & { readonly agentId: string | undefined },
  { decision, who, reason, rule, remembered }: Decided,
  { session, clock, log }: NoteDecidedDeps,
): void {
  const line = {
    type: PERMISSION_DECIDED,
    sessionId: session.sessionId,
    timestamp: new Date(clock.now()).toISOString(),
    tool_name: toolName,
    tool_use_id: toolUseId,
    ...(agentId === undefined ? {} : { agent_id: agentId }),
    subject: toSubject(input),
    decision,
    who,
    reason,
    ...(rule === undefined ? {} : { rule: formatRule(rule), layer: rule.layer }),
    ...(remembered === undefined ? {} : { remembered: [...remembered] }),
  } as const;
  session.record(line).catch((error: unknown) => {
    log.error('a decision could not be noted in the transcript', { tool: toolName, error: String(error) });
  });
}
