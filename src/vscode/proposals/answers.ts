/** What is answered to the agent for a call whose proposal a person has looked at in the editor. */
import type { AcceptedText, PermissionResult } from '../../protocol/permissions.ts';
import type { AskedCall, Proposal } from './proposal.ts';

const REJECTED = 'The user rejected the proposal in the editor.';

/**
 * Allows a call with exactly what is visible of it. What differs in nothing from the call's own is allowed as it is; where nothing
 * of it is left, it is denied. `note`: what a person says to it.
 */
export function toAllowance(proposal: Proposal, call: AskedCall, note: string): PermissionResult {
  const content = proposal.contentOf(call);
  if (content === (proposal.leftText ?? null)) return toDenial(note, 'The user rejected every part of it.');
  const plain = {
    behavior: 'allow',
    updatedInput: call.question.input,
    ...(call.question.digest === undefined ? {} : { digest: call.question.digest }),
  } as const;
  if (!proposal.isChanged(call) && note === '') return plain;
  const isMerged = call.before !== proposal.leftText;
  const accepted: AcceptedText = {
    content,
    before: proposal.leftText,
    ...(isMerged ? { proposed: proposal.proposedBy(call) } : {}),
    ...(note === '' ? {} : { note }),
  };
  return { ...plain, belay_accepted: accepted };
}

/** `why`: what the model reads first. */
export function toDenial(note: string, why = REJECTED): PermissionResult {
  return {
    behavior: 'deny',
    message: note === '' ? `${why} Ask what to do instead, or go on without it.` : `${why}\n${note}`,
  };
}
