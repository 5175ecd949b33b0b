/** Whether the model still owes an answer to the conversation as it stands. */
import type { ChainHead } from '../sessions/lineHead.ts';
import type { Session } from '../sessions/session.ts';

export interface UnfinishedTurn {
  /** uuid of the prompt that started it. */
  readonly userMessageId: string;
  /** Its last reply was cut off: it is to be gone on with. */
  readonly isCut: boolean;
}

export async function findUnfinishedTurn(session: Session): Promise<UnfinishedTurn | undefined> {
  const { lastPrompt, leaf, visible } = session.conversation;
  if (leaf === undefined || lastPrompt === undefined || visible.at(-1) !== leaf) return undefined;
  if (!(await isUnfinished(leaf, session))) return undefined;
  return { userMessageId: lastPrompt.uuid, isCut: leaf.type === 'assistant' };
}

/** The model still owes an answer, or the rest of one. */
async function isUnfinished(leaf: ChainHead, session: Session): Promise<boolean> {
  if (leaf.type === 'user' || leaf.isAborted) return true;
  const line = await session.readLine(leaf);
  if (line?.type !== 'assistant') return false;
  return line.message.stop_reason === 'max_tokens' || line.message.stop_reason === 'pause_turn';
}
