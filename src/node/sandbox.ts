/**
 * Commands in the sandbox: bubblewrap on Linux, seatbelt on macOS. What confines a command line is built by a process of
 * its own (sandboxHost.ts), started with the first such command and ended when none has run for a while.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { Socket } from 'node:net';
import type { Platform, SandboxPolicy, SandboxViolation } from '../core/ports.ts';
import { SpawnError } from '../core/ports.ts';
import { buildEnvironment } from './processEnvironment.ts';
import type { FromSandboxHost, ToSandboxHost } from './sandboxMessages.ts';
import { findSandboxProblem } from './sandboxRequirements.ts';

export interface SandboxOptions {
  readonly platform: Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Path of sandboxHost as a script that this process's own Node can run. */
  readonly host: string;
  /** Time without a command after which its process ends. Milliseconds; default a minute. */
  readonly idleMs?: number | undefined;
}

export interface ConfinedCommand {
  /** A simple command for bash. */
  readonly line: string;
  /** To be called once, when the command has ended: removes what stood in for files that are not there. Never rejects. */
  release(): Promise<readonly SandboxViolation[]>;
}

export interface Sandbox {
  /** As `Processes.checkSandbox`. */
  check(policy: Pick<SandboxPolicy, 'hostProc'>): Promise<string | undefined>;
  /** Throws SpawnError('SANDBOX') where the command can't be confined: it must not run then. */
  confine(
    command: string,
    how: { readonly cwd: string; readonly policy: SandboxPolicy; readonly signal?: AbortSignal | undefined },
  ): Promise<ConfinedCommand>;
  /** Ends the process behind it. A later command starts it anew. */
  close(): Promise<void>;
}

const defaultIdleMs = 60_000;

export function createSandbox(options: SandboxOptions): Sandbox {
  const { platform, env, idleMs = defaultIdleMs } = options;
  let host: SandboxHost | undefined;
  let idle: NodeJS.Timeout | undefined;
  let count = 0;
  /** That it works here is found out once; what was missing may be installed meanwhile. */
  const working = new Set<boolean>();

  async function check({ hostProc }: Pick<SandboxPolicy, 'hostProc'>): Promise<string | undefined> {
    if (working.has(hostProc)) return undefined;
    const path = env.PATH ?? env.Path;
    const problem = await findSandboxProblem({ platform, architecture: process.arch, path, hostProc });
    if (problem === undefined) working.add(hostProc);
    return problem;
  }

  function begin(): SandboxHost {
    clearTimeout(idle);
    count += 1;
    if (host === undefined || host.hasEnded()) host = startHost(options);
    return host;
  }

  function finish(): void {
    count -= 1;
    if (count > 0) return;
    idle = setTimeout(() => void host?.close(), idleMs);
    idle.unref();
  }

  return {
    check,
    async confine(command, { cwd, policy, signal }) {
      const problem = await check(policy);
      if (problem !== undefined) throw new SpawnError('SANDBOX', problem);
      signal?.throwIfAborted();
      const id = randomBytes(24).toString('base64url');
      const wrap = { kind: 'wrap', id, command, cwd, policy } as const;
      let by = begin();
      let answer = await by.ask(wrap);
      if (answer === undefined) {
        // It had died meanwhile; nothing has run, so another one may try.
        finish();
        by = begin();
        answer = await by.ask(wrap);
      }
      if (answer?.kind !== 'wrapped') {
        finish();
        throw new SpawnError('SANDBOX', `The sandbox could not be set up: ${by.explain(answer)}`);
      }
      return {
        line: answer.line,
        async release() {
          const released = await by.ask({ kind: 'release', id });
          finish();
          return released?.kind === 'released' ? released.violations.map(toViolation) : [];
        },
      };
    },
    async close() {
      clearTimeout(idle);
      await host?.close();
    },
  };
}

interface SandboxHost {
  /** undefined: it has ended before it answered. */
  ask(message: ToSandboxHost): Promise<FromSandboxHost | undefined>;
  /** Why an answer is none that helps. */
  explain(answer: FromSandboxHost | undefined): string;
  hasEnded(): boolean;
  close(): Promise<void>;
}

/** What is kept of what it prints when it breaks down. Characters. */
const maxComplaint = 2000;

function startHost({ env, host }: SandboxOptions): SandboxHost {
  const waiting = new Map<string, (answer: FromSandboxHost | undefined) => void>();
  let complaint = '';
  let hasEnded = false;
  const child = fork(host, [], {
    // Not where the command runs: a folder that is in use can't be removed everywhere.
    cwd: '/',
    execArgv: [],
    // In an Electron program (VS Code) its own executable is Node only when told so.
    env: buildEnvironment(env, { ELECTRON_RUN_AS_NODE: '1' }, 'sandbox'),
    // Ctrl+C in a terminal is for this process, which ends the other one in order.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-maxComplaint);
  });
  const ended = new Promise<void>((resolve) => {
    const onEnd = (): void => {
      hasEnded = true;
      for (const answer of waiting.values()) answer(undefined);
      waiting.clear();
      resolve();
    };
    child.once('exit', onEnd);
    child.once('error', (error) => {
      complaint += String(error);
      onEnd();
    });
  });
  child.on('message', (message: FromSandboxHost) => {
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
    if (waiting.size === 0) release(child);
  });
  release(child);
  return {
    ask: (message) =>
      new Promise((resolve) => {
        if (hasEnded || !child.connected) return resolve(undefined);
        waiting.set(message.id, resolve);
        hold(child);
        child.send(message);
      }),
    explain: (answer) => (answer?.kind === 'failed' ? answer.problem : complaint.trim() || 'it ended.'),
    hasEnded: () => hasEnded || !child.connected,
    async close() {
      // Who waits for the end must not end before it.
      if (!hasEnded) child.ref();
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

/** It alone is no reason for this process to go on. */
function release(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
  if (child.stderr instanceof Socket) child.stderr.unref();
}

function hold(child: ChildProcess): void {
  child.ref();
  child.channel?.ref();
}

/** `deny openat /etc/x` and `deny network-outbound host:443 (reason)` on Linux; macOS has words of its own. */
function toViolation(line: string): SandboxViolation {
  const network = /^deny network-outbound (\S+) \((.*)\)$/.exec(line);
  if (network !== null) return { kind: 'network', address: network[1] ?? '', reason: network[2] ?? '' };
  const path = /^deny \S+ (\/.*)$/.exec(line)?.[1];
  return path === undefined ? { kind: 'other', text: line } : { kind: 'write', path };
}
