/** The newest todo list, above the composer for as long as something in it is open. */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { Icon } from '../controls/Icon.tsx';
import { getThread, MAIN_THREAD, type ReplyBlock } from '../state/panelModel.ts';
import { findTodos } from '../state/reduceReply.ts';
import { useModel } from '../view/context.ts';
import { useOpened } from '../view/useOpened.ts';
import { parseTodos, TodoItems } from './TodoItems.tsx';

export function PinnedTodos(): VNode | null {
  const settled = useModel((model) => model.todos);
  const live = useModel((model) => getThread(model, MAIN_THREAD).live?.reply.blocks ?? NO_BLOCKS);
  const newest = findTodos(live) ?? settled;
  const todos = useMemo(() => parseTodos(newest), [newest]);
  const [isOpen, toggle] = useOpened('todos', false);
  if (!todos.some(({ status }) => status !== 'completed')) return null;
  const done = todos.filter(({ status }) => status === 'completed').length;
  const current =
    todos.find(({ status }) => status === 'in_progress') ?? todos.find(({ status }) => status === 'pending');
  return (
    <section class="pinned-todos" aria-label="Todos">
      <button type="button" class="pinned-todos-head" aria-expanded={isOpen} onClick={toggle}>
        <Icon name={isOpen ? 'chevron-down' : 'chevron-right'} />
        <span class="pinned-todos-count">
          {done}/{todos.length}
        </span>
        <span class="pinned-todos-now">{isOpen ? 'Todos' : (current?.activeText ?? '')}</span>
      </button>
      {isOpen && <TodoItems todos={todos} />}
    </section>
  );
}

const NO_BLOCKS: readonly ReplyBlock[] = [];
