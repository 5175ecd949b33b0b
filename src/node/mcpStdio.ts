/**
 * An MCP server that is a process of ours: one message of JSON a line on its standard input and output, words for people on
 * its standard error. It gets none of the user's keys, and when it ends, or is to end, all it has started ends with it; also when
 * this process is killed (serverGuard.ts).
 */
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js';
import spawn from 'cross-spawn';
import { createLineSplitter, type SplitLine } from '../channel/lineSplitter.ts';
import { type McpTransport, McpTransportError, type OutsideServerConfig } from '../core/mcp/connector.ts';
import type { Platform } from '../core/ports.ts';
import { buildEnvironment, callIdVariable } from './processEnvironment.ts';
import { endTree, hasGroup } from './processTree.ts';
import { createServerGuard, type ServerGuard } from './serverGuard.ts';

export interface StdioOptions {
  readonly config: Extract<OutsideServerConfig, { type: 'stdio' }>;
  readonly cwd: string;
  readonly platform: Platform;
  /** What servers inherit, before it is cleaned. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** See ProcessTree. */
  readonly politeMs?: number | undefined;
}

/** Bytes. A server that sends longer lines, or reads nothing while so much waits for it, is given up. */
export const MAX_MESSAGE = 10 * 1024 * 1024;
/** Time a server has to end by itself once its input has ended. Milliseconds. */
const GRACE = 500;
/** Characters of its standard error that are kept, to tell why it ended. */
const MAX_WORDS = 2000;

const NEWLINE = 10;

type Send = McpTransport['send'];

export function createStdioTransport(options: StdioOptions): McpTransport {
  const marker = `${callIdVariable}=${randomUUID()}`;
  const splitter = createLineSplitter(MAX_MESSAGE);
  let child: ChildProcess | undefined;
  let guard: ServerGuard | undefined;
  let exited: Promise<void> = Promise.resolve();
  let ending: Promise<void> | undefined;
  let words = '';
  /** Bytes of a line whose end has not come. */
  let unended = 0;

  const transport: McpTransport = { start, send, close: () => end() };

  async function start(): Promise<void> {
    guard = createServerGuard(marker, options.platform);
    const started = launch(options, marker);
    if (started.pid !== undefined) guard.watch(started.pid);
    child = started;
    exited = new Promise((resolve) => started.once('exit', () => resolve()));
    started.stderr?.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-MAX_WORDS);
      transport.onwords?.(text);
    });
    started.stdout?.on('data', receive);
    // A server that ends with its input open says so with its exit.
    started.stdin?.on('error', () => undefined);
    started.stdout?.on('error', () => undefined);
    started.stderr?.on('error', () => undefined);
    try {
      await new Promise<void>((resolve, reject) => {
        started.once('spawn', resolve);
        started.on('error', reject);
      });
    } catch (error) {
      ending = Promise.resolve();
      guard.dismiss();
      throw new McpTransportError(describeStart(options.config.command, error), { cause: error });
    }
    started.once('close', (code, signal) => void end(describeEnd({ code, signal, words })));
  }

  function receive(piece: Uint8Array): void {
    if (ending !== undefined) return;
    const newline = piece.lastIndexOf(NEWLINE);
    unended = newline === -1 ? unended + piece.length : piece.length - newline - 1;
    for (const line of splitter.push(piece)) receiveLine(line);
    if (unended > MAX_MESSAGE) giveUp();
  }

  function giveUp(): void {
    void end(`It sent a message of more than ${MAX_MESSAGE / 1024 / 1024} MB, so it was ended.`);
  }

  /** Servers are wont to print what is no message: that is passed over. */
  function receiveLine(line: SplitLine): void {
    if (ending !== undefined) return;
    if (line.kind === 'too long') return giveUp();
    const parsed = line.kind === 'line' ? parseMessage(line.text) : undefined;
    if (parsed === undefined) transport.onerror?.(new Error('It printed a line that is no message.'));
    // The client looks at notifications a microtask later than at answers, and after the answer no longer at its progress.
    else if ('method' in parsed) transport.onmessage?.(parsed);
    else queueMicrotask(() => transport.onmessage?.(parsed));
  }

  async function send(message: Parameters<Send>[0]): Promise<void> {
    const stdin = child?.stdin;
    if (ending !== undefined || !stdin?.writable) throw new McpTransportError('The server is not running.');
    if (stdin.writableLength > MAX_MESSAGE) {
      void end('It did not read what was sent to it, so it was ended.');
      throw new McpTransportError('The server does not read what is sent to it.');
    }
    stdin.write(`${JSON.stringify(message)}\n`);
  }

  /** `problem`: why, when nobody asked for it. */
  function end(problem?: string): Promise<void> {
    ending ??= endAll(problem);
    return ending;
  }

  async function endAll(problem: string | undefined): Promise<void> {
    if (problem !== undefined) transport.onerror?.(new McpTransportError(problem));
    if (child !== undefined) await endProcess(child);
    guard?.dismiss();
    transport.onclose?.();
  }

  async function endProcess(process: ChildProcess): Promise<void> {
    const { platform, env, politeMs } = options;
    process.stdin?.end();
    process.stdout?.resume();
    await Promise.race([exited, sleep(GRACE, undefined, { ref: false })]);
    const tree = { platform, pid: process.pid ?? 0, marker, env, politeMs };
    const isGone = process.exitCode !== null || process.signalCode !== null;
    if (!isGone || hasGroup(tree)) await endTree(tree);
    await Promise.race([exited, sleep(GRACE, undefined, { ref: false })]);
    for (const stream of [process.stdin, process.stdout, process.stderr]) stream?.destroy();
  }

  return transport;
}

/** The program leads a process group of its own (not on Windows, where it would open a console window). */
function launch({ config, cwd, platform, env }: StdioOptions, marker: string): ChildProcess {
  const callId = marker.slice(callIdVariable.length + 1);
  try {
    return spawn(config.command, config.args ?? [], {
      cwd,
      env: buildEnvironment(env, config.env ?? {}, callId),
      detached: platform !== 'win32',
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
  } catch (error) {
    throw new McpTransportError(describeStart(config.command, error), { cause: error });
  }
}

function parseMessage(text: string): Parameters<Send>[0] | undefined {
  try {
    const parsed = JSONRPCMessageSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function describeStart(command: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return `${command} was not found. Is it installed, and on the PATH?`;
  if (code === 'EACCES') return `${command} may not be executed.`;
  return `${command} could not be started (${error instanceof Error ? error.message : String(error)}).`;
}

interface End {
  readonly code: number | null;
  readonly signal: string | null;
  readonly words: string;
}

function describeEnd({ code, signal, words }: End): string {
  const how = signal === null ? `with exit code ${code}` : `by the signal ${signal}`;
  const last = words.trim();
  return last === '' ? `The server ended ${how}.` : `The server ended ${how}. Its last words: ${last}`;
}
