/** What goes on running in the background while the conversation goes on. */
import type { VNode } from 'preact';
import { Icon } from '../controls/Icon.tsx';
import { IconButton } from '../controls/IconButton.tsx';
import type { Task } from '../state/panelModel.ts';
import { useModel, usePanel } from '../view/context.ts';
import './tasks.css';

export function Tasks(): VNode | null {
  const tasks = useModel((model) => model.tasks);
  if (tasks.length === 0) return null;
  return (
    <ul class="tasks" aria-label="Running in the background">
      {tasks.map((task) => (
        <TaskRow key={task.id} task={task} />
      ))}
    </ul>
  );
}

function TaskRow({ task }: { readonly task: Task }): VNode {
  const { peer, announce } = usePanel();
  const stop = (): void => {
    peer.request('stop_task', { task_id: task.id }).catch(() => announce('The task could not be stopped.'));
  };
  return (
    <li class="task">
      <Icon name="server-process" />
      <span class="task-text">{task.description}</span>
      <IconButton icon="debug-stop" label={`End ${task.description}`} onClick={stop} />
    </li>
  );
}
