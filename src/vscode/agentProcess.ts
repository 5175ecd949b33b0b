/**
 * Starts an agent in a process of its own and keeps an eye on it: what it asks for is answered, and when it ends though nobody
 * closed it, what it had started ends, too.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { createJsonLinesChannel } from '../channel/jsonLines.ts';
import { ChannelClosedError, createPeer, type Peer } from '../channel/peer.ts';
import { splitChannel } from '../channel/splitChannel.ts';
import type { Log, Platform } from '../core/ports.ts';
import { endTree } from '../node/processTree.ts';
import { toWebReadable, toWebWritable } from '../node/standardStreams.ts';
import { MAX_LINE_BYTES } from '../process/maxLine.ts';
import type { RequestOf } from '../protocol/control.ts';
import { type ProcessFacts, processMessage } from '../protocol/processRequests.ts';
import type { AgentLink } from './agentLink.ts';
import { createProcessHandlers, type ProcessHandlerDeps } from './processHandlers.ts';

export interface AgentProcessOptions extends Omit<ProcessHandlerDeps, 'tell'> {
  /** The script, absolute. */
  readonly script: string;
  readonly request: RequestOf<'belay/agent_start'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: Platform;
  /** Calls back with what is so now, whenever that has changed. Returns how to stop. */
  readonly onFacts: (listener: (facts: ProcessFacts) => void) => () => void;
  readonly log: Log;
}

/** How long an agent that is closed may take to end its commands and to write. Milliseconds. */
const CLOSE_MS = 6000;
/** How long what a dead process has left running may take to end by itself. Milliseconds. */
const POLITE_MS = 500;
/** All that it starts inherits this, so that it is found when the process itself can no longer say. */
const MARKER = 'BELAY_AGENT_ID';

export function openAgentProcess(options: AgentProcessOptions): AgentLink {
  const { log, environment, request, script } = options;
  const id = crypto.randomUUID();
  const child = spawn(process.execPath, [script], {
    cwd: request.storageRoot,
    // The extension host of a desktop is Electron, which is Node only when it is told to be.
    env: { ...environment, ELECTRON_RUN_AS_NODE: '1', [MARKER]: id },
    stdio: 'pipe',
    windowsHide: true,
  });
  const ended = toEnd(child);
  child.stderr.setEncoding('utf8').on('data', (text: string) => log.warn('the agent’s process', { text }));
  const lines = createJsonLinesChannel({
    input: toWebReadable(child.stdout),
    output: toWebWritable(child.stdin),
    maxLineBytes: MAX_LINE_BYTES,
    onProblem: (problem) => log.debug('between the processes', { problem }),
  });
  const { main, side } = splitChannel(lines);
  const peer = createPeer<'host'>(side, {
    handlers: createProcessHandlers({ ...options, tell: (message) => void side.send(message) }),
    onMessage: (message) => receive(message, log),
    onProblem: (problem, cause) => log.warn(problem, { cause }),
  });
  const stopTelling = options.onFacts((facts) => {
    peer.request('belay/facts_change', facts).catch((error: unknown) => {
      log.debug('the agent’s process did not hear what has changed', { error });
    });
  });

  let isClosing = false;
  /** By now nothing is left of it. */
  const gone = ended.then(async (how) => {
    stopTelling();
    lines.close();
    await endLeftovers(child.pid, { ...options, marker: `${MARKER}=${id}` });
    return how;
  });
  const started = start(peer, { request, gone });
  const lost = new Promise<string>((resolve) => {
    void gone.then((how) => {
      if (!isClosing) resolve(how);
    });
  });

  async function close(): Promise<void> {
    isClosing = true;
    const told = peer.request('belay/agent_end', {}).catch((error: unknown) => {
      log.debug('the agent’s process did not say that it ends', { error });
    });
    const patience = new AbortController();
    const late = sleep(CLOSE_MS, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([told.then(() => ended), ended, late]);
    patience.abort();
    child.stdin.end();
    child.kill('SIGKILL');
    await gone;
  }

  return { channel: main, started, lost, close };
}

interface Starting {
  readonly request: AgentProcessOptions['request'];
  readonly gone: Promise<string>;
}

/** Rejects with what went wrong there, or with how the process ended before it could say so. */
async function start(peer: Peer, { request, gone }: Starting): Promise<void> {
  try {
    await peer.request('belay/agent_start', request);
  } catch (error) {
    if (!(error instanceof ChannelClosedError)) throw error;
    throw new Error(await gone, { cause: error });
  }
}

/** Of a process that has ended. On Windows they are known by their parent alone, whose number may be another's by now. */
async function endLeftovers(
  pid: number | undefined,
  {
    platform,
    environment,
    marker,
  }: Pick<AgentProcessOptions, 'platform' | 'environment'> & { marker: string },
): Promise<void> {
  if (pid === undefined || platform === 'win32') return;
  await endTree({ pid, platform, marker, env: environment, politeMs: POLITE_MS });
}

/** Resolves with how it ended, for a person; also when it never started. */
function toEnd(child: ChildProcessWithoutNullStreams): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`The agent’s process could not be started: ${error.message}`));
    child.once('close', (code, signal) =>
      resolve(
        `The agent’s process ended unexpectedly (${signal === null ? `exit code ${code}` : `signal ${signal}`}).`,
      ),
    );
  });
}

function receive(message: unknown, log: Log): void {
  const parsed = processMessage.safeParse(message);
  if (!parsed.success || parsed.data.type !== 'belay/log') {
    log.warn('a message of the agent’s process was skipped');
    return;
  }
  log[parsed.data.level](parsed.data.message, parsed.data.fields);
}
