/** TodoWrite: the model's list of what it has to do, shown to the user. */
import * as z from 'zod';
import { counted } from './counted.ts';
import type { Tool } from './tool.ts';
import { answerAtOnce } from './toolOutcome.ts';

const todo = z.object({
  content: z.string().min(1).describe('What to do: "Run the tests"'),
  status: z.enum(['pending', 'in_progress', 'completed']),
  activeForm: z.string().min(1).describe('The same while it is being done: "Running the tests"'),
});
const inputSchema = z.object({
  todos: z.array(todo).describe('The whole list, which replaces the one before'),
});
type TodoWriteInput = z.infer<typeof inputSchema>;

export interface TodoWriteOutput {
  readonly newTodos: TodoWriteInput['todos'];
}

const prompt = `Keeps a list of what you have to do, which the user sees beside your work.

- Use it for work of three or more steps, or when the user gives several tasks; not for a single small thing.
- Give the whole list each time. One item at most is in_progress: mark it before you start, and completed as soon as it is done (not when parts failed).
- Add what you find on the way; take out what has become needless.`;

/** The list lives in the conversation: each call holds all of it. */
export const todoWrite: Tool<TodoWriteInput, TodoWriteOutput> = {
  name: 'TodoWrite',
  description: 'Keeps the list of what is to be done.',
  prompt,
  inputSchema,
  isReadOnly: () => true,
  isConcurrencySafe: () => true,
  effects: async () => [],
  run: ({ todos }) => answerAtOnce({ newTodos: todos }),
  toResultContent: ({ newTodos }) => {
    const done = newTodos.filter(({ status }) => status === 'completed').length;
    return `The list is kept: ${counted(newTodos.length, 'item')}, ${done} done. Go on with what is in progress.`;
  },
  title: ({ todos }) => {
    const active = todos?.find((each) => each?.status === 'in_progress');
    return active?.activeForm ?? 'Update the to-do list';
  },
};
