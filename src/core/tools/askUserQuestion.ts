/** AskUserQuestion: questions with options, answered on a card. The answers come back as a part of the input. */
import * as z from 'zod';
import { type Tool, ToolInputError } from './tool.ts';
import { fail, isFailure, runQuietly, succeed, type ToolFailure } from './toolOutcome.ts';

const option = z.object({
  label: z.string().min(1).describe('The choice, in a few words'),
  description: z.string().describe('What it means, or what follows from it'),
  preview: z.string().optional().describe('What it would look like (code, a sketch), to compare'),
});
const question = z.object({
  question: z.string().min(1).describe('The whole question'),
  header: z.string().describe('A label for it, of 12 characters at most'),
  options: z.array(option).min(2).max(4).describe('The choices; the user can always answer freely besides'),
  multiSelect: z.boolean().describe('More than one may be chosen'),
});
const inputSchema = z.object({
  questions: z.array(question).min(1).max(4),
  answers: z.record(z.string(), z.string()).optional().describe('Filled in by the user: leave it out'),
  annotations: z
    .record(z.string(), z.object({ preview: z.string().optional(), notes: z.string().optional() }))
    .optional()
    .describe('Filled in by the user: leave it out'),
  metadata: z.object({ source: z.string().optional() }).optional().describe('Leave it out'),
});
type AskInput = z.infer<typeof inputSchema>;

/** Fields as the Agent SDK's AskUserQuestionOutput. */
export interface AskOutput {
  readonly questions: AskInput['questions'];
  /** By the text of the question. */
  readonly answers: Readonly<Record<string, string>>;
  readonly annotations: NonNullable<AskInput['annotations']>;
}

const prompt = `Asks the user one to four questions, each with two to four choices.

- Use it when you can't go on well without knowing what the user wants: a requirement that can be read in two ways, a choice between real alternatives. Don't ask for what you can find out yourself, nor whether you may do something: calls that need permission ask by themselves.
- Put the choice you would make first, and say "(recommended)" behind its label.
- The user can always answer in their own words.`;

export const askUserQuestion: Tool<AskInput, AskOutput | ToolFailure> = {
  name: 'AskUserQuestion',
  description: 'Asks you a question.',
  prompt,
  inputSchema,
  isReadOnly: () => true,
  // One card at a time.
  isConcurrencySafe: () => false,
  effects: async ({ questions }) => {
    const texts = questions.map((each) => each.question);
    if (new Set(texts).size < texts.length) throw new ToolInputError('Two questions have the same text.');
    return [{ kind: 'ask', what: 'question' }];
  },
  run: ({ questions, answers = {}, annotations = {} }) =>
    runQuietly(async () => {
      if (Object.keys(answers).length === 0) {
        return fail('The user did not answer. Go on with what you think best, or ask in your reply.');
      }
      return succeed({ questions, answers, annotations });
    }),
  toResultContent: (output) => (isFailure(output) ? output.error : formatAnswers(output)),
  title: ({ questions }) => questions?.[0]?.question ?? 'Ask a question',
};

function formatAnswers({ questions, answers, annotations }: AskOutput): string {
  const asked = questions.map((each) => each.question);
  // A client may answer beside the questions; what a person has said is passed on.
  const texts = [...asked, ...Object.keys(answers).filter((text) => !asked.includes(text))];
  const lines = texts.map((text) => {
    const notes = annotations[text]?.notes;
    const answer = Object.hasOwn(answers, text) ? answers[text] : '(not answered)';
    return `${text}\n→ ${answer}${notes === undefined || notes === '' ? '' : `\n  Note: ${notes}`}`;
  });
  return `The user answered:\n\n${lines.join('\n\n')}`;
}
