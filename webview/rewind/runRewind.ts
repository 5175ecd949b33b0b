/** Does what the rewind dialog was told to do. */
import type { Panel } from '../view/context.ts';
import type { RewindFile } from './usePreview.ts';

export type Scope = 'both' | 'code' | 'conversation';

export interface RewindOrder {
  readonly userMessageId: string;
  readonly scope: Scope;
  readonly files: readonly RewindFile[];
  /** Paths of conflicted files to be overwritten. */
  readonly overwritten: readonly string[];
}

/** Resolves to null when it worked, else to what a person is told. */
export async function runRewind(panel: Panel, order: RewindOrder): Promise<string | null> {
  try {
    if (order.scope !== 'conversation') {
      const problem = await rewindCode(panel, order);
      if (problem !== null) return problem;
    }
    if (order.scope !== 'code') await rewindConversation(panel, order.userMessageId);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function rewindCode(
  { peer }: Panel,
  { userMessageId, files, overwritten }: RewindOrder,
): Promise<string | null> {
  if (files.length === 0) return null;
  const merged = files.filter(({ path }) => !overwritten.includes(path)).map(({ path }) => path);
  const user_message_id = userMessageId;
  const steps =
    overwritten.length === 0
      ? [{ user_message_id }]
      : [
          ...(merged.length === 0 ? [] : [{ user_message_id, paths: merged }]),
          { user_message_id, paths: [...overwritten], mode: 'overwrite' as const },
        ];
  for (const step of steps) {
    const answer = await peer.request('rewind_files', step);
    if (!answer.canRewind) return answer.error ?? 'The files could not be taken back.';
  }
  return null;
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
