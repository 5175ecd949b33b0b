/** Questions of the agent to the person: choices, and room for an answer of one's own. */
import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { PermissionResult } from '../../src/protocol/permissions.ts';
import { Button } from '../controls/Button.tsx';
import { Checkbox } from '../controls/Checkbox.tsx';
import { RadioGroup } from '../controls/RadioGroup.tsx';
import { TextField } from '../controls/TextField.tsx';
import type { RequestCardProps } from './PermissionDock.tsx';
import { type Answer, isAnswered, NO_ANSWER, parseQuestions, type Question, toAnswers } from './questions.ts';
import { RequestFrame } from './RequestFrame.tsx';
import { useReturnFocus } from './useReturnFocus.ts';

export function QuestionCard({ request: { request, answer }, waiting }: RequestCardProps): VNode {
  const frame = useRef<HTMLElement>(null);
  const returnFocus = useReturnFocus(frame);
  const questions = parseQuestions(request.input);
  const [answers, setAnswers] = useState<readonly Answer[]>(() => questions.map(() => NO_ANSWER));
  const isComplete = questions.every((_, index) => isAnswered(answers[index] ?? NO_ANSWER));
  const give = (result: PermissionResult): void => {
    returnFocus();
    answer(result);
  };
  const send = (): void => {
    if (isComplete)
      give({ behavior: 'allow', updatedInput: { ...request.input, answers: toAnswers(questions, answers) } });
  };
  const skip = (): void =>
    give({ behavior: 'deny', message: 'The user did not want to answer. Go on with your best judgement.' });
  return (
    <RequestFrame
      icon="question"
      title="Belay has a question"
      waiting={waiting}
      frameRef={frame}
      onConfirm={send}
    >
      <div class="questions">
        {questions.map((question, index) => (
          <QuestionForm
            key={index}
            question={question}
            answer={answers[index] ?? NO_ANSWER}
            onChange={(next) => setAnswers((before) => before.with(index, next))}
            onEnter={send}
          />
        ))}
      </div>
      <div class="request-answer">
        <div class="request-buttons">
          <Button kind="primary" disabled={!isComplete} onClick={send}>
            Answer
          </Button>
          <Button onClick={skip}>Skip</Button>
        </div>
      </div>
    </RequestFrame>
  );
}

interface QuestionFormProps {
  readonly question: Question;
  readonly answer: Answer;
  readonly onChange: (answer: Answer) => void;
  readonly onEnter: () => void;
}

function QuestionForm({ question, answer, onChange, onEnter }: QuestionFormProps): VNode {
  const { chosen, typed } = answer;
  return (
    <div class="question" role="group" aria-label={question.question}>
      <p class="question-text">{question.question}</p>
      {question.allowsSeveral ? (
        question.options.map(({ label, description }) => (
          <Checkbox
            key={label}
            label={toChoice(label, description)}
            checked={chosen.includes(label)}
            onChange={(isChosen) =>
              onChange({
                ...answer,
                chosen: isChosen ? [...chosen, label] : chosen.filter((other) => other !== label),
              })
            }
          />
        ))
      ) : (
        <RadioGroup
          label={question.question}
          value={typed === '' ? (chosen[0] ?? '') : ''}
          choices={question.options.map(({ label, description }) => ({
            value: label,
            label: toChoice(label, description),
          }))}
          onChange={(value) => onChange({ chosen: [value], typed: '' })}
        />
      )}
      <TextField
        label={`Another answer to: ${question.question}`}
        placeholder="Another answer"
        value={typed}
        onInput={(value) =>
          onChange({ chosen: question.allowsSeveral ? chosen : value === '' ? chosen : [], typed: value })
        }
        onEnter={onEnter}
      />
    </div>
  );
}

function toChoice(label: string, description: string): string {
  return description === '' ? label : `${label} – ${description}`;
}
