/** An agent within this process: the same command line, the same messages, no process in between. */
import { createInProcessPair } from '../channel/inProcess.ts';
import type { Log } from '../core/ports.ts';
import { createClientChannel } from '../headless/clientChannel.ts';
import { parseInvocation } from '../headless/invocation.ts';
import { prepareSession } from '../headless/startSession.ts';
import { buildArguments, buildEnvironment } from './buildInvocation.ts';
import { ConnectionError } from './errors.ts';
import type { Options } from './options.ts';
import type { Transport } from './transport.ts';

/** Throws ConnectionError when the session can't be begun. */
export async function startInProcess(options: Options): Promise<Transport> {
  const log = createLog(options.stderr);
  const prepared = await prepare(options, log).catch((cause: unknown) => {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new ConnectionError(`The agent could not be started: ${problem}`, { cause });
  });
  const [outer, channel] = createInProcessPair();
  const agent = prepared.start(
    createClientChannel(outer, {
      replayUserMessages: true,
      onResult: () => undefined,
      whenIdle: () => agent.idle(),
    }),
  );
  return {
    channel,
    ended: agent.done.then(
      () => undefined,
      (cause: unknown) => new ConnectionError('The agent has failed.', { cause }),
    ),
    close: () => agent.close(),
  };
}

async function prepare(options: Options, log: Log) {
  const invocation = parseInvocation(buildArguments(options));
  return prepareSession(invocation, {
    cwd: options.cwd ?? process.cwd(),
    environment: buildEnvironment(options),
    log,
    version: process.env.BELAY_VERSION ?? '0.0.0',
    interactive: options.canUseTool !== undefined,
    watchSettings: true,
    partialMessages: options.includePartialMessages === true,
  });
}

function createLog(stderr: Options['stderr']): Log {
  const write = (message: string, fields?: object): void =>
    stderr?.(`${message}${fields === undefined ? '' : ` ${JSON.stringify(fields)}`}\n`);
  return { debug: () => undefined, info: () => undefined, warn: write, error: write };
}
