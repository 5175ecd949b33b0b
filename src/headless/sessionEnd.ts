/** How a session is ended from outside: Ctrl+C stops the turn and then the session, SIGTERM and SIGHUP end it at once. */
import type { Agent } from '../core/agent.ts';
import type { Log } from '../core/ports.ts';
import { killDescendants } from '../node/processTree.ts';
import { EXIT } from './exitCodes.ts';
import { toPlatform } from './headlessPorts.ts';

export interface SessionEnd {
  /** What the signals ask for; undefined: there was none. */
  readonly exitCode: number | undefined;
  dispose(): void;
}

/** After this the process ends, whatever still hangs, and takes with it what it has started. Milliseconds. */
const PATIENCE_MS = 1800;

export function listenToSignals(agent: Pick<Agent, 'interrupt' | 'close'>, log: Log): SessionEnd {
  let exitCode: number | undefined;

  function end(code: number): void {
    exitCode = code;
    setTimeout(() => void endAtOnce(code), PATIENCE_MS).unref();
    agent.close().catch((error: unknown) => log.error('the session did not end cleanly', { error }));
  }

  async function stopTurn(): Promise<void> {
    if (exitCode !== undefined) return end(EXIT.interrupted);
    exitCode = EXIT.interrupted;
    if (!(await agent.interrupt())) end(EXIT.interrupted);
  }

  const handlers = {
    SIGINT: () => void stopTurn(),
    SIGTERM: () => end(EXIT.terminated),
    SIGHUP: () => end(EXIT.terminated),
  };
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
  return {
    get exitCode() {
      return exitCode;
    },
    dispose() {
      for (const [signal, handler] of Object.entries(handlers)) process.off(signal, handler);
    },
  };
}

async function endAtOnce(code: number): Promise<void> {
  await killDescendants(toPlatform(process.platform));
  process.exit(code);
}
