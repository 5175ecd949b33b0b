/** Bash: runs a command line in the platform's shell. */
import * as z from 'zod';
import { type Clock, type ProcessExit, type RunningProcess, SpawnError } from '../ports.ts';
import type { SandboxOptions } from '../sandbox/sandboxSettings.ts';
import {
  describeSandbox,
  findPolicy,
  type SandboxedOutput,
  toSandboxEffect,
  toSandboxedOutput,
} from './bashSandbox.ts';
import { describeEnd } from './commandEnd.ts';
import { CommandOutput } from './commandOutput.ts';
import { followTurn } from './foregroundCalls.ts';
import { type Tool, type ToolContext, ToolInputError, type ToolOutcome, type ToolProgress } from './tool.ts';
import { fail, isFailure, succeed, type ToolFailure } from './toolOutcome.ts';
import { escapeName } from './toolPath.ts';

const defaultTimeout = 120_000;
const maxTimeout = 600_000;
const defaultBackgroundTimeout = 1_800_000;
const maxBackgroundTimeout = 7_200_000;

const plainSchema = z.object({
  command: z.string().describe('The command line'),
  timeout: z
    .number()
    .int()
    .min(1)
    .max(maxBackgroundTimeout)
    .optional()
    .describe(
      `Milliseconds after which the command is ended: ${defaultTimeout} by default, at most ${maxTimeout}; in the background ${defaultBackgroundTimeout}, at most ${maxBackgroundTimeout}`,
    ),
  description: z
    .string()
    .optional()
    .describe('What it does, in a few plain words, for the user who has to agree'),
  run_in_background: z.boolean().optional().describe('Answer at once, and let the command go on beside'),
});
const sandboxedSchema = plainSchema.extend({
  dangerouslyDisableSandbox: z
    .boolean()
    .optional()
    .describe('Run it outside the sandbox. The user is asked each time'),
});
type BashInput = z.infer<typeof sandboxedSchema>;

/** Fields as the Agent SDK's BashOutput; `stdout` has both streams, in the order they came. */
export interface BashOutput extends SandboxedOutput {
  readonly stdout: string;
  readonly stderr: '';
  readonly interrupted: boolean;
  readonly exitCode: number | null;
  /** How it ended, when not well; for the model. */
  readonly ending: string;
  readonly backgroundTaskId?: string;
  /** The whole output, when it is too long for here. Characters. */
  readonly persistedOutputPath?: string;
  readonly persistedOutputSize?: number;
}

export interface BashOptions {
  /** "bash" or "PowerShell". */
  readonly shellName: string;
  /** Commands run in a sandbox (`ToolContext.sandbox` then says which); absent: they don't. */
  readonly sandbox?: Pick<SandboxOptions, 'allowUnsandboxed' | 'allowedDomains'> | undefined;
}

type Outcome = ToolOutcome<BashOutput | ToolFailure>;

export function createBashTool({
  shellName,
  sandbox,
}: BashOptions): Tool<BashInput, BashOutput | ToolFailure> {
  return {
    name: 'Bash',
    description: 'Runs a command in the shell.',
    prompt: buildPrompt(shellName) + (sandbox === undefined ? '' : describeSandbox(sandbox)),
    inputSchema: sandbox === undefined ? plainSchema : sandboxedSchema,
    isReadOnly: () => false,
    runsCommands: true,
    isConcurrencySafe: () => false,
    effects: async (input, { workspace, sandbox: current }) => {
      const { command } = input;
      if (command.trim() === '') throw new ToolInputError('The command is empty.');
      if (command.includes('\0')) throw new ToolInputError('The command holds a NUL character.');
      return [{ kind: 'execute', command, cwd: workspace.cwd, ...toSandboxEffect(input, current) }];
    },
    run: (input, context) =>
      input.run_in_background === true ? startInBackground(input, context) : runToEnd(input, context),
    toResultContent: (output) => (isFailure(output) ? output.error : toResult(output)),
    title: ({ command, dangerouslyDisableSandbox }) => {
      const isOut = sandbox !== undefined && dangerouslyDisableSandbox === true;
      if (command === undefined) return 'Run a command';
      return isOut ? `Run outside the sandbox: ${shorten(command)}` : `Run ${shorten(command)}`;
    },
  };
}

function buildPrompt(shellName: string): string {
  return `Runs a command line in ${shellName} and answers what it printed and how it ended.

- Every call starts anew in the working directory: a cd, a variable or a function of an earlier call is gone. Use absolute paths, or \`cd dir && command\` within one call.
- Nobody can type: standard input is closed, there is no terminal and no pager. Pass options that keep programs from asking (--yes, --no-edit, -m "…").
- Keys and tokens of the user are not in the environment.
- Quote paths with spaces. ${shellName === 'bash' ? 'Chain commands that depend on each other with &&.' : 'Put commands that depend on each other behind `if ($?)`; && is not known.'}
- A command is ended after ${defaultTimeout / 1000} seconds unless timeout says otherwise. What it leaves running (jobs started with &, daemons) is ended with it. For servers, watchers and long jobs set run_in_background: you are told the file that takes the output (look into it with Read), and when it has ended; TaskStop ends it.
- Of a long output you see the beginning and the end, and are told the file that has all of it.
- Use Read, Edit, Write, Glob and Grep for what they can do, instead of cat, sed, find and grep: the user sees better what happens.
- Don't commit, push or publish unless the user asked for it. Never work around hooks, checks or permissions.`;
}

async function* runToEnd(
  input: BashInput,
  context: ToolContext,
): AsyncGenerator<ToolProgress, Outcome, void> {
  const timeoutMs = Math.min(input.timeout ?? defaultTimeout, maxTimeout);
  const turn = followTurn(context.signal);
  const started = await start(input, context, { timeoutMs: maxBackgroundTimeout, signal: turn.signal });
  if ('problem' in started) return fail(started.problem);
  const { running } = started;
  const collected = new CommandOutput(() => context.tasks.openOutput(context.toolUseId));
  const call = context.tasks.foreground.offer(context.toolUseId);
  const limit = startLimit(timeoutMs, running, context.clock);
  let exit: ProcessExit | undefined;
  let isMoved = false;
  try {
    const chunks = running.output[Symbol.asyncIterator]();
    for (;;) {
      const next = chunks.next();
      const step = await call.orMoved(next);
      if (step === 'moved') {
        isMoved = true;
        const { text } = await collected.end();
        const output = continueOutput(text, next, chunks);
        return await goOnInBackground(input, context, {
          output,
          exit: running.exit,
          kill: () => running.kill(),
        });
      }
      if (step.done === true) break;
      await collected.push(step.value.text);
      yield { output: step.value.text };
    }
    exit = { ...(await running.exit), ...(limit.isReached() ? { timedOut: true } : {}) };
  } finally {
    call.end();
    limit.end();
    turn.letGo();
    // Whoever stops listening must not leave it running.
    if (exit === undefined && !isMoved) await running.kill();
  }
  const { text, file } = await collected.end();
  const interrupted = context.signal.aborted;
  const output: BashOutput = {
    stdout: text,
    stderr: '',
    interrupted,
    exitCode: exit.code,
    ending: describeEnd({ ...exit, interrupted, timeoutMs }),
    ...toSandboxedOutput(input, context.sandbox, exit),
    ...(file === undefined ? {} : { persistedOutputPath: file.path, persistedOutputSize: file.size }),
  };
  return { output, isError: interrupted || exit.timedOut || exit.code !== 0 };
}

// biome-ignore lint/correctness/useYield: what it prints goes into its file
async function* startInBackground(
  input: BashInput,
  context: ToolContext,
): AsyncGenerator<ToolProgress, Outcome, void> {
  const timeoutMs = Math.min(input.timeout ?? defaultBackgroundTimeout, maxBackgroundTimeout);
  // Not bound to the turn: it ends by itself, by TaskStop, or with the session.
  const started = await start(input, context, { timeoutMs });
  if ('problem' in started) return fail(started.problem);
  return goOnInBackground(input, context, started.running);
}

async function goOnInBackground(
  input: BashInput,
  context: ToolContext,
  running: Pick<RunningProcess, 'output' | 'exit' | 'kill'>,
): Promise<Outcome> {
  const { command } = input;
  const { toolUseId, sandbox } = context;
  const epilogue = (exit: ProcessExit): string => toSandboxedOutput(input, sandbox, exit).refusals ?? '';
  const task = await context.tasks.add({ command, toolUseId, running, epilogue });
  return succeed({
    stdout: `It runs in the background as ${task.id}. What it prints goes to ${task.outputFile}. You will be told when it has ended.`,
    stderr: '',
    interrupted: false,
    exitCode: null,
    ending: '',
    ...toSandboxedOutput(input, context.sandbox),
    backgroundTaskId: task.id,
  });
}

/** The time a command has in the foreground: it ends with what follows if it goes on in the background. */
function startLimit(timeoutMs: number, running: RunningProcess, clock: Clock) {
  const done = new AbortController();
  let isReached = false;
  clock.sleep(timeoutMs, done.signal).then(
    () => {
      isReached = true;
      return running.kill();
    },
    () => undefined,
  );
  return { isReached: () => isReached, end: () => done.abort() };
}

type Chunks = RunningProcess['output'];
type Chunk = Chunks extends AsyncIterable<infer Value> ? Value : never;

/** What was printed so far, then what is still to come. `next` has been asked for already. */
async function* continueOutput(
  printed: string,
  next: Promise<IteratorResult<Chunk>>,
  chunks: AsyncIterator<Chunk>,
): AsyncGenerator<Chunk, void, void> {
  if (printed !== '') yield { stream: 'stdout', text: printed };
  for (let step = await next; step.done !== true; step = await chunks.next()) yield step.value;
}

async function start(
  input: BashInput,
  { processes, workspace, sandbox }: ToolContext,
  limits: { readonly timeoutMs: number; readonly signal?: AbortSignal },
) {
  try {
    const policy = await findPolicy(input, sandbox);
    const how = { cwd: workspace.cwd, ...limits, ...(policy && { sandbox: policy }) };
    return { running: await processes.runShell(input.command, how) };
  } catch (error) {
    if (error instanceof SpawnError) return { problem: `The command was not run. ${error.message}` };
    throw error;
  }
}

function toResult({ stdout, ending, refusals }: BashOutput): string {
  const printed = stdout.replace(/^\n+|\s+$/g, '');
  const told = refusals === undefined ? '' : `\n\n${refusals}`;
  if (ending === '') return (printed === '' ? '(It printed nothing, and ended well.)' : printed) + told;
  return (printed === '' ? `${ending}\n(It printed nothing.)` : `${ending}\n${printed}`) + told;
}

const maxTitle = 80;

/** One line; that more follows is always to be seen. */
function shorten(command: string): string {
  const text = command.trim();
  const line = escapeName(text.split('\n', 1)[0] ?? '');
  const cut = line.length > maxTitle ? line.slice(0, maxTitle) : line;
  return cut.length < line.length || text.includes('\n') ? `${cut} …` : cut;
}
