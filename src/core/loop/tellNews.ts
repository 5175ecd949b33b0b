/** What happens beside the turns and is told as it happens: checkpoints, background commands, what a crash left. */
import type { AgentPorts } from '../agent.ts';
import type { CaptureState, Checkpoint } from '../checkpoints/checkpoints.ts';
import type { Clock } from '../ports.ts';
import type { BackgroundTask, BackgroundTasks } from '../tools/backgroundTasks.ts';
import type { ActorParts } from './actorParts.ts';
import type { Emitter } from './emitter.ts';
import type { SessionActor } from './sessionActor.ts';

export async function tellCheckpoint(
  checkpoint: Checkpoint,
  { session, emitter }: Pick<ActorParts, 'session' | 'emitter'>,
): Promise<void> {
  await session.note(
    await emitter.emitSystem('belay/checkpoint_created', {
      id: checkpoint.id,
      tool_use_id: checkpoint.toolUseId,
      user_message_id: checkpoint.userMessageId,
      files: checkpoint.files.map((file) => ({ ...file })),
      origin: checkpoint.origin,
    }),
  );
}

/** So many files without a copy are named. */
const MOST_NAMED = 100;

export function tellCapture({ root, state }: CaptureState, { emitter }: Pick<ActorParts, 'emitter'>): void {
  const { kind, ...known } = state;
  const named = 'unkept' in known ? { unkept: known.unkept.slice(0, MOST_NAMED) } : {};
  void emitter.emitSystem('belay/capture_changed', { root, state: kind, ...known, ...named });
}

/** The commands with the prompts of MCP servers, which come and go. */
export async function tellCommands({
  emitter,
  commands,
  mcp,
}: {
  readonly emitter: Emitter;
  readonly commands: ActorParts['commands'];
  readonly mcp: () => ActorParts['mcp'];
}): Promise<void> {
  const files = await commands.list();
  await emitter.emitSystem('commands_changed', { commands: [...files, ...mcp().promptCommands()] });
}

export async function tellTask(
  task: BackgroundTask,
  {
    emitter,
    actor,
    tasks,
    clock,
  }: {
    readonly emitter: Emitter;
    readonly actor: SessionActor;
    readonly tasks: BackgroundTasks;
    readonly clock: Pick<Clock, 'now'>;
  },
): Promise<void> {
  await tellRunning(tasks, emitter);
  const named = { task_id: task.id, tool_use_id: task.toolUseId };
  if (task.state === 'running') {
    const { agent } = task;
    await emitter.emitSystem('task_started', {
      ...named,
      description: task.command,
      task_type: task.type,
      is_backgrounded: true,
      ...(agent === undefined
        ? {}
        : { subagent_type: agent.type, prompt: agent.prompt, spawn_depth: agent.depth }),
    });
    return;
  }
  const status = task.state === 'completed' || task.state === 'stopped' ? task.state : 'failed';
  const patch = { status: status === 'stopped' ? ('killed' as const) : status, end_time: clock.now() };
  await emitter.emitSystem('task_updated', { task_id: task.id, patch });
  await emitter.emitSystem('task_notification', {
    ...named,
    status,
    output_file: task.outputFile,
    summary: task.command,
    ...(task.report === undefined ? {} : { usage: task.report.usage }),
  });
  actor.notice(describeEnd(task, status));
}

async function tellRunning(tasks: BackgroundTasks, emitter: Emitter): Promise<void> {
  const running = tasks.list().filter(({ state }) => state === 'running');
  await emitter.emitSystem('background_tasks_changed', {
    tasks: running.map(({ id, type, command, agent }) => ({
      task_id: id,
      task_type: type,
      description: command,
      ...(agent === undefined ? {} : { subagent_type: agent.type }),
    })),
  });
}

/** For the model. */
function describeEnd({ id, type, command, report }: BackgroundTask, status: string): string {
  const what = type === 'local_agent' ? 'subagent' : 'background command';
  const answer = report === undefined ? '' : `\n\n${report.text}`;
  return `The ${what} ${id} (${command}) has ended: ${status}.${answer}`;
}

/** What of the transcript could not be read when it was opened. */
export async function tellLinesSetAside({
  session,
  emitter,
}: Pick<ActorParts, 'session' | 'emitter'>): Promise<void> {
  const { linesSetAside: count, path } = session;
  if (count === 0) return;
  const [what, they] = count === 1 ? ['A line', 'It was'] : [`${count} lines`, 'They were'];
  await emitter.emitSystem('informational', {
    content: `${what} of this conversation could not be read. ${they} set aside in ${path}.corrupt, and the rest goes on.`,
    level: 'warning',
  });
}

/** What a crash had left half done among the checkpoints, and how it was set right. */
export async function tellRecovery({
  emitter,
  actor,
  ports,
}: {
  readonly emitter: Emitter;
  readonly actor: SessionActor;
  readonly ports: AgentPorts;
}): Promise<void> {
  const { rewinds, unknownChanges } = ports.checkpoints?.recovery ?? { rewinds: [], unknownChanges: [] };
  const conflicts = rewinds
    .flatMap(({ files }) => files ?? [])
    .filter(({ outcome }) => outcome === 'conflicted');
  const lines = [
    ...(rewinds.length > 0 ? ['A rewind that was cut off has been finished.'] : []),
    ...conflicts.map(
      ({ path, reason }) => `${path} was left as it is: ${reason ?? 'it was changed meanwhile.'}`,
    ),
    ...unknownChanges.map(
      (path) =>
        `${path} was being written when Belay was stopped. A rewind takes its present content back too.`,
    ),
  ];
  if (lines.length === 0) return;
  await emitter.emitSystem('informational', { content: lines.join('\n'), level: 'warning' });
  actor.notice(lines.join('\n'));
}
