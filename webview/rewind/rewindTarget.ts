/** What the rewind dialog is about. */
import type { RewindTarget } from '../../src/protocol/checkpoints.ts';
import type { RewindAsked } from '../state/panelModel.ts';

export interface RewindSubject {
  /** The message before which the conversation could go back; null: only the code can. */
  readonly userMessageId: string | null;
  readonly targets: readonly RewindTarget[];
  /** What a person knows it by: the text of the message, or a title. */
  readonly text: string;
}

/** null: there is nothing to go back to. */
export function toSubject({ userMessageId, targets, text, title }: RewindAsked): RewindSubject | null {
  if (userMessageId === null)
    return targets === null ? null : { userMessageId: null, targets, text: title ?? '' };
  return { userMessageId, targets: targets ?? [{ user_message_id: userMessageId }], text };
}

/** As the agent is asked, all of it at once. */
export function toWholeRequest([first = {}, ...further]: readonly RewindTarget[]) {
  return {
    ...toRequest(first),
    ...(further.length === 0
      ? {}
      : { further: further.map(({ paths = [], ...point }) => ({ ...point, paths: [...paths] })) }),
  };
}

/** One target, as the agent is asked. */
export function toRequest({ paths, ...point }: RewindTarget) {
  return { ...point, ...(paths === undefined ? {} : { paths: [...paths] }) };
}
