/** A list of what is to be done, as the TodoWrite tool keeps it. */
import type { VNode } from 'preact';
import { getList, getString } from '../blocks/tools/toolInput.ts';
import { Icon } from '../controls/Icon.tsx';
import './todos.css';

export interface Todo {
  readonly text: string;
  /** What it is called while it is being done. */
  readonly activeText: string;
  readonly status: 'pending' | 'in_progress' | 'completed';
}

export function parseTodos(input: unknown): readonly Todo[] {
  return getList(input, 'todos').flatMap((entry) => {
    const text = getString(entry, 'content');
    const status = getString(entry, 'status');
    if (text === '') return [];
    const known = status === 'in_progress' || status === 'completed' ? status : 'pending';
    return [{ text, activeText: getString(entry, 'activeForm') || text, status: known }];
  });
}

const ICONS = {
  pending: 'circle-large-outline',
  in_progress: 'arrow-circle-right',
  completed: 'pass-filled',
} as const;
const WORDS = { pending: 'Open', in_progress: 'In progress', completed: 'Done' } as const;

export function TodoItems({ todos }: { readonly todos: readonly Todo[] }): VNode {
  return (
    <ul class="todo-items">
      {todos.map((todo, index) => (
        <li key={index} class={`todo is-${todo.status}`}>
          <Icon name={ICONS[todo.status]} />
          <span class="for-screen-reader">{WORDS[todo.status]}: </span>
          <span class="todo-text">{todo.text}</span>
        </li>
      ))}
    </ul>
  );
}
