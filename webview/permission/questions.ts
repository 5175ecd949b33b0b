/** The questions of the AskUserQuestion tool, and the person's answers to them. */
import { getField, getList, getString } from '../blocks/tools/toolInput.ts';

export interface Question {
  readonly question: string;
  readonly header: string;
  readonly allowsSeveral: boolean;
  readonly options: readonly { readonly label: string; readonly description: string }[];
}

/** What was chosen and typed for one question. */
export interface Answer {
  readonly chosen: readonly string[];
  readonly typed: string;
}

export const NO_ANSWER: Answer = { chosen: [], typed: '' };

export function parseQuestions(input: unknown): readonly Question[] {
  return getList(input, 'questions').map((entry) => ({
    question: getString(entry, 'question'),
    header: getString(entry, 'header'),
    allowsSeveral: getField(entry, 'multiSelect') === true,
    options: getList(entry, 'options').map((option) => ({
      label: typeof option === 'string' ? option : getString(option, 'label'),
      description: getString(option, 'description'),
    })),
  }));
}

export function isAnswered({ chosen, typed }: Answer): boolean {
  return chosen.length > 0 || typed.trim() !== '';
}

/** In the form the tool expects: one text for each question. */
export function toAnswers(
  questions: readonly Question[],
  answers: readonly Answer[],
): Record<string, string> {
  return Object.fromEntries(
    questions.map(({ question }, index) => {
      const { chosen, typed } = answers[index] ?? NO_ANSWER;
      return [question, [...chosen, typed.trim()].filter((part) => part !== '').join(', ')];
    }),
  );
}
