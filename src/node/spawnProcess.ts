/** Starts a process, or says why it can't be started. */
import { type ChildProcess, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { SpawnError } from '../core/ports.ts';
import { errorCode } from './fileOperations.ts';

export interface SpawnRequest {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Leads a process group of its own. Not on Windows, where it would open a console window. */
  readonly ownGroup: boolean;
  /** For its standard input; undefined: that is closed, and a program that asks reads the end at once. */
  readonly input: string | undefined;
}

export interface SpawnedProcess {
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the process itself has ended; what it started may live on. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

/** Throws SpawnError. */
export async function spawnProcess(request: SpawnRequest): Promise<SpawnedProcess> {
  let child: ChildProcess;
  let ended: SpawnedProcess['ended'];
  try {
    child = spawn(request.file, request.args, {
      cwd: request.cwd,
      env: request.env,
      detached: request.ownGroup,
      stdio: [request.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.on('error', reject);
    });
  } catch (error) {
    // Where the folder isn't there, the system names the program.
    await checkFolder(request.cwd);
    throw toSpawnError(error, request.file);
  }
  const { pid, stdout, stderr } = child;
  if (pid === undefined || stdout === null || stderr === null) {
    throw new SpawnError('EMFILE', `${request.file} could not be started: no pipes could be opened for it.`);
  }
  if (request.input !== undefined) writeInput(child, request.input);
  return { pid, stdout, stderr, ended };
}

/** A program that ends without reading all of it is no failure. */
function writeInput({ stdin }: ChildProcess, input: string): void {
  stdin?.on('error', () => undefined);
  stdin?.end(input);
}

async function checkFolder(cwd: string): Promise<void> {
  let found: boolean;
  try {
    found = (await stat(cwd)).isDirectory();
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      throw new SpawnError(code, `The folder ${cwd} can't be used (${code}).`, { cause: error });
    }
    throw new SpawnError('ENOENT', `The folder ${cwd} is not there (any more), so nothing can run in it.`);
  }
  if (!found) throw new SpawnError('ENOTDIR', `${cwd} is not a folder, so nothing can run in it.`);
}

function toSpawnError(error: unknown, file: string): SpawnError {
  const nodeCode = errorCode(error);
  // Node refuses a NUL itself, before the system sees it.
  const code = nodeCode === 'ERR_INVALID_ARG_VALUE' ? 'EINVAL' : nodeCode;
  return new SpawnError(code, `${file} could not be started: ${explain(code)}.`, { cause: error });
}

function explain(code: string): string {
  switch (code) {
    case 'ENOENT':
      return 'it was not found. Is it installed, and on the PATH?';
    case 'EACCES':
      return 'it may not be executed';
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open. Wait for other commands to end, then try again';
    case 'EAGAIN':
    case 'ENOMEM':
      return 'the system has no room for another process. Try again later';
    case 'E2BIG':
    case 'ENAMETOOLONG':
      return 'the command line is too long. Write it into a script file and run that';
    case 'EINVAL':
      return 'the command line holds a NUL character';
    default:
      return code;
  }
}
