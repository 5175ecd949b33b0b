/** Brings an old session back: what was left unanswered is answered, what was said is said again for whoever listens. */
import type { AgentPorts } from '../agent.ts';
import type { Session } from '../sessions/session.ts';
import type { Emitter } from './emitter.ts';
import { endCutCommand } from './endCutCommand.ts';
import { replayHistory } from './replayHistory.ts';
import { appendUser } from './turnMessages.ts';
import type { UsageMeter } from './usageMeter.ts';

interface Resuming {
  readonly session: Session;
  readonly emitter: Emitter;
  readonly meter: UsageMeter;
  readonly ports: AgentPorts;
  readonly replayHistory: boolean;
}

/** Calls that were never answered get their answer now; before that, what was said is said again for whoever listens. */
export async function resumeSession(resuming: Resuming): Promise<void> {
  const { session, emitter, meter, ports } = resuming;
  await restoreMeter(session, meter);
  if (resuming.replayHistory) await replayHistory(resuming);
  await endCutCommand(resuming);
  for (const { call, mayHaveRun } of await session.unansweredCalls()) {
    const text = mayHaveRun
      ? 'Belay was stopped while this call ran. It may have run wholly, in part, or not at all: check before you run it again.'
      : 'Belay was stopped before this call ran. It did not run.';
    await appendUser({
      deps: { session, emitter, clock: ports.clock },
      content: [{ type: 'tool_result', tool_use_id: call.id, content: text, is_error: true }],
      synthetic: false,
      output: null,
    });
  }
}

/**
 * The end of a turn holds the totals until then, what subagents cost and what was rewound included; so only the replies since
 * the last one are counted. The one before it tells how large the conversation is.
 */
async function restoreMeter(session: Session, meter: UsageMeter): Promise<void> {
  const { history } = session.conversation;
  const last = history.findLastIndex(({ type }) => type === 'result');
  const before = history.findLast(({ type }, index) => index < last && type === 'assistant');
  const since = history
    .slice(Math.max(0, last))
    .filter(({ type }) => type === 'assistant' || type === 'result');
  for await (const line of session.readLines([...(before === undefined ? [] : [before]), ...since])) {
    if (line.type === 'assistant') meter.add(line.message.model, line.message.usage);
    if (line.type === 'result')
      meter.restore({ byModel: line.modelUsage, costKnown: line.cost_known ?? true });
  }
}
