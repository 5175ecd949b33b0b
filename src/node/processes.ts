/** Processes of the operating system: commands that nobody can type into, with nothing of the user's keys, ended as a whole. */
import { randomUUID } from 'node:crypto';
import {
  type Platform,
  type Processes,
  type RunningProcess,
  type SandboxPolicy,
  type ShellOptions,
  SpawnError,
  type SpawnOptions,
} from '../core/ports.ts';
import { findRipgrep } from './findRipgrep.ts';
import { buildEnvironment, callIdVariable } from './processEnvironment.ts';
import { findStart } from './processList.ts';
import { readForks } from './processNumbers.ts';
import { superviseProcess } from './runningProcess.ts';
import { type ConfinedCommand, createSandbox, type Sandbox } from './sandbox.ts';
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
  /** Path of sandboxHost as a script that this process's own Node can run; absent: there is no sandbox. */
  readonly sandboxHost?: string | undefined;
}

export interface NodeProcesses extends Processes {
  /** Ends what stands behind the sandbox. Commands are ended by whoever has started them. */
  close(): Promise<void>;
}

export function createNodeProcesses(options: NodeProcessesOptions): NodeProcesses {
  const { platform, env, sandboxHost } = options;
  const sandbox = sandboxHost === undefined ? undefined : createSandbox({ platform, env, host: sandboxHost });
  let ripgrep: Promise<string | undefined> | undefined;
  return {
    shellName: platform === 'win32' ? 'PowerShell' : 'bash',
    runShell: (command, how) =>
      how.sandbox === undefined
        ? start(options, buildShellCommand(platform, command, env), { ...how, sweepDaemons: true })
        : runConfined(command, { ...how, policy: how.sandbox, sandbox, options }),
    ...(sandbox === undefined ? {} : { checkSandbox: sandbox.check }),
    close: async () => sandbox?.close(),
    run: (file, args, how) => start(options, { file, args }, { ...how, sweepDaemons: false }),
    ripgrep: () => {
      ripgrep ??= findRipgrep(options.ripgrepCandidates, platform, env.PATH ?? env.Path);
      return ripgrep;
    },
  };
}

interface ConfinedOptions extends Omit<ShellOptions, 'sandbox'> {
  readonly policy: SandboxPolicy;
  readonly sandbox: Sandbox | undefined;
  readonly options: NodeProcessesOptions;
}

/** In the sandbox, or not at all. */
async function runConfined(
  command: string,
  { policy, sandbox, options, ...how }: ConfinedOptions,
): Promise<RunningProcess> {
  if (sandbox === undefined) throw new SpawnError('SANDBOX', 'There is no sandbox for commands here.');
  const dropped = policy.dropEnvironment.map((name) => [name, undefined]);
  const env = { ...Object.fromEntries(dropped), ...how.env };
  const confined = await sandbox.confine(command, { cwd: how.cwd, policy, signal: how.signal });
  try {
    // In the place of the shell: the sandbox then is a child of this process, and ends with it.
    const shell = buildShellCommand(options.platform, `exec ${confined.line}`, options.env);
    return untilReleased(await start(options, shell, { ...how, env, sweepDaemons: true }), confined);
  } catch (error) {
    await confined.release();
    throw error;
  }
}

/** It has ended when its traces are gone, too. */
function untilReleased(running: RunningProcess, confined: ConfinedCommand): RunningProcess {
  const exit = running.exit.then(async (ended) => ({ ...ended, violations: await confined.release() }));
  return {
    ...running,
    exit,
    async kill() {
      await running.kill();
      await exit;
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
  const forks = platform === 'linux' ? readForks() : undefined;
  const spawned = await spawnProcess({
    ...program,
    cwd: how.cwd,
    env: buildEnvironment(env, how.env ?? {}, callId),
    ownGroup: platform !== 'win32',
    input: how.input,
  });
  const { pid } = spawned;
  const marker = `${callIdVariable}=${callId}`;
  return superviseProcess(spawned, {
    tree: { platform, pid, marker, env, politeMs, start: findStart(platform, pid, forks) },
    timeoutMs: how.timeoutMs,
    signal: how.signal,
    sweepDaemons: how.sweepDaemons,
  });
}
