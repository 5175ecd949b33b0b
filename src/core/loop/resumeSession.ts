/** Brings an old session back: what was left unanswered is answered, what was said is said again for whoever listens. */
import type { AgentPorts } from '../agent.ts';
import type { Session } from '../sessions/session.ts';
import type { Emitter } from './emitter.ts';
import { appendUser } from './turnMessages.ts';
import type { UsageMeter } from './usageMeter.ts';

interface Resuming {
  readonly session: Session;
  readonly emitter: Emitter;
  readonly meter: UsageMeter;
  readonly ports: AgentPorts;
  readonly replayHistory: boolean;
}

/** Calls that were never answered get their answer now; then all that was said is said again, for whoever listens. */
export async function resumeSession({
  session,
  emitter,
  meter,
  ports,
  replayHistory,
}: Resuming): Promise<void> {
  for (const line of session.conversation.history) {
    if (line.type === 'assistant') meter.add(line.message.model, line.message.usage);
    // What subagents cost, and what was rewound, stands in the totals of a turn's end only.
    if (line.type === 'result') {
      meter.restore({ byModel: line.modelUsage, costKnown: line.cost_known ?? true });
    }
  }
  for (const line of replayHistory ? session.conversation.history : []) {
    await emitter.emit(line.type === 'user' ? { ...line, isReplay: true } : line);
  }
  for (const { call, mayHaveRun } of session.conversation.unansweredCalls()) {
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
