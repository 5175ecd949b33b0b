/** Runs ripgrep and gives its output record by record, no further than somebody wants to read. */
import { SpawnError } from '../ports.ts';
import type { ToolContext } from './tool.ts';

export interface RipgrepRequest {
  readonly args: readonly string[];
  /** What to search, seen from `folder`: "." or "./name". */
  readonly target: string;
  /** The folder to search in; paths in the output are relative to it. */
  readonly folder: string;
  /** What ends a record. */
  readonly separator: '\n' | '\0';
}

export interface RipgrepEnd {
  /** What ripgrep complains of; empty: nothing. */
  readonly problem: string;
  readonly timedOut: boolean;
}

export type RipgrepStart =
  | { readonly kind: 'started'; readonly records: AsyncGenerator<string, RipgrepEnd, void> }
  | { readonly kind: 'refused'; readonly reason: string };

const timeoutMs = 60_000;
const maxProblem = 2000;
/** A record longer than this is cut: a file name or a line can't be so long. Characters. */
const maxRecord = 100_000;

/** Not the user's configuration, which could run programs. */
const first = ['--no-config', '--color=never', '--hidden'];
/** Hidden files are searched, but not the insides of version control. Last, because the last glob that matches counts. */
const last = ['.git', '.hg', '.svn', '.jj'].map((name) => `--glob=!${name}`);

export async function startRipgrep(
  request: RipgrepRequest,
  context: Pick<ToolContext, 'processes' | 'signal'>,
): Promise<RipgrepStart> {
  const program = await context.processes.ripgrep();
  if (program === undefined) {
    const reason =
      'There is no ripgrep on this machine, which searching needs. Use find and grep in the shell instead.';
    return { kind: 'refused', reason };
  }
  try {
    const args = [...first, ...request.args, ...last, '--', request.target];
    const running = await context.processes.run(program, args, {
      cwd: request.folder,
      timeoutMs,
      signal: context.signal,
    });
    return { kind: 'started', records: readRecords(running, request.separator, context.signal) };
  } catch (error) {
    if (error instanceof SpawnError)
      return { kind: 'refused', reason: `The search was not run. ${error.message}` };
    throw error;
  }
}

async function* readRecords(
  running: Awaited<ReturnType<ToolContext['processes']['run']>>,
  separator: string,
  signal: AbortSignal,
): AsyncGenerator<string, RipgrepEnd, void> {
  let rest = '';
  let problem = '';
  try {
    for await (const { stream, text } of running.output) {
      if (stream === 'stderr') {
        if (problem.length < maxProblem) problem += text;
        continue;
      }
      const records = (rest + text).split(separator);
      rest = (records.pop() ?? '').slice(0, maxRecord);
      yield* records;
    }
    if (rest !== '') yield rest;
    const exit = await running.exit;
    signal.throwIfAborted();
    // 0: found, 1: nothing found, 2: something went wrong, perhaps only with some of the files.
    const failed = exit.code !== 0 && exit.code !== 1;
    return { problem: failed ? problem.slice(0, maxProblem).trim() : '', timedOut: exit.timedOut };
  } finally {
    // Whoever has read enough doesn't need the rest searched.
    await running.kill();
  }
}
