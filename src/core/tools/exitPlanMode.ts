/** ExitPlanMode: shows the plan to the user, who agrees to it or not. */
import * as z from 'zod';
import { type Tool, ToolInputError } from './tool.ts';
import { answerAtOnce } from './toolOutcome.ts';

const inputSchema = z.object({ plan: z.string().describe('The plan, in Markdown') });
type ExitPlanModeInput = z.infer<typeof inputSchema>;

/** Fields as the Agent SDK's ExitPlanModeOutput. */
export interface ExitPlanModeOutput {
  readonly plan: string;
  readonly isAgent: false;
}

const prompt = `Shows your plan to the user and asks whether you may carry it out. Only for plan mode, when the plan is ready.

- The plan says what you will change and where, in which order, and how you will check it. Short, but so that somebody who knows the project can judge it.
- When the user does not agree, you stay in plan mode: read what they say, and make a better plan.
- Settle open questions before, with AskUserQuestion.`;

export const exitPlanMode: Tool<ExitPlanModeInput, ExitPlanModeOutput> = {
  name: 'ExitPlanMode',
  description: 'Shows a plan, and asks whether it may be carried out.',
  prompt,
  inputSchema,
  isReadOnly: () => true,
  isConcurrencySafe: () => false,
  effects: async ({ plan }) => {
    if (plan.trim() === '') throw new ToolInputError('The plan is empty.');
    return [{ kind: 'ask', what: 'plan' }];
  },
  run: ({ plan }) => answerAtOnce({ plan, isAgent: false }),
  // The user may have changed it: what counts is what they agreed to.
  toResultContent: ({ plan }) => `The user agrees to this plan. Carry it out:\n\n${plan}`,
  title: () => 'Plan',
};
