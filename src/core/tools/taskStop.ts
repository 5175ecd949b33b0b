/** TaskStop: ends a command or a subagent that runs in the background. */

import * as z from 'zod';
import type { BackgroundTask } from './backgroundTasks.ts';
import type { Tool } from './tool.ts';
import { ToolInputError } from './tool.ts';
import { fail, isFailure, runQuietly, succeed, type ToolFailure } from './toolOutcome.ts';

const inputSchema = z.object({
  task_id: z.string().optional().describe('Which one, as Bash or Agent named it'),
  shell_id: z.string().optional().describe('The same, by an older name'),
});
type TaskStopInput = z.infer<typeof inputSchema>;

/** Fields as the Agent SDK's TaskStopOutput. */
export interface TaskStopOutput {
  readonly message: string;
  readonly task_id: string;
  readonly task_type: BackgroundTask['type'];
  readonly command: string;
}

export const taskStop: Tool<TaskStopInput, TaskStopOutput | ToolFailure> = {
  name: 'TaskStop',
  description: 'Ends a command or a subagent that runs in the background.',
  prompt:
    'Ends a command or a subagent that was started with run_in_background, with everything it has started. Its output file stays.',
  inputSchema,
  isReadOnly: () => false,
  isConcurrencySafe: () => true,
  effects: async (input) => {
    toId(input);
    return [];
  },
  run: (input, { tasks }) =>
    runQuietly(async () => {
      const id = toId(input);
      const task = tasks.get(id);
      if (task === undefined) {
        const known = tasks.list().map((each) => each.id);
        const which = known.length === 0 ? 'None was started.' : `There are: ${known.join(', ')}.`;
        return fail(`There is no background task ${JSON.stringify(id)}. ${which}`);
      }
      if (!(await tasks.stop(id))) return fail(`${id} has ended already (${tasks.get(id)?.state}).`);
      const message = `${id} was ended. What it had printed is in ${task.outputFile}.`;
      return succeed({ message, task_id: id, task_type: task.type, command: task.command });
    }),
  toResultContent: (output) => (isFailure(output) ? output.error : output.message),
  title: (input) => `Stop ${input.task_id ?? input.shell_id ?? 'a background task'}`,
};

function toId({ task_id, shell_id }: TaskStopInput): string {
  const id = task_id ?? shell_id;
  if (id === undefined) throw new ToolInputError('task_id is missing: say which background task to end.');
  return id;
}
