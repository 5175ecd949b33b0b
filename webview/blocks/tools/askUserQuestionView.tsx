import type { VNode } from 'preact';
import { PlainResult } from './PlainResult.tsx';
import { getList, getString } from './toolInput.ts';
import type { ToolCall, ToolView } from './toolView.ts';

/** Questions for the person; the permission card has the form. */
export const askUserQuestionView: ToolView = {
  icon: 'question',
  isFramed: false,
  title: ({ input }) => {
    const questions = getList(input, 'questions');
    return { verb: 'Asked', subject: getString(questions[0], 'question') };
  },
  hasBody: ({ run }) => run.result !== null,
  isOpenByDefault: () => false,
  Body: Answers,
};

function Answers({ call }: { readonly call: ToolCall }): VNode {
  return <PlainResult call={call} />;
}
