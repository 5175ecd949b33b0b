/** `belay -p "prompt"`: one prompt, one turn, one answer. */
import type { Channel } from '../channel/channel.ts';
import type { Log } from '../core/ports.ts';
import { createClientChannel } from './clientChannel.ts';
import { EXIT } from './exitCodes.ts';
import type { OutputFormat } from './invocation.ts';
import { createLineOutput, type LineOutput } from './lineOutput.ts';
import { listenToSignals } from './sessionEnd.ts';
import type { Prepared } from './startSession.ts';
import { writeLine, writeText } from './writeLine.ts';

export interface PromptRun {
  readonly prompt: string;
  readonly format: OutputFormat;
  /** With stream-json: pass on the echo of the prompt, too. */
  readonly replayUserMessages: boolean;
  readonly log: Log;
}

/** A `result` message. */
type Result = Readonly<Record<string, unknown>>;

/** Resolves with the exit code when the answer has been written. */
export async function runPrompt(prepared: Prepared, run: PromptRun): Promise<number> {
  const { format, log, replayUserMessages } = run;
  let result: Result | undefined;
  const output = createLineOutput();
  const caller = createCaller(run.prompt, format === 'stream-json' ? output : undefined);
  // Nobody is there to answer, so every question of the agent is refused.
  const channel = createClientChannel(caller, {
    replayUserMessages,
    whenIdle: () => agent.idle(),
    onResult: (said) => {
      result = said;
    },
  });
  const agent = prepared.start(channel);
  const signals = listenToSignals(agent, log);
  await agent.done;
  await output.flushed();
  if (result !== undefined) await tell(result, format);
  signals.dispose();
  return signals.exitCode ?? (result === undefined || result.is_error === true ? EXIT.failed : EXIT.ok);
}

const done = Promise.resolve();

/** Who says one thing and then only listens. What is sent is written out at once, so it needs no copy. */
function createCaller(prompt: string, output: LineOutput | undefined): Channel {
  async function* say(): AsyncGenerator<unknown, void> {
    yield { type: 'user', parent_tool_use_id: null, message: { role: 'user', content: prompt } };
  }
  return {
    send: (message) => output?.push(message) ?? done,
    messages: say(),
    close: () => undefined,
  };
}

async function tell(result: Result, format: OutputFormat): Promise<void> {
  if (format === 'json') return writeLine(result);
  if (format === 'stream-json') return;
  if (typeof result.result === 'string') return writeText(`${result.result}\n`);
  process.stderr.write(`belay: ${describeFailure(result)}\n`);
}

function describeFailure({ errors, subtype }: Result): string {
  return Array.isArray(errors) ? errors.join('\n') : String(subtype);
}
