import type { VNode } from 'preact';
import { parseTodos, TodoItems } from '../../todos/TodoItems.tsx';
import type { ToolCall, ToolView } from './toolView.ts';

/** The model's list of what is to be done; the newest one also stands above the composer. */
export const todoView: ToolView = {
  icon: 'checklist',
  isFramed: false,
  title: ({ input }) => {
    const todos = parseTodos(input);
    const done = todos.filter(({ status }) => status === 'completed').length;
    return { verb: 'Todos', subject: todos.length === 0 ? '' : `${done} of ${todos.length} done` };
  },
  hasBody: ({ input }) => parseTodos(input).length > 0,
  isOpenByDefault: () => false,
  Body: TodoBody,
};

function TodoBody({ call }: { readonly call: ToolCall }): VNode {
  return <TodoItems todos={parseTodos(call.input)} />;
}
