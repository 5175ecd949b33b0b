/** What `belay` does: the agent without an editor, for scripts, for CI, and for programs that use the Agent SDK. */
import type { Log } from '../core/ports.ts';
import { SettingsError } from '../core/settings/settingsFile.ts';
import { EXIT, StartError, UsageError } from './exitCodes.ts';
import { buildHelp } from './help.ts';
import { type Invocation, parseInvocation } from './invocation.ts';
import { readPrompt } from './readPrompt.ts';
import { runPrompt } from './runPrompt.ts';
import { runStream } from './runStream.ts';
import { createStandardErrorLog } from './standardError.ts';
import { prepareSession } from './startSession.ts';
import { findSubcommand } from './subcommands.ts';

/** Put in by the bundler. */
const version = process.env.BELAY_VERSION ?? '0.0.0';

export interface ProgramDeps {
  /** Called when a turn has run, so that most of what a run needs has been compiled. */
  readonly onWarm: () => void;
}

/** `argv`: without the program's name. Resolves with the exit code when all is said; says itself what went wrong. */
export async function runProgram(argv: readonly string[], deps: ProgramDeps): Promise<number> {
  // A reader that has gone away is met where something is written.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  try {
    return await main(argv, deps);
  } catch (error) {
    const { text, code } = describe(error);
    process.stderr.write(`belay: ${text}\n`);
    return code;
  }
}

async function main(argv: readonly string[], deps: ProgramDeps): Promise<number> {
  const subcommand = findSubcommand(argv);
  if (subcommand !== undefined) return subcommand.run(argv.slice(1), { version });
  const invocation = parseInvocation(argv);
  if (invocation.help) return print(buildHelp());
  if (invocation.version) return print(`${version} (Belay)\n`);
  const log = createStandardErrorLog({ from: chooseLevel(invocation), file: invocation['debug-file'] });
  for (const name of invocation.noted) log.info(`--${name} has no effect here`);
  return run(invocation, { ...deps, log });
}

interface RunDeps extends ProgramDeps {
  readonly log: Log;
}

async function run(invocation: Invocation, { log, onWarm }: RunDeps): Promise<number> {
  const isStream = invocation['input-format'] === 'stream-json';
  const prompt = isStream ? '' : await readPrompt(invocation.prompt, log);
  const prepared = await prepareSession(invocation, {
    cwd: process.cwd(),
    environment: process.env,
    log,
    version,
    interactive: invocation['permission-prompt-tool'] === 'stdio',
    watchSettings: isStream,
    partialMessages: invocation['include-partial-messages'],
  });
  const replayUserMessages = invocation['replay-user-messages'];
  if (isStream) return runStream(prepared, { replayUserMessages, log, onWarm });
  const format = invocation['output-format'];
  const code = await runPrompt(prepared, { prompt, format, replayUserMessages, log });
  onWarm();
  return code;
}

function chooseLevel({ debug, verbose, 'debug-file': file }: Invocation): 'debug' | 'info' | 'warn' {
  if (debug || file !== undefined) return 'debug';
  return verbose ? 'info' : 'warn';
}

function print(text: string): Promise<number> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve(EXIT.ok));
  });
}

function describe(error: unknown): { readonly text: string; readonly code: number } {
  if (error instanceof UsageError) return { text: `${error.message}\nTry ${error.help}.`, code: EXIT.usage };
  if (error instanceof StartError || error instanceof SettingsError)
    return { text: error.message, code: EXIT.failed };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { text, code: EXIT.failed };
}
