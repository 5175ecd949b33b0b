/** What the rewind dialog is about. */
import type { RewindTarget } from '../../src/protocol/checkpoints.ts';
import { getThread, MAIN_THREAD, type PanelModel, type RewindAsked } from '../state/panelModel.ts';

export interface RewindSubject {
  /** The message before which the conversation could go back; null: only the code can. */
  readonly userMessageId: string | null;
  readonly targets: readonly RewindTarget[];
  /** What a person knows it by; null: the text of the message. */
  readonly title: string | null;
}

/** null: there is no message to go back to. */
export function toSubject(asked: RewindAsked, model: Pick<PanelModel, 'threads'>): RewindSubject | null {
  const { userMessageId, targets, title } = asked;
  if (targets !== null) {
    const isSaid = userMessageId !== null && findPrompt(model, userMessageId) !== null;
    return { userMessageId: isSaid ? userMessageId : null, targets, title: isSaid ? null : title };
  }
  const named = userMessageId ?? findPrompt(model, null);
  return named === null ? null : { userMessageId: named, targets: [{ user_message_id: named }], title: null };
}

/** The id of this prompt, or of the last one; null: it is no part of the conversation. */
function findPrompt(model: Pick<PanelModel, 'threads'>, userMessageId: string | null): string | null {
  const found = getThread(model, MAIN_THREAD).items.findLast(
    (item) =>
      item.kind === 'user' && item.uuid !== null && (userMessageId === null || item.uuid === userMessageId),
  );
  return found?.kind === 'user' ? found.uuid : null;
}

/** As the agent is asked. */
export function toRequest({ paths, ...point }: RewindTarget) {
  return { ...point, ...(paths === undefined ? {} : { paths: [...paths] }) };
}
