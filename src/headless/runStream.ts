/** `--input-format stream-json`: the client at the other end of standard input and output drives the session. */
import { createJsonLinesChannel } from '../channel/jsonLines.ts';
import type { Log } from '../core/ports.ts';
import { toWebReadable, toWebWritable } from '../node/standardStreams.ts';
import { createClientChannel } from './clientChannel.ts';
import { EXIT } from './exitCodes.ts';
import { listenToSignals } from './sessionEnd.ts';
import type { Prepared } from './startSession.ts';

export interface StreamRun {
  /** Pass on the echo of each prompt that was taken up. */
  readonly replayUserMessages: boolean;
  readonly log: Log;
  /** Called when the first turn has run. */
  readonly onWarm: () => void;
}

/** Resolves with the exit code when all is said and the client has it. */
export async function runStream(prepared: Prepared, run: StreamRun): Promise<number> {
  const { replayUserMessages, log, onWarm } = run;
  let hasFailed = false;
  let isWarm = false;
  const lines = createJsonLinesChannel({
    input: toWebReadable(process.stdin),
    output: toWebWritable(process.stdout),
    onProblem(problem) {
      log.warn(problem);
      void lines.send(buildNotice(problem, prepared.sessionId));
    },
  });
  const channel = createClientChannel(lines, {
    replayUserMessages,
    whenIdle: () => agent.idle(),
    gone: lines.flushed,
    onResult: ({ is_error, interrupted }) => {
      hasFailed = is_error === true && interrupted !== true;
      // When the result is out.
      if (!isWarm) setImmediate(onWarm);
      isWarm = true;
    },
  });
  const agent = prepared.start(channel);
  const signals = listenToSignals(agent, log);
  await agent.done;
  await lines.flushed;
  signals.dispose();
  return signals.exitCode ?? (hasFailed ? EXIT.failed : EXIT.ok);
}

function buildNotice(content: string, sessionId: string): object {
  const envelope = { uuid: crypto.randomUUID(), session_id: sessionId };
  return { type: 'system', subtype: 'informational', ...envelope, content, level: 'warning' };
}
