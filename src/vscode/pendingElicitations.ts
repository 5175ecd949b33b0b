/** What MCP servers ask of the person, while it waits: forms, and pages to be opened in the browser. */
import type { RequestOf, ResponseOf } from '../protocol/control.ts';
import { createPendingQuestions, type PendingQuestions } from './pendingQuestions.ts';

export type PendingElicitations = PendingQuestions<'elicitation'>;

/** Opens a page in the browser; false: it was not opened. */
export type OpenPage = (url: string) => Promise<boolean>;

/** `onChange` is called whenever a question comes or goes. It must not throw. */
export function createPendingElicitations(onChange: () => void): PendingElicitations {
  return createPendingQuestions({
    kind: 'elicitation',
    onChange,
    review: (_question, answer) => answer,
    misunderstood: { action: 'decline' },
  });
}

/** A page is opened by the editor, once the person has said so in a panel: where it can't be, nothing was agreed to. */
export async function askElicitation(
  asked: RequestOf<'elicitation'>,
  { pending, openPage, signal }: Asking,
): Promise<ResponseOf<'elicitation'>> {
  const answer = await pending.ask(asked, signal);
  if (answer.action !== 'accept' || asked.mode !== 'url' || asked.url === undefined) return answer;
  return (await openPage(asked.url)) ? { action: 'accept' } : { action: 'cancel' };
}

interface Asking {
  readonly pending: PendingElicitations;
  readonly openPage: OpenPage;
  readonly signal: AbortSignal;
}
