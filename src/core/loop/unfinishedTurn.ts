/** Whether the model still owes an answer to the conversation as it stands. */
import type { Conversation } from '../sessions/conversation.ts';
import type { ChainLine } from '../sessions/transcriptLine.ts';

export interface UnfinishedTurn {
  /** uuid of the prompt that started it. */
  readonly userMessageId: string;
  /** Its last reply was cut off: it is to be gone on with. */
  readonly isCut: boolean;
}

export function findUnfinishedTurn(conversation: Conversation): UnfinishedTurn | undefined {
  const { path, leaf, visibleToModel } = conversation;
  const asked = path.findLast(isPrompt);
  if (leaf === undefined || asked === undefined || !isUnfinished(leaf)) return undefined;
  if (visibleToModel.at(-1) !== leaf) return undefined;
  return { userMessageId: asked.uuid, isCut: leaf.type === 'assistant' };
}

/** A message of a person, not of a tool or of Belay itself. */
function isPrompt(line: ChainLine): boolean {
  return line.type === 'user' && line.isSynthetic !== true && line.tool_use_result === undefined;
}

/** The model still owes an answer, or the rest of one. */
function isUnfinished(leaf: ChainLine): boolean {
  if (leaf.type === 'user') return true;
  const { stop_reason } = leaf.message;
  return leaf.aborted === true || stop_reason === 'max_tokens' || stop_reason === 'pause_turn';
}
