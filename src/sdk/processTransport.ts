/** An agent in a process of its own, behind its standard input and output. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createJsonLinesChannel } from '../channel/jsonLines.ts';
import { EXIT } from '../headless/exitCodes.ts';
import { toWebReadable, toWebWritable } from '../node/standardStreams.ts';
import { buildArguments, buildEnvironment } from './buildInvocation.ts';
import {
  ConnectionError,
  ExecutableNotFoundError,
  JsonDecodeError,
  ProcessError,
  type SdkError,
} from './errors.ts';
import type { Options } from './options.ts';
import type { Transport } from './transport.ts';

/** A process that does not end by itself is ended by force. Milliseconds. */
const PATIENCE_MS = 5000;
const MAX_STDERR_CHARS = 8192;

/** Throws ExecutableNotFoundError, ConnectionError. */
export async function startProcess(options: Options): Promise<Transport> {
  const path = options.pathToClaudeCodeExecutable ?? resolve(import.meta.dirname, 'belay.cjs');
  const cwd = options.cwd ?? process.cwd();
  await access(path).catch((cause: unknown) => {
    throw new ExecutableNotFoundError(path, { cause });
  });
  await access(cwd).catch((cause: unknown) => {
    throw new ConnectionError(`There is no folder ${cwd}.`, { cause });
  });
  const program = options.executable ?? process.execPath;
  const child = spawn(program, [path, ...buildArguments(options)], {
    cwd,
    env: { ...buildEnvironment(options) },
    stdio: 'pipe',
    windowsHide: true,
  });
  await hasStarted(child, program);
  return toTransport(child, options);
}

function hasStarted(child: ChildProcessWithoutNullStreams, program: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => {
      const isMissing = 'code' in cause && cause.code === 'ENOENT';
      reject(
        isMissing
          ? new ExecutableNotFoundError(program, { cause })
          : new ConnectionError(`The agent could not be started: ${cause.message}`, { cause }),
      );
    });
  });
}

function toTransport(child: ChildProcessWithoutNullStreams, options: Options): Transport {
  let isClosing = false;
  let isForced = false;
  let badLine: string | undefined;
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-MAX_STDERR_CHARS);
    options.stderr?.(text);
  });
  // What fails once it runs is met as its end.
  child.on('error', () => undefined);
  const channel = createJsonLinesChannel({
    input: toWebReadable(child.stdout),
    output: toWebWritable(child.stdin),
    onProblem(text) {
      badLine ??= text;
      stop();
    },
  });
  const ended = new Promise<SdkError | undefined>((resolve) => {
    child.once('close', (exitCode, signal) => {
      channel.close();
      resolve(isClosing ? undefined : toProblem({ exitCode, signal, stderr }));
    });
  });

  function toProblem(end: ConstructorParameters<typeof ProcessError>[0]): SdkError {
    // A line that could not be written tells no more than that the process had ended.
    const wasStopped = isForced || end.signal === 'SIGTERM' || end.exitCode === EXIT.terminated;
    return badLine !== undefined && wasStopped ? new JsonDecodeError(badLine) : new ProcessError(end);
  }

  function stop(): void {
    if (!child.kill('SIGTERM')) return;
    const force = setTimeout(() => {
      isForced = child.kill('SIGKILL');
    }, PATIENCE_MS);
    void ended.then(() => clearTimeout(force));
  }

  async function close(): Promise<void> {
    if (!isClosing) {
      isClosing = true;
      stop();
    }
    await ended;
  }

  return { channel, ended, close };
}
