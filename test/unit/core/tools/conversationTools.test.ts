import { describe, expect, it } from 'vitest';
import { askUserQuestion } from '../../../../src/core/tools/askUserQuestion.ts';
import { exitPlanMode } from '../../../../src/core/tools/exitPlanMode.ts';
import { todoWrite } from '../../../../src/core/tools/todoWrite.ts';
import { createHarness } from './toolHarness.ts';

describe('TodoWrite', () => {
  const todos = [
    { content: 'Run tests', status: 'completed', activeForm: 'Running tests' },
    { content: 'Fix', status: 'in_progress', activeForm: 'Fixing' },
  ] as const;

  it('keeps the list', async () => {
    const { run, context } = await createHarness();
    const { text, output } = await run(todoWrite, { todos });
    expect(text).toBe('The list is kept: 2 items, 1 done. Go on with what is in progress.');
    expect(output).toEqual({ newTodos: todos });
    expect(await todoWrite.effects({ todos: [...todos] }, context)).toEqual([]);
    expect(todoWrite.title({ todos: [...todos] })).toBe('Fixing');
    expect(todoWrite.title({})).toBe('Update the to-do list');
  });

  it('refuses a list that is none', () => {
    expect(todoWrite.inputSchema.safeParse({ todos: [{ content: 'x', status: 'done' }] }).success).toBe(
      false,
    );
  });
});

describe('AskUserQuestion', () => {
  const question = (text: string) => ({
    question: text,
    header: 'H',
    options: [
      { label: 'A', description: 'a' },
      { label: 'B', description: 'b' },
    ],
    multiSelect: false,
  });

  it('tells the model what the user answered', async () => {
    const { run } = await createHarness();
    const { text, isError } = await run(askUserQuestion, {
      questions: [question('Which?'), question('And?')],
      answers: { 'Which?': 'A, B', else: 'more' },
      annotations: { 'Which?': { notes: 'but soon' } },
    });
    expect(isError).toBe(false);
    expect(text).toBe(
      'The user answered:\n\nWhich?\n→ A, B\n  Note: but soon\n\nAnd?\n→ (not answered)\n\nelse\n→ more',
    );
  });

  it('fails when nobody answered', async () => {
    const { run } = await createHarness();
    expect(await run(askUserQuestion, { questions: [question('Which?')] })).toMatchObject({ isError: true });
  });

  it('needs a person', async () => {
    const { context } = await createHarness();
    const ask = (questions: ReturnType<typeof question>[]) => askUserQuestion.effects({ questions }, context);
    expect(await ask([question('Which?')])).toEqual([{ kind: 'ask', what: 'question' }]);
    await expect(ask([question('Which?'), question('Which?')])).rejects.toThrow('same text');
    expect(askUserQuestion.inputSchema.safeParse({ questions: [] }).success).toBe(false);
    expect(askUserQuestion.title({ questions: [question('Which?')] })).toBe('Which?');
  });
});

describe('ExitPlanMode', () => {
  it('tells the model the plan that the user agreed to', async () => {
    const { run, context } = await createHarness();
    expect((await run(exitPlanMode, { plan: '1. Do' })).text).toBe(
      'The user agrees to this plan. Carry it out:\n\n1. Do',
    );
    expect(await exitPlanMode.effects({ plan: 'x' }, context)).toEqual([{ kind: 'ask', what: 'plan' }]);
    await expect(exitPlanMode.effects({ plan: ' ' }, context)).rejects.toThrow('empty');
  });
});
