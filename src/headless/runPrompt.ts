/** `belay -p "prompt"`: one prompt, one turn, one answer. */
import { createInProcessPair } from '../channel/inProcess.ts';
import { createPeer } from '../channel/peer.ts';
import type { Log } from '../core/ports.ts';
import { parseConversationMessage, type ResultMessage } from '../protocol/messages.ts';
import { EXIT } from './exitCodes.ts';
import type { OutputFormat } from './invocation.ts';
import { listenToSignals } from './sessionEnd.ts';
import type { Prepared } from './startSession.ts';

export interface PromptRun {
  readonly prompt: string;
  readonly format: OutputFormat;
  /** With stream-json: pass on the echo of the prompt, too. */
  readonly replayUserMessages: boolean;
  readonly log: Log;
}

/** Resolves with the exit code when the answer has been written. */
export async function runPrompt(prepared: Prepared, run: PromptRun): Promise<number> {
  const { format, log } = run;
  const [agentEnd, clientEnd] = createInProcessPair();
  let result: ResultMessage | undefined;
  const output = createOutput();
  const agent = prepared.start(agentEnd);
  // Nobody is there to answer, so every question of the agent is refused.
  const peer = createPeer<never>(clientEnd, {
    handlers: {},
    onMessage(message) {
      const parsed = parseConversationMessage(message);
      if (parsed.kind !== 'message') return;
      if (parsed.message.type === 'result') {
        result = parsed.message;
        void agent.idle().then(() => peer.close());
      }
      const isEcho = parsed.message.type === 'user' && parsed.message.isReplay === true;
      if (format !== 'stream-json' || (isEcho && !run.replayUserMessages)) return;
      output.push(`${JSON.stringify(message)}\n`);
    },
    onProblem: (problem, cause) => log.warn(problem, { cause: String(cause ?? '') }),
  });
  const signals = listenToSignals(agent, log);
  await peer.send({
    type: 'user',
    parent_tool_use_id: null,
    message: { role: 'user', content: run.prompt },
  });
  await agent.done;
  await output.flushed();
  signals.dispose();
  if (result !== undefined) await tell(result, format);
  return signals.exitCode ?? (result === undefined || result.is_error ? EXIT.failed : EXIT.ok);
}

async function tell(result: ResultMessage, format: OutputFormat): Promise<void> {
  if (format === 'json') return write(`${JSON.stringify(result)}\n`);
  if (format === 'stream-json') return;
  if (result.result !== undefined) return write(`${result.result}\n`);
  process.stderr.write(`belay: ${(result.errors ?? [result.subtype]).join('\n')}\n`);
}

/** Standard output, where what gathers while a piece is being taken goes out as one: a reply has thousands of lines. */
function createOutput() {
  let waiting = '';
  let writing: Promise<void> | undefined;
  async function writeAll(): Promise<void> {
    while (waiting !== '') {
      const text = waiting;
      waiting = '';
      await write(text);
    }
    writing = undefined;
  }
  return {
    push(text: string): void {
      waiting += text;
      writing ??= writeAll();
    },
    flushed: async (): Promise<void> => writing,
  };
}

/** Resolves when it has been taken; what nobody reads any more is dropped. */
function write(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });
}
