/** Tells that a session could not be opened, in the only way a client listens for: the end of a turn that never began. */
import type { ResultMessage } from '../../protocol/messages.ts';
import type { AgentOptions, AgentPorts } from '../agent.ts';
import { JsonSchemaError } from '../tools/jsonSchema.ts';
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
    ...describe(error, options),
  });
}

function describe(error: unknown, { sessionId }: AgentOptions): Pick<ResultMessage, 'errors' | 'failure'> {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof JsonSchemaError) {
    const title = 'The output format can not be used';
    return { errors: [detail], failure: { kind: 'invalid_request', title, detail, actions: [] } };
  }
  return {
    errors: [`The session ${sessionId} could not be opened: ${detail}`],
    failure: {
      kind: 'storage',
      title: 'The session could not be opened',
      detail: `${detail} Start a new session, or look into the log.`,
      actions: ['open_log'],
    },
  };
}
