/** What MCP servers want the model to answer, while it waits for a person to agree. */
import { createPendingQuestions, type PendingQuestions } from './pendingQuestions.ts';

export type PendingSamples = PendingQuestions<'belay/mcp_sample'>;

/** `onChange` is called whenever a question comes or goes. It must not throw. */
export function createPendingSamples(onChange: () => void): PendingSamples {
  return createPendingQuestions({
    kind: 'belay/mcp_sample',
    onChange,
    review: (_question, answer) => answer,
    misunderstood: { action: 'decline' },
  });
}
