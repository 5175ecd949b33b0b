/**
 * The life of a started process: time limit, abort, and an end that comes whatever the process has left behind.
 *
 * What a command leaves running when it ends (jobs started with `&`, daemons) is ended with it: what is to go on must be
 * started as a background task of its own.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessExit, RunningProcess } from '../core/ports.ts';
import { isNewest, readForks } from './processNumbers.ts';
import { ProcessOutput } from './processOutput.ts';
import { endTree, hasGroup, type ProcessTree } from './processTree.ts';
import type { SpawnedProcess } from './spawnProcess.ts';

export interface LifeOptions {
  readonly tree: ProcessTree;
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** Also look for daemons when it ends by itself; else only for what is left of its group. */
  readonly sweepDaemons: boolean;
}

/** Who still holds the pipes after the command itself has ended (`tee` in a substitution, a job) may write this long. */
const graceMs = 1000;
/** After the end of the whole tree, only a daemon that could not be found can hold the pipes. Milliseconds. */
const giveUpMs = 500;

/** Takes over a process that has just been started. */
export function superviseProcess(spawned: SpawnedProcess, options: LifeOptions): RunningProcess {
  const output = new ProcessOutput(spawned.stdout, spawned.stderr);
  const killer = createKiller(options.tree);
  let timedOut = false;
  const timer =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          void killer.kill();
        }, options.timeoutMs);
  const onAbort = (): void => void killer.kill();
  options.signal?.addEventListener('abort', onAbort, { once: true });
  if (options.signal?.aborted) onAbort();

  const finish = async (): Promise<ProcessExit> => {
    const ended = await Promise.race([spawned.ended, killer.gaveUp]);
    clearTimeout(timer);
    await output.waitForEnd(graceMs, killer.started);
    options.signal?.removeEventListener('abort', onAbort);
    await killer.close(() => endLeftovers(options));
    output.resumeForEnd();
    if (!(await output.waitForEnd(giveUpMs, never))) output.destroy();
    return { ...ended, timedOut };
  };
  const exit = finish();
  return {
    pid: spawned.pid,
    output,
    exit,
    kill: async () => {
      await killer.kill();
      await exit;
    },
  };
}

const never = new Promise<void>(() => {});

interface Killer {
  /** Ends the tree, once. Nothing any more after `close`: the pid may mean another process by then. */
  kill(): Promise<void>;
  /** Resolves when a kill has begun. */
  readonly started: Promise<void>;
  /** Resolves when the process is still there after a kill: stuck in the kernel. */
  readonly gaveUp: Promise<{ readonly code: null; readonly signal: string }>;
  /** Waits for a kill that is under way, or else does `otherwise`. */
  close(otherwise: () => Promise<void>): Promise<void>;
}

function createKiller(tree: ProcessTree): Killer {
  let killing: Promise<void> | undefined;
  let begin: () => void = () => {};
  const started = new Promise<void>((resolve) => {
    begin = resolve;
  });
  return {
    started,
    gaveUp: started.then(async () => {
      await killing;
      await sleep(giveUpMs, undefined, { ref: false });
      return { code: null, signal: 'SIGKILL' };
    }),
    kill: () => {
      killing ??= endTree(tree);
      begin();
      return killing;
    },
    close: (otherwise) => {
      killing ??= otherwise();
      return killing;
    },
  };
}

async function endLeftovers(options: LifeOptions): Promise<void> {
  // Windows finds descendants through their parent, which has just ended.
  if (options.tree.platform === 'win32') return;
  // Most commands start nothing, and usually nobody else does meanwhile.
  if (isNewest(options.tree.start?.forks, readForks())) return;
  if (options.sweepDaemons || hasGroup(options.tree)) await endTree(options.tree);
}
