import { describe, expect, it } from 'vitest';
import { askUserQuestion } from '../../../../src/core/tools/askUserQuestion.ts';
import { exitPlanMode } from '../../../../src/core/tools/exitPlanMode.ts';
import { createResolveCommentTool } from '../../../../src/core/tools/resolveComment.ts';
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

describe('ResolveComment', () => {
  it('tells the editor, with the reply, and the model what is open', async () => {
    const { run, context } = await createHarness();
    const told: unknown[] = [];
    const tool = createResolveCommentTool({
      async resolve(answer) {
        told.push(answer);
        return { isFound: answer.id !== 'c9', open: answer.id === 'c2' ? [] : ['c2', 'c4'] };
      },
    });
    const known = await run(tool, { id: 'c1', reply: ' Renamed it. ' });
    expect(known).toMatchObject({ isError: false, text: 'c1 is resolved. Open: c2, c4.' });
    expect((await run(tool, { id: 'c2', reply: '' })).text).toBe('c2 is resolved. No other is open.');
    const unknown = await run(tool, { id: 'c9' });
    expect(unknown).toMatchObject({ isError: true, text: 'There is no comment c9. Open: c2, c4.' });
    expect(told).toEqual([{ id: 'c1', reply: 'Renamed it.' }, { id: 'c2' }, { id: 'c9' }]);
    expect(await tool.effects({ id: 'c1' }, context)).toEqual([]);
    expect([tool.title({}), tool.title({ id: 'c1' })]).toEqual(['Resolve a comment', 'Resolve comment c1']);
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
