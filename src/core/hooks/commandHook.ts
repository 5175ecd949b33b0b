/**
 * Hooks that settings files name: a command that reads the event as JSON from its standard input. Exit code 0: what it
 * printed is its answer (JSON, or plain text as context where an event knows context). Exit code 2: a block, with what it
 * wrote to standard error as the reason. Anything else: it failed.
 */
import type { CommandHook } from '../../protocol/hooks.ts';
import { type Processes, type RunningProcess, SpawnError, type Workspace } from '../ports.ts';
import { type HookEvent, isBlockable } from './hookEvents.ts';
import { type Hook, type HookPayload, type HookReport, toTimeoutMs } from './hookSource.ts';
import { failedHook, type HookAnswered, parsePrinted } from './parseHookOutput.ts';

export interface CommandHookParts {
  readonly processes: Pick<Processes, 'run' | 'runShell'>;
  readonly workspace: Pick<Workspace, 'cwd'>;
}

/** Characters of each stream that are kept for reading the answer. */
const MAX_KEPT = 1_000_000;

export function createCommandHook(command: CommandHook, event: HookEvent, parts: CommandHookParts): Hook {
  return {
    timeoutMs: toTimeoutMs(command.timeout),
    onFailure: command.onFailure ?? 'continue',
    run: (payload, { signal }) => runCommand({ command, payload, event, signal }, parts),
  };
}

interface CommandRun {
  readonly command: CommandHook;
  readonly payload: HookPayload;
  readonly event: HookEvent;
  readonly signal: AbortSignal;
}

async function runCommand(run: CommandRun, parts: CommandHookParts): Promise<HookReport> {
  const running = await start(run, parts);
  if (!('exit' in running)) return { answered: failedHook(running.problem), stdout: '', stderr: '' };
  const kept = { stdout: '', stderr: '' };
  for await (const { stream, text } of running.output) {
    if (kept[stream].length < MAX_KEPT) kept[stream] = (kept[stream] + text).slice(0, MAX_KEPT);
  }
  const { code, signal } = await running.exit;
  run.signal.throwIfAborted();
  const ended = { ...kept, code, signal };
  return { ...kept, answered: toAnswer(run.event, ended), ...(code === null ? {} : { exitCode: code }) };
}

/** The signal carries the time limit too: an abort ends the command and all that it has started. */
async function start(
  { command, payload, signal }: CommandRun,
  { processes, workspace }: CommandHookParts,
): Promise<RunningProcess | { readonly problem: string }> {
  const options = {
    cwd: workspace.cwd,
    env: { CLAUDE_PROJECT_DIR: workspace.cwd },
    input: `${JSON.stringify(payload)}\n`,
    signal,
  };
  try {
    return command.args === undefined
      ? await processes.runShell(command.command, options)
      : await processes.run(command.command, command.args, options);
  } catch (error) {
    if (error instanceof SpawnError) return { problem: error.message };
    throw error;
  }
}

interface EndedCommand {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: string | null;
}

function toAnswer(event: HookEvent, { stdout, stderr, code, signal }: EndedCommand): HookAnswered {
  const complaint = stderr.trim();
  if (code === 0) return parsePrinted(event, stdout);
  if (code === 2 && isBlockable(event)) {
    return { kind: 'output', output: { decision: 'block', reason: complaint } };
  }
  const how = code === null ? `it was ended by ${signal ?? 'a signal'}` : `it ended with exit code ${code}`;
  return failedHook(complaint === '' ? how : `${how}: ${complaint}`);
}
