/** The `result` message at the end of a turn. */
import type { ResultMessage } from '../../protocol/messages.ts';
import type { ActorParts } from './actorParts.ts';
import type { HookEnd } from './hookEnd.ts';
import type { TurnEnd } from './turnDeps.ts';
import { toErrors } from './turnFailure.ts';

/** A turn that never was, and failed. */
export const FAILED: TurnEnd = {
  subtype: 'error_during_execution',
  text: '',
  stopReason: null,
  interrupted: false,
  failure: undefined,
  apiStatus: undefined,
  rounds: 0,
  apiMs: 0,
  denials: [],
};

/** The same, and it went well. */
export const ENDED: TurnEnd = { ...FAILED, subtype: 'success' };

/** `started`: when the turn did, on the monotonic clock. */
export function buildResult(
  end: TurnEnd,
  { emitter, meter, ports, subagents }: Pick<ActorParts, 'emitter' | 'meter' | 'ports' | 'subagents'>,
  started: number,
): ResultMessage {
  return {
    type: 'result',
    ...emitter.envelope(),
    subtype: end.subtype,
    duration_ms: ports.clock.monotonic() - started,
    duration_api_ms: end.apiMs,
    is_error: end.subtype !== 'success',
    num_turns: end.rounds,
    ...(end.subtype === 'success' ? { result: end.text } : { errors: toErrors(end) }),
    stop_reason: end.stopReason,
    total_cost_usd: meter.totalCost,
    usage: meter.turnUsage,
    modelUsage: { ...meter.byModel },
    permission_denials: [...end.denials, ...subagents.takeDenials()],
    cost_known: meter.costKnown,
    turn_cost_usd: meter.turnCost,
    ...(end.structuredOutput === undefined ? {} : { structured_output: end.structuredOutput.value }),
    ...(end.failure === undefined ? {} : { failure: end.failure }),
    ...(end.apiStatus === undefined ? {} : { api_error_status: end.apiStatus }),
    ...(end.interrupted ? { interrupted: true } : {}),
    ...(end.hookEnd === undefined ? {} : toHookFields(end.hookEnd)),
  };
}

function toHookFields({ terminalReason, deferred }: HookEnd): Partial<ResultMessage> {
  return {
    terminal_reason: terminalReason,
    ...(deferred === undefined ? {} : { deferred_tool_use: deferred }),
  };
}
