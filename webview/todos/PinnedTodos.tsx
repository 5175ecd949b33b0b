/** The newest todo list, above the composer for as long as something in it is open. */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { Icon } from '../controls/Icon.tsx';
import { getThread, type Item, MAIN_THREAD, type ReplyBlock } from '../state/panelModel.ts';
import { useModel } from '../view/context.ts';
import { useOpened } from '../view/useOpened.ts';
import { parseTodos, type Todo, TodoItems } from './TodoItems.tsx';

export function PinnedTodos(): VNode | null {
  const items = useModel((model) => getThread(model, MAIN_THREAD).items);
  const live = useModel((model) => getThread(model, MAIN_THREAD).live?.reply.blocks ?? NO_BLOCKS);
  const settled = useMemo(() => findTodos(items), [items]);
  const todos = newestTodos(live) ?? settled;
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

function findTodos(items: readonly Item[]): readonly Todo[] {
  for (let index = items.length - 1; index >= 0; index -= 1) {
    const item = items[index];
    const todos = item?.kind === 'reply' ? newestTodos(item.reply.blocks) : null;
    if (todos !== null) return todos;
  }
  return [];
}

/** null: no list among these blocks that is complete. */
function newestTodos(blocks: readonly ReplyBlock[]): readonly Todo[] | null {
  const call = blocks.findLast(
    ({ block, isOpen }) => block.type === 'tool_use' && block.name === 'TodoWrite' && !isOpen,
  );
  return call?.block.type === 'tool_use' ? parseTodos(call.block.input) : null;
}
