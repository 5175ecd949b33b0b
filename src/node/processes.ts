/** Processes of the operating system: commands that nobody can type into, with nothing of the user's keys, ended as a whole. */
import { randomUUID } from 'node:crypto';
import type { Platform, Processes, RunningProcess, SpawnOptions } from '../core/ports.ts';
import { findRipgrep } from './findRipgrep.ts';
import { buildEnvironment, callIdVariable } from './processEnvironment.ts';
import { superviseProcess } from './runningProcess.ts';
import { buildShellCommand, type ShellCommand } from './shellCommand.ts';
import { spawnProcess } from './spawnProcess.ts';

export interface NodeProcessesOptions {
  readonly platform: Platform;
  /** What commands inherit, before it is cleaned (see processEnvironment.ts). */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Paths to try before the PATH; see `ripgrepCandidates`. */
  readonly ripgrepCandidates: readonly string[];
  /** Time that commands which are to end have to end by themselves. Milliseconds; default 3 s. */
  readonly politeMs?: number | undefined;
}

export function createNodeProcesses(options: NodeProcessesOptions): Processes {
  const { platform, env } = options;
  let ripgrep: Promise<string | undefined> | undefined;
  return {
    shellName: platform === 'win32' ? 'PowerShell' : 'bash',
    runShell: (command, how) => {
      return start(options, buildShellCommand(platform, command, env), { ...how, sweepDaemons: true });
    },
    run: (file, args, how) => start(options, { file, args }, { ...how, sweepDaemons: false }),
    ripgrep: () => {
      ripgrep ??= findRipgrep(options.ripgrepCandidates, platform, env.PATH ?? env.Path);
      return ripgrep;
    },
  };
}

async function start(
  { platform, env, politeMs }: NodeProcessesOptions,
  program: ShellCommand,
  how: SpawnOptions & { readonly sweepDaemons: boolean },
): Promise<RunningProcess> {
  how.signal?.throwIfAborted();
  const callId = randomUUID();
  const spawned = await spawnProcess({
    ...program,
    cwd: how.cwd,
    env: buildEnvironment(env, how.env ?? {}, callId),
    ownGroup: platform !== 'win32',
    input: how.input,
  });
  return superviseProcess(spawned, {
    tree: { platform, pid: spawned.pid, marker: `${callIdVariable}=${callId}`, env, politeMs },
    timeoutMs: how.timeoutMs,
    signal: how.signal,
    sweepDaemons: how.sweepDaemons,
  });
}
