/** Does what the rewind dialog was told to do. */
import type { Panel } from '../view/context.ts';
import { type RewindSubject, toWholeRequest } from './rewindTarget.ts';

export type Scope = 'both' | 'code' | 'conversation';

export interface RewindOrder {
  readonly subject: RewindSubject;
  readonly scope: Scope;
  /** There is something to take back. */
  readonly hasFiles: boolean;
  /** Paths of conflicted files that are to be taken back all the same. */
  readonly taken: readonly string[];
}

/** Resolves to null when it worked, else to what a person is told. */
export async function runRewind(panel: Panel, order: RewindOrder): Promise<string | null> {
  try {
    if (order.scope !== 'conversation') {
      const problem = await rewindCode(panel, order);
      if (problem !== null) return problem;
    }
    const { userMessageId } = order.subject;
    if (order.scope !== 'code' && userMessageId !== null) await rewindConversation(panel, userMessageId);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function rewindCode(
  { peer }: Panel,
  { subject, hasFiles, taken }: RewindOrder,
): Promise<string | null> {
  if (!hasFiles) return null;
  const resolutions = Object.fromEntries(taken.map((path) => [path, 'take' as const]));
  const answer = await peer.request('rewind_files', {
    ...toWholeRequest(subject.targets),
    ...(taken.length === 0 ? {} : { resolutions }),
  });
  return answer.canRewind ? null : (answer.error ?? 'The files could not be taken back.');
}

/** What had been said goes back to where it was written. */
async function rewindConversation({ peer, memory, store }: Panel, userMessageId: string): Promise<void> {
  const { text } = await peer.request('belay/conversation_rewind', { user_message_id: userMessageId });
  const { draft } = memory.get();
  memory.change({ draft: [text, draft].filter((part) => part.trim() !== '').join('\n\n') });
  store.update((model) => ({
    ...model,
    focusAsked: { text: null, count: (model.focusAsked?.count ?? 0) + 1 },
  }));
}
