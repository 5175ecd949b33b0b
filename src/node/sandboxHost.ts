/**
 * A process of its own that holds the sandbox library: it builds the confined form of command lines, and the proxy that
 * lets their network through runs in it. Of its own because the library keeps its state in the module (one configuration,
 * one working directory, handlers for signals), which is nothing for an extension host that others live in. It runs no
 * command itself, and ends when whoever started it has gone.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  SandboxManager,
  type SandboxRuntimeConfig,
  SandboxRuntimeConfigSchema,
} from '@anthropic-ai/sandbox-runtime';
import type { SandboxPolicy } from '../core/ports.ts';
import type { FromSandboxHost, ToSandboxHost } from './sandboxMessages.ts';

type Wrap = Extract<ToSandboxHost, { kind: 'wrap' }>;

/** What was refused is reported on a socket, which may be a moment behind the end of the command. Milliseconds. */
const SETTLE_MS = 20;

const temporary = mkdtempSync(join(tmpdir(), 'belay-sandbox-'));
// The library's name for the folder that becomes the TMPDIR of commands.
process.env.CLAUDE_CODE_TMPDIR = temporary;

/** Commands that run, with what each of them must not reach. */
const running = new Map<string, SandboxPolicy>();
let isOpen = false;
/** The library has one configuration, so one command at a time is wrapped. */
let last: Promise<void> = Promise.resolve();

let isEnding = false;
process.on('message', (message: ToSandboxHost) => {
  // What gets no answer is asked of another one.
  if (isEnding) return;
  if (message.kind === 'wrap') last = last.then(() => wrap(message));
  else void release(message.id);
});
for (const reason of ['disconnect', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const)
  process.once(reason, () => void end());

async function wrap({ id, command, cwd, policy }: Wrap): Promise<void> {
  running.set(id, policy);
  try {
    // The library protects what lies in the current folder.
    process.chdir(cwd);
    await configure(policy);
    SandboxManager.registerCommandNetworkLists(id, { allowedDomains: [...policy.network.allowedDomains] });
    const line = await SandboxManager.wrapWithSandbox(command, 'bash', undefined, undefined, {
      commandId: id,
      commandText: command,
    });
    tell({ kind: 'wrapped', id, line });
  } catch (error) {
    forget(id);
    // Its proxy may have broken down: the next command gets a new one.
    if (running.size === 0) await close();
    tell({ kind: 'failed', id, problem: error instanceof Error ? error.message : String(error) });
  }
}

async function configure(policy: SandboxPolicy): Promise<void> {
  const parsed = SandboxRuntimeConfigSchema.safeParse(toConfig(policy));
  if (!parsed.success)
    throw new Error(
      parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    );
  if (isOpen) SandboxManager.updateConfig(parsed.data);
  else await SandboxManager.initialize(parsed.data, undefined, true);
  isOpen = true;
}

function toConfig(policy: SandboxPolicy): SandboxRuntimeConfig {
  const { unixSockets, allUnixSockets, localBinding } = policy.network;
  return {
    network: {
      // Each command has a list of its own. What is denied to one that runs is denied to all: the proxy is one.
      allowedDomains: [],
      deniedDomains: [...new Set([...running.values()].flatMap(({ network }) => network.deniedDomains))],
      allowUnixSockets: [...unixSockets],
      allowAllUnixSockets: allUnixSockets,
      allowLocalBinding: localBinding,
    },
    filesystem: {
      allowWrite: [...policy.write, temporary].map(toName),
      // What is run without a sandbox later must not be written within one.
      denyWrite: [...policy.denyWrite, import.meta.dirname].map(toName),
      denyRead: [...policy.denyRead.map(toName), ...policy.denyReadPatterns],
      allowRead: policy.allowRead.map(toName),
    },
    enableWeakerNestedSandbox: policy.hostProc,
    // It would look for files to protect in the current folder; the policy names them, for all folders.
    ripgrep: { command: 'true' },
  };
}

/** Characters of a pattern mean themselves in it. */
function toName(path: string): { readonly path: string; readonly literal: true } {
  return { path, literal: true };
}

async function release(id: string): Promise<void> {
  await sleep(SETTLE_MS);
  const violations = SandboxManager.getSandboxViolationStore().getViolationsForCommand(id);
  SandboxManager.cleanupAfterCommand();
  forget(id);
  tell({ kind: 'released', id, violations: [...new Set(violations.map(({ line }) => line))] });
}

function forget(id: string): void {
  running.delete(id);
  SandboxManager.unregisterCommandNetworkLists(id);
}

function tell(message: FromSandboxHost): void {
  // Nobody listens any more once the other side has gone.
  if (process.connected && !isEnding) process.send?.(message);
}

async function close(): Promise<void> {
  isOpen = false;
  await SandboxManager.reset();
}

async function end(): Promise<void> {
  isEnding = true;
  try {
    await close();
  } finally {
    rmSync(temporary, { recursive: true, force: true });
    process.exit();
  }
}
