/** Tells that a session could not be opened, in the only way a client listens for: the end of a turn that never began. */
import type { AgentOptions, AgentPorts } from '../agent.ts';
import type { Emitter } from './emitter.ts';

interface Failing {
  readonly ports: AgentPorts;
  readonly emitter: Emitter;
  readonly options: AgentOptions;
}

export async function reportOpenFailure(error: unknown, { ports, emitter, options }: Failing): Promise<void> {
  ports.log.error('the session could not be opened', {
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
  await emitter.emit({
    type: 'result',
    ...emitter.envelope(),
    subtype: 'error_during_execution',
    duration_ms: 0,
    duration_api_ms: 0,
    is_error: true,
    num_turns: 0,
    stop_reason: null,
    total_cost_usd: 0,
    usage: { input_tokens: 0, output_tokens: 0 },
    modelUsage: {},
    permission_denials: [],
    errors: [
      `The session ${options.sessionId} could not be opened: ${error instanceof Error ? error.message : String(error)}`,
    ],
    failure: {
      kind: 'storage',
      title: 'The session could not be opened',
      detail: `${error instanceof Error ? error.message : String(error)} Start a new session, or look into the log.`,
      actions: ['open_log'],
    },
  });
}
