/**
 * What goes on after its call has been answered: commands, and subagents. It lives as long as the session; all is ended
 * with it.
 */
import type { Clock, ProcessExit, RunningProcess, Storage } from '../ports.ts';
import { createForegroundCalls, type ForegroundCalls } from './foregroundCalls.ts';
import { createOutputFile, type OutputFile } from './outputFile.ts';
import { TerminalText } from './terminalText.ts';

export interface BackgroundTask {
  readonly id: string;
  /** As `task_type` on the wire. */
  readonly type: 'local_bash' | 'local_agent';
  /** The command, or what the subagent is to do, in a few words. */
  readonly command: string;
  readonly toolUseId: string;
  readonly state: 'running' | 'completed' | 'failed' | 'stopped';
  /** Exit code, once it has ended by itself. */
  readonly exitCode: number | null;
  /** Absolute path of the file that takes its output while it comes. */
  readonly outputFile: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Of a subagent. */
  readonly agent?: TaskAgent;
  /** What a subagent has come to, once it has ended. */
  readonly report?: TaskReport;
}

export interface TaskAgent {
  /** The name of its definition. */
  readonly type: string;
  readonly prompt: string;
  /** 1 for a subagent of the main agent. */
  readonly depth: number;
}

export interface TaskReport {
  /** For the model. */
  readonly text: string;
  readonly usage: {
    readonly total_tokens: number;
    readonly tool_uses: number;
    readonly duration_ms: number;
  };
}

/** Something that puts out text until it ends, and can be ended. */
export type RunningTask = Pick<RunningProcess, 'output' | 'exit' | 'kill'>;

export interface NewTask {
  readonly command: string;
  readonly toolUseId: string;
  readonly running: RunningTask;
  /** What is added to its output once it has ended. */
  readonly epilogue?: (exit: ProcessExit) => string;
  /** Absent: a command. */
  readonly agent?: TaskAgent & {
    /** Names the task, too. */
    readonly id: string;
    /** Asked once it has ended. */
    readonly report: () => TaskReport | undefined;
  };
}

export interface BackgroundTasks {
  /** What could go on in the background, but has not been moved there. */
  readonly foreground: ForegroundCalls;
  list(): readonly BackgroundTask[];
  get(id: string): BackgroundTask | undefined;
  /** Resolves when what this call has left running has ended; undefined: nothing of it runs. */
  whenEnded(toolUseId: string): Promise<void> | undefined;
  /** Takes over a running process: reads its output into a file, and ends it with the session at the latest. */
  add(task: NewTask): Promise<BackgroundTask>;
  /** Ends the task and its process tree; false when there is no such running task. */
  stop(id: string): Promise<boolean>;
  /** Ends all tasks. */
  close(): Promise<void>;
  /** A file for an output that is too long to be answered, in the folder of the session's outputs. */
  openOutput(name: string): OutputFile;
}

export interface BackgroundTasksOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  /** Names the folder of the outputs: `output/<sessionId>` of the storage. */
  readonly sessionId: string;
  /** A task has started or ended. */
  readonly onChange: (task: BackgroundTask) => void;
}

interface Entry {
  task: BackgroundTask;
  readonly running: RunningTask;
  readonly report: (() => TaskReport | undefined) | undefined;
  readonly epilogue: NewTask['epilogue'];
  /** Resolves when the end has been told. */
  ended: Promise<void>;
  stopped: boolean;
}

export function createBackgroundTasks(options: BackgroundTasksOptions): BackgroundTasks {
  const { storage, clock, sessionId, onChange } = options;
  const folder = ['output', sessionId];
  const entries = new Map<string, Entry>();
  let count: Promise<number> | undefined;
  let closed = false;
  /** Goes on counting after a resume, so that no file is used again. */
  const nextId = async (): Promise<string> => {
    const next = (count ?? countOutputs(storage, folder)).then((number) => number + 1);
    count = next;
    return `shell-${await next}`;
  };
  const stopEntry = async (entry: Entry): Promise<void> => {
    entry.stopped = true;
    await entry.running.kill();
    await entry.ended;
  };
  return {
    foreground: createForegroundCalls(),
    list: () => [...entries.values()].map((entry) => entry.task),
    get: (id) => entries.get(id)?.task,
    whenEnded: (toolUseId) =>
      [...entries.values()].find(({ task }) => task.toolUseId === toolUseId && task.state === 'running')
        ?.ended,
    add: async ({ command, toolUseId, running, agent, epilogue }) => {
      const id = agent?.id ?? (await nextId());
      const file = createOutputFile(storage, [...folder, `${id}.txt`]);
      const ids = { id, command, toolUseId, outputFile: file.path, ...toKind(agent) };
      const entry: Entry = {
        task: { ...ids, state: 'running', exitCode: null, startedAt: clock.now() },
        running,
        report: agent?.report,
        epilogue,
        ended: Promise.resolve(),
        stopped: false,
      };
      // Listed before anything is waited for: in the order they were started, and seen by `close`.
      entries.set(id, entry);
      const begun = file.create().then(() => onChange(entry.task));
      entry.ended = begun.then(() => follow(entry, file, onChange));
      await begun;
      if (closed) await stopEntry(entry);
      return entry.task;
    },
    stop: async (id) => {
      const entry = entries.get(id);
      if (entry?.task.state !== 'running') return false;
      await stopEntry(entry);
      return true;
    },
    close: async () => {
      closed = true;
      const running = [...entries.values()].filter((entry) => entry.task.state === 'running');
      await Promise.all(running.map(stopEntry));
    },
    openOutput: (name) => createOutputFile(storage, [...folder, `${name.replace(/[^\w-]/g, '_')}.txt`]),
  };
}

function toKind(agent: NewTask['agent']): Pick<BackgroundTask, 'type' | 'agent'> {
  if (agent === undefined) return { type: 'local_bash' };
  const { type, prompt, depth } = agent;
  return { type: 'local_agent', agent: { type, prompt, depth } };
}

/** The highest number that an output of an earlier run of the session has. */
async function countOutputs(storage: Storage, folder: readonly string[]): Promise<number> {
  const files = await storage.list(folder).catch(() => []);
  const numbers = files.map(({ name }) => Number(/^shell-(\d+)\.txt$/.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}

async function follow(
  entry: Entry,
  file: OutputFile,
  onChange: BackgroundTasksOptions['onChange'],
): Promise<void> {
  const text = new TerminalText();
  for await (const chunk of entry.running.output) await file.write(text.push(chunk.text));
  const exit = await entry.running.exit;
  await file.write(text.end());
  if (exit.timedOut) await file.write('\n[Stopped: the time limit was reached.]\n');
  const epilogue = entry.epilogue?.(exit) ?? '';
  if (epilogue !== '') await file.write(`\n${epilogue}\n`);
  await file.close();
  const report = entry.report?.();
  entry.task = {
    ...entry.task,
    ...(report === undefined ? {} : { report }),
    state: entry.stopped ? 'stopped' : exit.code === 0 ? 'completed' : 'failed',
    exitCode: exit.code,
  };
  onChange(entry.task);
}
